"""What may be connected: one answer, by which edits refuse and pages offer."""

from collections.abc import Iterator, Mapping
from random import Random

import pytest

from builder.blocks.catalogue import block_type, catalogue
from builder.blocks.types import Shape
from builder.network import connections, edits, insertion
from builder.network.architecture import MAX_INPUTS, Architecture, Node
from builder.network.connections import Fit, Verdict
from builder.network.inference import infer
from builder.system.errors import EditError
from tests.broken import IMAGE, net

BRANCHES = net(
    IMAGE,
    ("a", "Conv2D", {"filters": 8, "padding": "same"}),
    ("b", "Conv2D", {"filters": 8, "padding": "same"}, ("image",)),
    ("c", "Conv2D", {"filters": 4, "padding": "same"}, ("image",)),
    ("sum", "Add", {}, ("a", "b")),
    ("flat", "Flatten", {}, ("sum",)),
    ("units", "Dense", {"units": 3}),
)


BLOCKS = ("Input", "ReLU", "Add", "Subtract", "Flatten", "Dense", "Conv2D", "MaxPooling2D")


def wired_anyhow(number: int) -> Iterator[Architecture]:
    """Networks of a few nodes with any connections: cycles, missing inputs, too many of them."""
    random = Random(0)
    for _ in range(number):
        ids = [f"node_{place}" for place in range(random.randint(2, 7))]
        nodes = [Node(ids[0], block_type("Input").create({}))]
        for name in ids[1:]:
            inputs = tuple(random.choices([*ids, "missing"], k=random.randint(0, 2)))
            block = block_type(random.choice(BLOCKS)).create({})
            repeat = random.choice((1, 1, 4, 9)) if connections.is_repeatable(block) else 1
            nodes.append(Node(name, block, inputs, repeat=repeat))
        yield Architecture(nodes=tuple(nodes))


def shapes(architecture: Architecture) -> Mapping[str, Shape | None]:
    return {name: known.output_shape for name, known in infer(architecture).nodes.items()}


def test_edits_refuse_what_connections_refuse_and_nothing_else() -> None:
    for architecture in wired_anyhow(80):
        for source in architecture:
            for target in architecture:
                refusal = connections.refusal(architecture, source.id, target.id)
                if refusal is None:
                    edits.connect(architecture, source.id, target.id)
                    continue
                with pytest.raises(EditError) as caught:
                    edits.connect(architecture, source.id, target.id)
                assert (caught.value.message, caught.value.fix) == (refusal.message, refusal.fix)


def test_what_is_offered_can_be_connected_and_says_whether_it_fits() -> None:
    offered = fitting = repeated = 0
    for architecture in (*wired_anyhow(80), BRANCHES):
        known = shapes(architecture)
        for node in architecture:
            if connections.closed(node) is not None:
                continue
            kept = () if connections.takes_one(node.block) else node.inputs
            for candidate in connections.candidates(architecture, known, node.id, kept):
                made = edits.connect(architecture, candidate.node, node.id)
                offered += 1
                if known.get(candidate.node) is None or not set(kept) <= set(known):
                    continue
                fitting += candidate.fits
                repeated += not candidate.fits and node.repeat > 1
                found = infer(made).nodes[node.id]
                fits = found.output_shape is not None
                assert candidate.fits == fits, f"{candidate.node} and {node.id}: {found.issues}"
    assert offered > fitting > 20
    assert repeated > 5, "some fit the first time and not the last"


def test_what_fits_is_offered_first_and_nothing_that_is_read_or_depends_on_the_reader() -> None:
    found = connections.candidates(BRANCHES, shapes(BRANCHES), "sum", ("a",))
    assert [(c.node, c.fits, c.same) for c in found] == [
        ("b", True, True),
        ("c", False, False),
        ("image", False, False),
    ]
    assert "expected equal shapes" in found[1].misfit
    turned = BRANCHES.with_nodes(list(reversed(BRANCHES.nodes)))
    offered = connections.candidates(turned, shapes(turned), "image", ())
    assert offered == (), "everything above depends on it"


def test_a_node_says_why_it_takes_no_further_input() -> None:
    pair = net(IMAGE, ("sub", "Subtract", {}, ("image", "image")))
    full = net(IMAGE, ("sum", "Add", {}, ("image",) * MAX_INPUTS))
    said = {
        node.id: connections.closed(node) for network in (BRANCHES, pair, full) for node in network
    }
    assert {name: found.message for name, found in said.items() if found} == {
        "image": "image takes no input",
        "sub": "sub has all its inputs (2)",
        "sum": f"sum has all its inputs ({MAX_INPUTS})",
    }


def test_what_is_told_while_a_connection_is_drawn_is_what_comes_of_it() -> None:
    counted = dict.fromkeys(Fit, 0)
    for architecture in (*wired_anyhow(80), BRANCHES):
        known = shapes(architecture)
        for source in architecture:
            readers = connections.readers(architecture, known, source.id)
            assert list(readers) == [node.id for node in architecture]
            for target in architecture:
                verdict = readers[target.id]
                others = connections.sources(architecture, known, target.id)
                assert others[source.id] == verdict, "the same from either end"
                counted[verdict.fit] += 1
                assert (verdict.why == "") == (verdict.fit is Fit.FITS)
                if verdict.fit is Fit.REFUSED:
                    continue
                made = edits.connect(architecture, source.id, target.id)
                read = made.by_id[target.id].inputs
                if all(known.get(each) is not None for each in read):
                    fits = infer(made).nodes[target.id].output_shape is not None
                    assert (verdict.fit is Fit.FITS) == fits, f"{source.id} and {target.id}"
    assert min(counted.values()) > 50


def test_why_a_connection_does_not_go_well_is_said() -> None:
    known = shapes(BRANCHES)
    said = {name: found.why for name, found in connections.readers(BRANCHES, known, "c").items()}
    assert said["c"] == "c cannot read itself: this would close a cycle"
    assert said["image"] == (
        "c already depends on image, so this connection would close a cycle; "
        "connect from a node above"
    )
    assert "expected equal shapes" in said["sum"]
    assert said["a"] == said["flat"] == ""
    read = connections.sources(BRANCHES, known, "a")
    assert read["image"] == Verdict(Fit.REFUSED, "a reads image already")
    assert read["flat"].fit is Fit.REFUSED
    beside = insertion.attach(BRANCHES, block_type("Flatten").create({}), "image", None)
    flat = connections.sources(beside, shapes(beside), "a")["flatten_1"]
    assert flat.fit is Fit.MISFIT
    assert "expected an image" in flat.why


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_block_takes_none_one_or_several(name: str) -> None:
    kind = block_type(name)
    kinds = [
        not connections.takes_input(kind),
        connections.takes_one(kind),
        connections.most_inputs(kind) > 1,
    ]
    assert kinds.count(True) == 1
    assert connections.is_repeatable(kind) == connections.takes_one(kind)
