"""Copied nodes: what their text holds, where they go when pasted, and what is refused."""

import json
from collections.abc import Collection
from typing import Any

import pytest

from builder.blocks.catalogue import catalogue
from builder.custom_blocks.grouping import group
from builder.files.architecture_file import from_json, to_json
from builder.files.clipboard import CLIP, Clip, node_content, own_content, parse, paste
from builder.gallery import TEMPLATES
from builder.network import edits, insertion
from builder.network.architecture import MAX_NODES, Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import definitions_in
from builder.system.errors import BuilderError, EditError, FormatError

RESIDUAL = TEMPLATES["small_residual"].architecture


def made(*blocks: str, **parameters: Any) -> Architecture:
    architecture = Architecture()
    for block in blocks:
        architecture = edits.add(architecture, catalogue()[block].create(parameters.get(block, {})))
    return architecture


def copied(architecture: Architecture, ids: Collection[str], document: str = "") -> str:
    """The text that the canvas puts together of nodes."""
    nodes = [node_content(node) for node in architecture if node.id in ids]
    envelope = CLIP.stamp({"document": document, "nodes": nodes})
    return json.dumps({**envelope, "blocks": own_content(architecture)})


def clip(architecture: Architecture, *ids: str, document: str = "") -> Clip:
    return parse(copied(architecture, ids, document))


def inputs(architecture: Architecture) -> dict[str, tuple[str, ...]]:
    return {node.id: node.inputs for node in architecture}


def with_own_block(name: str, *blocks: str) -> Architecture:
    architecture = made("Input", *blocks)
    return group(architecture, [node.id for node in architecture.nodes[1:]], name)


def test_every_block_survives_the_clipboard() -> None:
    for template in TEMPLATES.values():
        nodes = template.architecture.nodes
        assert clip(template.architecture, *(node.id for node in nodes)).nodes == nodes


def test_only_what_differs_from_the_defaults_is_written() -> None:
    node = Node("conv2d_1", catalogue()["Conv2D"].create({"filters": 48, "use_bias": True}))
    assert node_content(node)["parameters"] == {"filters": 48}


def test_in_another_document_a_chain_is_spliced_in_behind_the_selection() -> None:
    pasted = paste(
        made("Input", "Conv2D", "ReLU"),
        clip(RESIDUAL, "residual_block_1", "residual_block_2", document="other"),
        "conv2d_1",
        "here",
    )
    assert inputs(pasted) == {
        "input_1": (),
        "conv2d_1": ("input_1",),
        "residual_block_1": ("conv2d_1",),
        "residual_block_2": ("residual_block_1",),
        "re_lu_1": ("residual_block_2",),
    }
    assert [node.id for node in pasted][2:4] == ["residual_block_1", "residual_block_2"]


def test_in_the_same_document_what_is_read_outside_is_read_again() -> None:
    pasted = paste(
        RESIDUAL,
        clip(RESIDUAL, "residual_block_2", "residual_block_3", document="here"),
        "residual_block_3",
        "here",
    )
    assert pasted.by_id["residual_block_4"].inputs == ("residual_block_1",)
    assert pasted.by_id["residual_block_5"].inputs == ("residual_block_4",)
    before = inputs(RESIDUAL)
    assert {node: read for node, read in inputs(pasted).items() if node in before} == before


def test_a_copy_that_reads_again_takes_nothing_from_the_original() -> None:
    """Not even where it is pasted right behind what both read."""
    copy = clip(RESIDUAL, "residual_block_2", document="here")
    pasted = paste(RESIDUAL, copy, "residual_block_1", "here")
    assert pasted.by_id["residual_block_4"].inputs == ("residual_block_1",)
    assert pasted.by_id["residual_block_2"].inputs == ("residual_block_1",)


def test_what_was_cut_is_attached_although_its_old_inputs_are_there() -> None:
    cut = clip(RESIDUAL, "residual_block_1")
    pasted = paste(
        edits.remove(RESIDUAL, ["residual_block_1"]), cut, "residual_block_3", document="here"
    )
    assert pasted.by_id["residual_block_1"].inputs == ("residual_block_3",)
    assert pasted.by_id["global_average_pooling2d_1"].inputs == ("residual_block_1",)


def test_inner_connections_names_and_repeats_are_kept_where_names_are_free() -> None:
    source = made("Input", "Conv2D", "Conv2D", "Add")
    source = edits.connect(source, "conv2d_1", "add_1")
    source = edits.rename(edits.repeat(source, "conv2d_2", 3), "conv2d_2", "stem")
    taken = clip(source, "conv2d_1", "conv2d_2", "add_1", document="here")
    once = paste(source, taken, "add_1", "here")
    assert once.by_id["add_2"].inputs == ("conv2d_4", "conv2d_3")
    assert (once.by_id["conv2d_4"].repeat, once.by_id["conv2d_4"].name) == (3, "")
    elsewhere = paste(made("Input"), taken, "input_1", "elsewhere")
    assert elsewhere.by_id["conv2d_2"].name == "stem"


def test_several_lost_inputs_of_one_node_become_one() -> None:
    source = edits.connect(made("Input", "Conv2D", "Conv2D", "Add"), "conv2d_1", "add_1")
    pasted = paste(made("Input"), clip(source, "add_1"), "input_1")
    assert pasted.by_id["add_1"].inputs == ("input_1",)


def test_a_whole_network_goes_into_an_empty_document_as_it_is() -> None:
    every = clip(RESIDUAL, *(node.id for node in RESIDUAL))
    pasted = paste(Architecture("empty"), every)
    assert pasted.nodes == RESIDUAL.nodes
    assert sum(node.params for node in infer(pasted).nodes.values()) == 297_697


def test_the_output_stays_the_output_unless_the_network_goes_on_from_it() -> None:
    branch = paste(RESIDUAL, clip(RESIDUAL, "residual_block_2", document="here"), "dense_1", "here")
    assert branch.output_ids == ("dense_1",)
    further = paste(RESIDUAL, clip(RESIDUAL, "dense_1"), "dense_1", "here")
    assert further.output_ids == ("dense_2",)
    assert further.by_id["dense_2"].inputs == ("dense_1",)


def test_what_has_two_ends_is_attached_and_leaves_the_chain_as_it_is() -> None:
    source = made("Input", "Conv2D", "ReLU")
    source = insertion.attach(source, catalogue()["ReLU"].create({}), "conv2d_1", None)
    pasted = paste(
        made("Input", "Dropout"), clip(source, "conv2d_1", "re_lu_1", "re_lu_2"), "input_1"
    )
    assert pasted.by_id["dropout_1"].inputs == ("input_1",)
    assert pasted.by_id["conv2d_1"].inputs == ("input_1",)


def test_without_a_place_it_goes_to_the_end() -> None:
    assert paste(made("Input"), clip(RESIDUAL, "dense_1")).by_id["dense_1"].inputs == ("input_1",)


def test_own_blocks_travel_and_keep_their_name_where_it_is_free() -> None:
    source = with_own_block("Stem", "Conv2D", "ReLU")
    node = source.nodes[-1].id
    pasted = paste(made("Input"), clip(source, node), "input_1")
    assert definitions_in(pasted) == definitions_in(source)
    again = paste(source, clip(source, node), node)
    assert definitions_in(again) == definitions_in(source), "the same block is the same block"
    assert from_json(to_json(again)) == again


def test_an_own_block_of_a_taken_name_gets_another_one() -> None:
    here = with_own_block("Stem", "Conv2D", "ReLU")
    other = with_own_block("Stem", "Conv2D")
    pasted = paste(here, clip(other, other.nodes[-1].id), here.nodes[-1].id)
    assert [own.name for own in definitions_in(pasted)] == ["Stem", "Stem_2"]
    assert from_json(to_json(pasted)) == pasted


def test_a_block_that_a_file_calls_class_is_pasted_where_it_is_already() -> None:
    text = to_json(with_own_block("Stem", "Conv2D")).replace('"Stem"', '"class"')
    source = from_json(text)
    node = source.nodes[-1].id
    assert definitions_in(paste(source, clip(source, node), node)) == definitions_in(source)
    with pytest.raises(EditError, match="class means something in the exported code"):
        paste(made("Input"), clip(source, node), "input_1")


def test_a_long_name_of_an_own_block_still_gives_nodes_that_can_be_read_again() -> None:
    source = with_own_block("A" + "b" * 63, "Conv2D")
    pasted = paste(source, clip(source, source.nodes[-1].id), source.nodes[-1].id)
    assert from_json(to_json(pasted)) == pasted


def test_what_makes_no_sense_here_is_refused() -> None:
    with pytest.raises(EditError, match="no node 'gone'"):
        paste(RESIDUAL, clip(RESIDUAL, "dense_1"), "gone")
    full = Architecture(nodes=(RESIDUAL.nodes[-1],) * MAX_NODES)
    with pytest.raises(EditError, match="more than 2,000 blocks"):
        paste(full, clip(RESIDUAL, "dense_1"))


def envelope(**changes: Any) -> str:
    whole = json.loads(copied(RESIDUAL, ["dense_1"]))
    return json.dumps(whole | changes)


CONV = {"id": "conv2d_1", "block": "Conv2D", "parameters": {}, "inputs": []}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a JSON file"),
        ("hello", "not a JSON file"),
        ("[1, 2]", "holds no blocks"),
        ('{"format": "convstack-architecture"}', "holds no blocks"),
        ("[" * 100_000, "nested too deeply"),
        ("x" * 2_000_001, "at most 2,000,000"),
        (envelope(version=2), "version 2"),
        (envelope(version=True), "version True"),
        (envelope(document=["a"]), "document"),
        (envelope(document="a" * 201), "document"),
        (envelope(nodes=[]), "holds no blocks"),
        (envelope(nodes=None), "expected a list"),
        (envelope(nodes={}), "expected a list"),
        (envelope(nodes=[CONV] * 2_001), "at most 2,000"),
        (envelope(nodes=[CONV, CONV]), "same id"),
        (envelope(nodes=[CONV | {"block": "Lambda"}]), "Lambda"),
        (envelope(nodes=[CONV | {"parameters": {"filters": 0}}]), "filters"),
        (envelope(nodes=[CONV | {"parameters": {"__class__": 1}}]), "__class__"),
        (envelope(nodes=[CONV | {"id": "a b"}]), "id"),
        (envelope(nodes=[CONV | {"repeat": 10**9}]), "repeat"),
        (envelope(nodes=[CONV | {"extra": 1}]), "extra"),
        (envelope(blocks=7), "expected a list"),
    ],
)
def test_hostile_text_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(FormatError, match="cannot be pasted") as refused:
        parse(text)
    assert words in str(refused.value)


def test_an_own_block_cannot_take_the_place_of_a_layer() -> None:
    source = with_own_block("Stem", "Conv2D")
    text = copied(source, [source.nodes[-1].id]).replace('"Stem"', '"Dense"')
    with pytest.raises(BuilderError, match="Dense"):
        paste(RESIDUAL, parse(text), "dense_1")
