"""What a board is told of a network: nodes, what is inside of them, and what flows where."""

import json

from builder.files.node_values import blocks_and_nodes_from
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.hierarchy import every_key
from builder.network.inference import infer
from components.board.nodes import node_rows
from components.board.payload import NodeRow, PartRow

RESIDUAL = TEMPLATES["small_residual"].architecture
FLOWS_IN = {"source": "", "inlet": 0, "shape": "16×16×32"}


def nodes(architecture: Architecture, *opened: str) -> dict[str, NodeRow]:
    return {node["id"]: node for node in node_rows(architecture, frozenset(opened))}


def read(part: PartRow) -> list[str]:
    return [wire["source"] for wire in part["inputs"]]


def test_a_card_says_what_a_node_is_and_costs() -> None:
    node = nodes(RESIDUAL)["residual_block_2"]
    assert (node["block"], node["category"], node["parameters"]) == (
        "residual_block",
        "module",
        "64, pooling",
    )
    assert (node["shape"], node["params"], node["layers"]) == ("8×8×64", 57_536, 5)
    assert node["inputs"] == ["residual_block_1"]
    assert (node["open"], node["parts"], node["output"]) == (False, [], "")


def test_an_opened_node_shows_its_layers_and_what_they_read() -> None:
    node = nodes(RESIDUAL, "residual_block_2")["residual_block_2"]
    parts = {part["key"].rpartition("/")[2]: part for part in node["parts"]}
    assert [part["title"] for part in parts.values()] == [
        "Conv2D",
        "Conv2D",
        "Conv2D",
        "MaxPooling2D",
        "Add",
    ]
    assert parts["0"]["inputs"] == parts["1"]["inputs"] == [FLOWS_IN]
    assert read(parts["4"]) == ["residual_block_2/3", "residual_block_2/0"]
    assert node["output"] == "residual_block_2/4"
    others = [
        other for other in nodes(RESIDUAL, "residual_block_2", "gone").values() if other is not node
    ]
    assert [other["layers"] for other in others] == [0, 0, 5, 5, 4, 0, 0]
    assert [len(other["parts"]) for other in others] == [0, 0, 0, 5, 0, 0, 0]


def test_repetitions_stand_one_behind_the_other() -> None:
    architecture = edits.repeat(RESIDUAL, "residual_block_3", 3)
    node = nodes(architecture, "residual_block_3")["residual_block_3"]
    first, second = node["parts"]
    assert first["inputs"] == [{"source": "", "inlet": 0, "shape": "8×8×64"}]
    assert second["inputs"] == [{"source": first["key"], "inlet": 0, "shape": "8×8×128"}]
    assert node["output"] == second["key"]
    assert read(second["parts"][0]) == [""]


def test_a_module_inside_is_folded_until_it_is_opened_itself() -> None:
    architecture = TEMPLATES["nasnet_large"].architecture
    folded = nodes(architecture, "nasnet_normal_cell_1")["nasnet_normal_cell_1"]["parts"]
    inner = next(part for part in folded if part["folds"])
    assert inner["parts"] == []
    assert inner["layers"] > 1
    opened = nodes(architecture, "nasnet_normal_cell_1", inner["key"])["nasnet_normal_cell_1"]
    part = next(part for part in opened["parts"] if part["key"] == inner["key"])
    assert read(part["parts"][0]) == [""]
    assert part["output"] == part["parts"][-1]["key"]


def test_every_part_reads_parts_of_its_own_frame() -> None:
    def check(parts: list[PartRow]) -> None:
        keys = {part["key"] for part in parts} | {""}
        for part in parts:
            assert set(read(part)) <= keys
            assert read(part)
            assert part["key"] not in read(part)
            wires = [(wire["source"], wire["inlet"]) for wire in part["inputs"]]
            assert len(set(wires)) == len(wires), "each is drawn once"
            check(part["parts"])

    for template in ("inception_v3", "unet", "se_resnet50", "nasnet_mobile"):
        architecture = TEMPLATES[template].architecture
        keys = every_key(infer(architecture).nodes.values(), 10_000)
        assert keys is not None
        every = nodes(architecture, *keys)
        for node in every.values():
            check(node["parts"])
            assert not node["parts"] or node["output"]


def test_what_enters_a_frame_says_by_which_of_its_inputs() -> None:
    cell = "nasnet_normal_cell_2"
    architecture = TEMPLATES["nasnet_mobile"].architecture
    keys = every_key(infer(architecture).nodes.values(), 10_000)
    assert keys is not None
    node = nodes(architecture, *keys)[cell]
    assert len(node["inputs"]) == 2
    entering = [
        wire["inlet"] for part in node["parts"] for wire in part["inputs"] if not wire["source"]
    ]
    assert set(entering) == {0, 1}

    def check(parts: list[PartRow], inlets: int) -> None:
        for part in parts:
            for wire in part["inputs"]:
                assert 0 <= wire["inlet"] < (1 if wire["source"] else inlets)
            check(part["parts"], len(part["inputs"]))

    check(node["parts"], 2)


def test_what_is_wrong_stands_on_the_node_with_its_fix() -> None:
    broken = edits.disconnect(RESIDUAL, "rescaling_1", "residual_block_1")
    node = nodes(broken)["residual_block_1"]
    assert node["level"] == "error"
    assert node["issue"]
    assert node["fix"]
    assert (node["shape"], node["reach"], node["params"]) == ("", "", 0)


def test_what_is_copied_of_a_node_can_be_read_again() -> None:
    architecture = edits.repeat(RESIDUAL, "residual_block_3", 3)
    content = [node["content"] for node in nodes(architecture).values()]
    read = json.loads(json.dumps({"nodes": content}))
    assert blocks_and_nodes_from(read) == ({}, architecture.nodes)
