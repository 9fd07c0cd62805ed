"""Fixes of issues: what is offered, and that it mends what it is offered for."""

import pytest

from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.issues import Issue, IssueCode
from builder.transforms.issue_fixes import MAX_OFFERED, issue_fix, issue_fixes
from builder.transforms.network_fixes import AddInput, NetworkFix
from tests.broken import BROKEN, IMAGE, Broken, net
from tests.drawing import any_networks
from tests.mendable import MENDABLE, Mendable


@pytest.mark.parametrize("case", MENDABLE, ids=str)
def test_the_fix_says_what_it_does_and_does_it(case: Mendable) -> None:
    inference = infer(case.architecture)
    issue = next(issue for issue in inference.issues if issue.node == case.node)
    fix = issue_fix(inference, issue)
    assert fix is not None
    assert fix.label(case.architecture) == case.label
    after = infer(fix.apply(case.architecture))
    assert (issue.node, issue.code) not in {(i.node, i.code) for i in after.issues}
    assert after.ok or not case.builds, after.errors


def test_an_input_is_added_where_the_network_has_none() -> None:
    network = net(("conv", "Conv2D", {}, ()), ("relu", "ReLU"))
    first, second = infer(network).issues
    assert issue_fixes(network)[0] == AddInput()
    assert AddInput().label(network) == "Add Input 32×32×3 in front"
    assert infer(AddInput().apply(network)).ok
    assert (first.code, second.code) == (IssueCode.NO_INPUT_LAYER, IssueCode.NO_INPUT)


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_no_fix_of_a_broken_network_makes_it_worse(case: Broken) -> None:
    check_all(case.architecture)


@pytest.mark.slow
def test_no_fix_of_any_network_makes_it_worse() -> None:
    for architecture in any_networks():
        check_all(architecture)


def test_of_many_issues_a_dozen_is_looked_at() -> None:
    nodes = [(f"c{i}", "Conv2D", {"kernel_size": 9}, ("image",)) for i in range(40)]
    network = net(IMAGE, *nodes)
    fixes = issue_fixes(network)
    assert len(fixes) == len(infer(network).issues)
    assert [fix is not None for fix in fixes] == [True] * MAX_OFFERED + [False] * (
        len(fixes) - MAX_OFFERED
    )


def check_all(architecture: Architecture) -> None:
    """Each fix takes its issue away, and brings none to a node that was in order."""
    before = infer(architecture)
    for issue, fix in zip(before.issues, issue_fixes(architecture), strict=True):
        if fix is not None:
            check(architecture, fix, issue)


def check(architecture: Architecture, fix: NetworkFix, issue: Issue) -> None:
    before, after = infer(architecture), infer(fix.apply(architecture))
    assert (issue.node, issue.code) not in {(i.node, i.code) for i in after.issues}
    in_order = {i for i, known in before.nodes.items() if known.output_shape and not known.issues}
    for known in after.nodes.values():
        if known.node.id in in_order:
            worse = [found for found in known.issues if found.level.rank <= issue.level.rank]
            assert not worse, worse
    assert fix.label(architecture) != "Change the network"
