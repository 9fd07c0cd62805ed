"""Editing an own block in all its places: its inside as a network, and back into the network."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import cast

import pytest

from builder.actions.own_blocks import apply, open_draft, outcome
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import LayerFacts
from builder.custom_blocks.changing import Place, Value, change_blocks
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.custom_blocks.inside import (
    Ties,
    also_settable,
    closed,
    new_parameters,
    opened,
    ties,
    usual_shapes,
)
from builder.documents.workspace import Workspace
from builder.files.architecture_file import from_json, to_json
from builder.files.drafts import Draft
from builder.gallery.template import block
from builder.network import edits
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import Definition, Exposed, OwnBlock, definitions_in
from builder.network.own_block_type import own_block
from builder.network.topology import order
from builder.system.errors import EditError
from tests.custom_blocks.test_grouping import FILTERS, grouped
from tests.drawing import sound_networks

SHAPE = (16, 16, 8)


def content(architecture: Architecture, node: str) -> Definition:
    return cast(OwnBlock, architecture.by_id[node].block).definition


PAIR = content(grouped(), "pair_1")


def inside() -> Architecture:
    return opened(PAIR, [SHAPE], "pair")


def places() -> Architecture:
    """Two pairs, one with filters of its own behind a convolution, and one inside of `outer`."""
    network = edits.duplicate(grouped(), "pair_1")
    network = edits.duplicate(network, "pair_2")
    network = edits.add(network, block("Conv2D", 16, padding="same"), "pair_1")
    network = edits.set_parameters(network, "pair_2", {"filters": 16})
    network = edits.add(network, block("Conv2D", 8, padding="same"), "pair_2")
    exposed = [e for e in candidates(network, ["pair_3"]) if e.name == "filters"]
    return group(network, ["pair_3"], "outer", exposed)


def layers(network: Architecture) -> Counter[LayerFacts]:
    return Counter(call.facts for known in infer(network).used for call in known.layers)


def drawn() -> Iterator[tuple[Architecture, str]]:
    """Drawn networks in which some neighbors are a block, and the id of its node."""
    for architecture in sound_networks():
        nodes = [node.id for node in order(architecture)]
        for start in range(len(nodes)):
            for end in range(start + 1, min(start + 6, len(nodes)) + 1):
                chosen = nodes[start:end]
                try:
                    after = group(architecture, chosen, "own", candidates(architecture, chosen)[:3])
                except EditError:
                    continue
                yield after, next(node.id for node in after if node.id not in architecture)


@pytest.mark.slow
def test_an_inside_is_the_block_at_its_usual_values_and_makes_it_again() -> None:
    found = list(islice(drawn(), 0, None, 9))
    assert len(found) > 40
    for architecture, node in found:
        known = infer(architecture).nodes[node]
        before = content(architecture, node)
        network = opened(before, known.input_shapes, "inside")
        applied = trace(own_block(before).create({}), known.input_shapes)
        assert infer(network).output_shapes == (applied.output_shape,)
        of_block, of_network = Counter(call.facts for call in applied.calls), layers(network)
        entries = {facts.layer.class_name() for facts in of_network - of_block}
        assert of_block <= of_network
        assert entries <= {"InputLayer", "Reshape"}
        kept = ties(network, before)
        assert (kept.gone, kept.untied) == ((), ())
        again = closed(network, before, kept.kept, before.summary)
        assert opened(again, known.input_shapes, "inside") == network
        assert change_blocks(architecture, [again]).architecture.nodes == tuple(
            replace(n, block=own_block(again).create(n.block.values())) if n.id == node else n
            for n in architecture
        )


@pytest.mark.slow
def test_what_is_done_inside_is_done_wherever_the_block_stands() -> None:
    """A block behind the output of the inside is one behind each of the block's nodes."""
    found = list(islice(drawn(), 3, None, 13))
    assert len(found) > 20
    for architecture, node in found:
        before = content(architecture, node)
        network = opened(before, infer(architecture).nodes[node].input_shapes, "inside")
        longer = edits.add(network, block("ReLU"), network.output_ids[0])
        longer = longer.with_outputs([next(n.id for n in longer if n.id not in network)])
        new = closed(longer, before, ties(longer, before).kept, "")
        if node in architecture.outputs:
            continue
        wanted = edits.add(architecture, block("ReLU"), node)
        for reader in architecture.consumers[node]:  # `add` leaves skips where they are
            sources = (
                next(n.id for n in wanted if n.id not in architecture) if s == node else s
                for s in architecture.by_id[reader].inputs
            )
            wanted = edits.set_inputs(wanted, reader, list(sources))
        changed = change_blocks(architecture, [new])
        assert [place.label for place in changed.places] == [node]
        assert infer(changed.architecture).total_params == infer(wanted).total_params
        if architecture.by_id[node].repeat == 1:
            assert layers(changed.architecture) == layers(wanted)


def test_every_place_changes_and_keeps_what_is_its_own() -> None:
    longer = edits.add(inside(), block("BatchNormalization"), "conv2d_2")
    longer = edits.set_parameters(longer, "conv2d_2", {"filters": 24})
    longer = edits.set_parameters(longer, "second", {"filters": 24})
    new = closed(longer, PAIR, ties(longer, PAIR).kept, "Three now.")
    change = change_blocks(places(), [new])
    follows = (Value("filters", 24),)
    assert change.places == (
        Place("pair", "pair_1", follows=follows),
        Place("pair", "pair_2"),
        Place("pair", "pair_3", inside="outer"),
    )
    values = {n.id: n.block.values() for n in change.architecture if isinstance(n.block, OwnBlock)}
    assert values == {
        "pair_1": {"filters": 24},
        "pair_2": {"filters": 16},
        "outer_1": {"filters": 8},
    }
    assert content(change.architecture, "pair_2") == new
    assert definitions_in(change.architecture)[0] == new
    assert from_json(to_json(change.architecture)) == change.architecture


def test_a_value_whose_parameter_is_gone_is_reported_and_so_is_what_set_it() -> None:
    new = closed(inside(), PAIR, (), "")
    change = change_blocks(places(), [new])
    assert [(place.label, place.lost) for place in change.places] == [
        ("pair_1", ()),
        ("pair_2", (Value("filters", 16),)),
        ("pair_3", (Value("filters", 8),)),
    ]
    assert change.gone == (("outer", "filters"),)
    assert change.architecture.by_id["outer_1"].block.values() == {}


def test_of_what_a_block_sets_the_rest_keeps_its_value() -> None:
    """`outer` sets the filters of a pair and of a convolution; the pair's are no parameter more."""
    network = edits.add(grouped(), block("Conv2D", 8), "pair_1")
    chosen = ["pair_1", "conv2d_2"]
    exposed = next(e for e in candidates(network, chosen) if e.name == "filters")
    outer = content(group(network, chosen, "outer", [exposed]), "outer_1")
    mixed = replace(outer.nodes[1], block=block("Conv2D", 5))
    definition = replace(outer, nodes=(outer.nodes[0], mixed))  # as a file may have it
    network = Architecture("net", (Node("outer_1", own_block(definition).create({})),))
    change = change_blocks(network, [closed(inside(), PAIR, (), "")])
    after = change.architecture.by_id["outer_1"].block
    assert after.values() == {"filters": 8}
    assert content(change.architecture, "outer_1").parameters[0].targets == (
        ("conv2d_2", "filters"),
    )


def test_an_output_that_is_not_the_last_node_stays_the_output() -> None:
    idle = Node("re_lu_1", block("ReLU"), ("conv2d_2",))
    definition = replace(PAIR, nodes=(*PAIR.nodes, idle))
    network = opened(definition, [SHAPE], "pair")
    assert network.output_ids == ("add_1",)
    assert closed(network, definition, definition.parameters, definition.summary) == definition


def test_a_draft_of_a_block_inside_a_draft_reaches_all_places(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    document = workspace.create(places())
    outer = open_draft(workspace, document, "outer")
    pair = open_draft(workspace, outer, "pair")
    assert open_draft(workspace, outer, "pair") == pair
    assert open_draft(workspace, document, "pair") != pair

    def finish(draft_id: str) -> str:
        opened = workspace.open(draft_id)
        draft = cast(Draft, opened.document.draft)
        kept = ties(opened.architecture, draft.before).kept
        result = outcome(workspace, draft, opened.architecture, kept, draft.before.summary)
        workspace.edit(draft.document, lambda a: apply(a, result.definition))
        return draft.document

    workspace.edit(pair, lambda a: edits.add(a, block("ReLU"), "second"))
    assert finish(pair) == outer
    assert finish(outer) == document
    after = workspace.open(document).architecture
    assert {len(own.nodes) for own in definitions_in(after) if own.name == "pair"} == {4}
    assert infer(after).ok
    workspace.undo(document)
    assert workspace.open(document).architecture == places()


def test_a_value_that_the_new_content_refuses_is_reported() -> None:
    rate = edits.add(inside(), block("Dropout", 0.5), "second")
    old = closed(rate, PAIR, [Exposed("amount", (("dropout_1", "rate"),))], "")
    network = change_blocks(places(), [old]).architecture
    network = edits.set_parameters(network, "pair_1", {"amount": 0.25})
    new = closed(rate, old, [Exposed("amount", (("conv2d_2", "filters"),))], "")
    change = change_blocks(network, [new])
    assert change.places[0].refused == (Value("amount", 0.25),)
    assert change.architecture.by_id["pair_1"].block.values() == {"amount": 8}
    assert change.places[1].follows == (Value("amount", 8),)


def test_blocks_inside_the_block_change_everywhere_as_well() -> None:
    network = places()
    outer = content(network, "outer_1")
    draft = opened(outer, [SHAPE], "outer")
    longer = edits.add(inside(), block("ReLU"), "second")
    new = closed(longer, PAIR, ties(longer, PAIR).kept, "")
    draft = change_blocks(draft, [new]).architecture
    made = closed(draft, outer, ties(draft, outer).kept, "")
    blocks = [content(draft, "pair_3"), made]
    change = change_blocks(network, blocks)
    assert [(p.block, p.label) for p in change.places] == [
        ("pair", "pair_1"),
        ("pair", "pair_2"),
        ("outer", "outer_1"),
    ]
    assert from_json(to_json(change.architecture)) == change.architecture


def test_parameters_follow_what_they_set() -> None:
    assert ties(inside(), PAIR) == Ties(PAIR.parameters)
    other = edits.set_parameters(inside(), "second", {"filters": 24})
    kept = replace(FILTERS, targets=(("conv2d_2", "filters"),))
    assert ties(other, PAIR) == Ties((kept,), untied=(("filters", "second", "filters"),))
    none = edits.remove(inside(), ["conv2d_2", "second"])
    assert ties(none, PAIR) == Ties((), gone=("filters",))
    more = edits.add(inside(), block("Conv2D", 8), "second")
    (known,) = ties(more, PAIR).kept
    assert also_settable(more, PAIR, known) == (
        *PAIR.parameters[0].targets,
        ("conv2d_3", "filters"),
    )
    offered = new_parameters(more, PAIR, [known])
    assert (offered[0].name, offered[0].targets) == ("filters_2", (("conv2d_3", "filters"),))


def test_the_inside_gets_shapes_with_which_the_block_works() -> None:
    network = places()
    assert usual_shapes(network, PAIR) == (SHAPE,)
    only_inside = edits.remove(network, ["pair_1", "pair_2"])
    assert usual_shapes(only_inside, PAIR) == (SHAPE,)
    own = edits.set_parameters(
        edits.remove(network, ["pair_1", "outer_1"]), "pair_2", {"filters": 16}
    )
    assert usual_shapes(own, PAIR) == ((16, 16, 8),)  # the width that it has by default
    assert usual_shapes(Architecture(), PAIR)[0][-1] in (3, 64)


def _itself() -> Architecture:
    return edits.add(inside(), own_block(PAIR).create({}), "conv2d_2")


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (lambda: edits.add(inside(), block("Input"), None), "takes 1 input, here are 2; remove"),
        (lambda: edits.remove(inside(), ["inputs"]), "takes 1 input, here are 0; add an Input"),
        (lambda: edits.remove(inside(), ["conv2d_2", "second", "add_1"]), "would be empty"),
        (lambda: inside().with_outputs(["second", "add_1"]), "one output, this has 2"),
        (lambda: inside().with_outputs(["inputs"]), "the output is an Input"),
        (_itself, "this one holds pair; remove it, or unpack it"),
        (lambda: edits.disconnect(inside(), "inputs", "conv2d_2"), "conv2d_2 has 0 inputs"),
    ],
)
def test_an_inside_that_makes_no_block(network: Callable[[], Architecture], message: str) -> None:
    with pytest.raises(EditError, match=message):
        closed(network(), PAIR, (), "")


def test_another_number_of_inputs_is_refused_where_the_block_stands() -> None:
    other = replace(PAIR, tensors=("inputs", "skip"))
    with pytest.raises(EditError, match="pair takes 1 input here, the new one 2"):
        change_blocks(places(), [other])
