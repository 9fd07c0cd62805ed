"""The issues of a network that show without its shapes: what reads what, and what is missing."""

from collections.abc import Iterator

from builder.network.architecture import Architecture, Node
from builder.network.issues import Issue, IssueCode
from builder.network.own_block import OwnBlock
from builder.network.own_block_checks import idle_nodes, names_in_use
from builder.system.errors import Code, Problem
from builder.system.level import Level

MAX_REMARKS = 3
"""Remarks of one kind on what is inside of a node, before only their number is told."""


def network_issues(architecture: Architecture) -> Iterator[Issue]:
    """What the network as a whole lacks."""
    if not architecture.nodes:
        yield Issue("", Level.ERROR, Problem(IssueCode.EMPTY_NETWORK))
    elif all(node.block.max_inputs != 0 for node in architecture):
        yield Issue("", Level.ERROR, Problem(IssueCode.NO_INPUT_LAYER))
    elif all(architecture.by_id[o].block.max_inputs == 0 for o in architecture.output_ids):
        yield Issue("", Level.ERROR, Problem(IssueCode.NO_OUTPUT))


def unread_inputs(architecture: Architecture) -> frozenset[str]:
    """The ids of listed inputs that neither a node nor an output reads."""
    listed = frozenset(architecture.inputs).difference(architecture.output_ids)
    return frozenset(node_id for node_id in listed if not architecture.consumers[node_id])


def wiring_issues(
    architecture: Architecture, node: Node, cyclic: frozenset[str]
) -> Iterator[Issue]:
    """What is wrong with what a node reads.

    Args:
        architecture: The network.
        node: The node.
        cyclic: The ids of the nodes in cycles.
    """
    for source in node.inputs:
        if source not in architecture:
            yield issue_of(node, IssueCode.MISSING_SOURCE, source=source)
    if node.id in cyclic:
        yield issue_of(node, IssueCode.IN_CYCLE)
    elif node.block.min_inputs and not node.inputs:
        yield issue_of(node, IssueCode.NO_INPUT)


def remarks_on_own_block(node: Node) -> Iterator[Issue]:
    """Reports own blocks from files whose code differs from what their file says."""
    if not isinstance(node.block, OwnBlock):
        return
    names, idle = names_in_use(type(node.block)), idle_nodes(type(node.block))
    for name in names[:MAX_REMARKS]:
        yield issue_of(node, IssueCode.RENAMED_INSIDE, Level.WARNING, block=name)
    if (more := len(names) - MAX_REMARKS) > 0:
        yield issue_of(node, IssueCode.MORE_RENAMED_INSIDE, Level.WARNING, number=more)
    for name, inner in idle[:MAX_REMARKS]:
        yield issue_of(node, IssueCode.LEFT_OUT_INSIDE, Level.WARNING, inner=inner, block=name)
    if (more := len(idle) - MAX_REMARKS) > 0:
        yield issue_of(node, IssueCode.MORE_LEFT_OUT_INSIDE, Level.WARNING, number=more)


def issue_of(node: Node, code: Code, level: Level = Level.ERROR, **fields: object) -> Issue:
    """An issue of a node; `fields` are the values in its sentence."""
    return Issue(node.id, level, Problem(code, fields), node.label)
