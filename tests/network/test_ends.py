"""The order, keys and number of a network's inputs and outputs: files, edits, copies and export."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builder.blocks.catalogue import block_type
from builder.checks.readiness import readiness
from builder.codegen.keras.script import to_script
from builder.custom_blocks.grouping import group, unpack
from builder.files.architecture_file import ends_to_dict, from_dict, from_json, to_dict, to_json
from builder.files.clipboard import CLIP, node_content, parse, paste
from builder.importers.sameness import is_same_network
from builder.network import edits, ends, insertion
from builder.network.architecture import Architecture, Node
from builder.network.differences import describe
from builder.network.inference import infer
from builder.network.topology import used_nodes
from builder.system.errors import BuilderError, EditError, FormatError
from builder.training.settings import TrainingSettings
from builder.transforms.head import head


def node(node_id: str, block: str, *inputs: str, **parameters: Any) -> Node:
    return Node(node_id, block_type(block).create(parameters), inputs)


NET = Architecture(
    "net",
    (
        node("a", "Input", shape=(8, 8, 3)),
        node("b", "Input", shape=(8, 8, 3)),
        node("both", "Subtract", "a", "b"),
        node("flat", "Flatten", "both"),
        node("klass", "Dense", "flat", units=3),
        node("box", "Dense", "flat", units=4),
    ),
)
KEYED = NET.with_inputs(("b", "a"), ("right", "left")).with_outputs(("box", "klass"), ("z", "y"))
LISTED = NET.with_inputs(("b", "a")).with_outputs(("box", "klass", "box"))


def returned(architecture: Architecture) -> str:
    """What `build_model` gives to `keras.Model`, in one line."""
    script = to_script(architecture)
    text = script[script.index("return keras.Model(") :].split("name=")[0]
    return " ".join(text.split())


def listed(architecture: Architecture) -> tuple[Any, ...]:
    inputs = architecture.inputs, architecture.input_keys
    return (*inputs, architecture.outputs, architecture.output_keys)


def test_the_script_has_them_in_order_and_by_key() -> None:
    assert (
        returned(NET.with_outputs(("klass", "box"))) == "return keras.Model([a, b], [klass, box],"
    )
    assert returned(LISTED) == "return keras.Model([b, a], [box, klass, box],"
    inputs, outputs = '{"right": b, "left": a}', '{"z": box, "y": klass}'
    assert returned(KEYED) == f"return keras.Model({inputs}, {outputs},"
    alone = NET.with_outputs(("box",), ('it\'s "0"',))
    assert returned(alone) == "return keras.Model([a, b], {'it\\'s \"0\"': outputs},"


def test_shapes_come_in_the_same_order() -> None:
    larger = edits.set_parameters(KEYED, "b", {"shape": (9, 9, 3)})
    assert infer(larger).input_shapes == ((9, 9, 3), (8, 8, 3))
    assert infer(KEYED).output_shapes == ((4,), (3,))
    assert infer(LISTED).output_shapes == ((4,), (3,), (4,))


@pytest.mark.parametrize("network", [NET, KEYED, LISTED])
def test_a_file_keeps_them(network: Architecture) -> None:
    assert from_json(to_json(network)) == network
    assert from_dict(to_dict(network)) == network


def test_a_file_lists_only_what_is_not_the_rule() -> None:
    assert {"inputs", "outputs"}.isdisjoint(to_dict(NET))
    assert to_dict(KEYED)["outputs"] == {"z": "box", "y": "klass"}
    assert to_dict(LISTED)["inputs"] == ["b", "a"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"inputs": ["both"]}, "inputs names 'both', which is not an Input"),
        ({"outputs": ["x"]}, "outputs names 'x', which is not a node"),
        ({"outputs": {"": "box"}}, "outputs: received the key '', expected 1 to 200 printable"),
        ({"outputs": {"a\nb": "box"}}, "received the key 'a\\nb'"),
        ({"inputs": {"k" * 201: "a"}}, "expected 1 to 200 printable"),
        ({"outputs": "box"}, "outputs: received 'box', expected a list"),
        ({"outputs": [["box"]]}, "outputs: received ['box'], expected letters"),
        ({"outputs": ["box"] * 65}, "outputs: received 65 entries, expected at most 64"),
    ],
)
def test_a_damaged_file_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError) as refused:
        from_dict(to_dict(NET) | given)
    assert message in str(refused.value)


KEPT: dict[str, Callable[[Architecture], Architecture]] = {
    "rename an output": lambda a: edits.rename(a, "box", "corner"),
    "set a parameter": lambda a: edits.set_parameters(a, "box", {"units": 5}),
    "replace an output": lambda a: edits.replace_block(a, "box", block_type("Flatten")),
    "replace an input": lambda a: edits.replace_block(a, "a", block_type("Input")),
    "duplicate an output": lambda a: edits.duplicate(a, "box"),
    "duplicate an input": lambda a: edits.duplicate(a, "a"),
    "move an output": lambda a: edits.move(a, "box", "klass"),
    "remove another node": lambda a: edits.remove(a, ["flat"]),
    "place one on a connection": lambda a: insertion.add_on_edge(
        a, block_type("Dropout").create({}), "flat", "box"
    ),
    "make a block": lambda a: group(a, ["box"], "my_block"),
    "unpack it": lambda a: unpack(group(a, ["box"], "my_block"), "my_block_1"),
    "paste into it": lambda a: paste(a, parse(copied(NET, "flat")), "flat"),
}


@pytest.mark.parametrize("edit", KEPT)
@pytest.mark.parametrize("network", [KEYED, LISTED])
def test_an_edit_keeps_them(network: Architecture, edit: str) -> None:
    after = KEPT[edit](network)
    assert after.output_keys == network.output_keys
    assert after.input_keys == network.input_keys
    assert [i for i in after.outputs if i != "klass"] == [after.outputs[0]] * (
        len(after.outputs) - 1
    )
    assert after.outputs[1] == "klass"
    assert after.inputs[0] == "b"
    assert len(after.inputs) == 2
    assert {*after.outputs, *after.inputs} <= after.by_id.keys()


def test_an_output_that_is_removed_takes_its_key_along() -> None:
    assert listed(edits.remove(KEYED, ["box"]))[2:] == (("klass",), ("y",))
    assert listed(edits.remove(LISTED, ["box"]))[2:] == (("klass",), ())
    assert listed(edits.remove(KEYED, ["box", "klass"]))[2:] == ((), ())


def test_an_input_that_is_added_comes_last_and_gets_a_key() -> None:
    more = edits.add(KEYED, block_type("Input").create({"shape": (8, 8, 3)}))
    more = edits.rename(more, more.nodes[0].id, "left")
    more = edits.connect(more, more.nodes[0].id, "both", 1)
    assert infer(more).input_ids == ("b", "a", more.nodes[0].id)
    assert infer(more).input_keys == ("right", "left", "left_2")


def test_an_input_that_is_no_input_any_more_is_dropped() -> None:
    changed = edits.replace_block(KEYED, "a", block_type("Dropout"))
    assert (changed.inputs, changed.input_keys) == (("b",), ("right",))


def test_an_input_that_nothing_reads_is_part_of_the_model_where_it_is_listed() -> None:
    loose = edits.set_inputs(NET, "both", ["a", "a"])
    assert "b" not in used_nodes(loose)
    taken = loose.with_inputs(("b", "a"))
    assert infer(taken).input_shapes == ((8, 8, 3), (8, 8, 3))
    assert returned(taken.with_outputs(("klass",))) == "return keras.Model([b, a], outputs,"
    assert [str(issue) for issue in infer(taken).issues if issue.node == "b"] == [
        "b: it is an input that nothing reads; connect it or remove it"
    ]


def copied(network: Architecture, *ids: str) -> str:
    nodes = [node_content(n) for n in network if n.id in ids or not ids]
    content = CLIP.stamp({"nodes": nodes, "ends": ends_to_dict(network)})
    return json.dumps(content)


@pytest.mark.parametrize("network", [KEYED, LISTED])
def test_a_network_that_is_copied_into_an_empty_one_keeps_them(network: Architecture) -> None:
    pasted = paste(Architecture("new"), parse(copied(network)))
    assert pasted.name == "new"
    assert is_same_network(pasted, network)
    assert pasted.output_keys == network.output_keys
    assert infer(pasted).output_shapes == infer(network).output_shapes


def test_part_of_a_network_takes_its_own_ends_along() -> None:
    pasted = paste(Architecture(), parse(copied(KEYED, "a", "b", "both", "flat", "box")))
    assert len(pasted.outputs) == 1
    assert pasted.output_keys == ("z",)


@pytest.mark.parametrize("wrong", [3, {"outputs": 3}, {"inputs": ["1"]}, {"outputs": {"": "a"}}])
def test_damaged_ends_are_not_pasted(wrong: Any) -> None:
    content = json.loads(copied(KEYED)) | {"ends": wrong}
    with pytest.raises(FormatError, match="cannot be pasted"):
        parse(json.dumps(content))


def test_they_are_set_by_edits() -> None:
    assert ends.set_outputs(NET, ["box", "klass"], ["z", "y"]).output_keys == ("z", "y")
    assert ends.order_inputs(NET, ["b", "a"]) == NET.with_inputs(("b", "a"))
    assert ends.set_outputs(LISTED, ["box"]).outputs == (), "the last node needs no mention"


def test_single_steps_change_order_keys_and_number() -> None:
    inputs, outputs = ends.Side.INPUTS, ends.Side.OUTPUTS
    swapped = ends.earlier(KEYED, outputs, 1)
    assert listed(swapped) == (("b", "a"), ("right", "left"), ("klass", "box"), ("y", "z"))
    assert ends.earlier(NET, inputs, 1).inputs == ("b", "a")
    assert ends.rename_key(KEYED, inputs, 1, "west").input_keys == ("right", "west")
    assert ends.by_key(LISTED, outputs, True).output_keys == ("box", "klass", "box_2")
    assert ends.by_key(KEYED, outputs, False).output_keys == ()
    assert ends.add_output(NET, "flat").outputs == ("box", "flat")
    assert ends.add_output(KEYED, "flat").output_keys == ("z", "y", "flat")
    assert listed(ends.drop_output(KEYED, 0))[2:] == (("klass",), ("y",))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda: ends.earlier(NET, ends.Side.OUTPUTS, 0), "number 1 cannot come earlier"),
        (lambda: ends.earlier(NET, ends.Side.INPUTS, 2), "there are 2 inputs"),
        (lambda: ends.rename_key(NET, ends.Side.INPUTS, 0, "x"), "number 1 has none"),
        (lambda: ends.drop_output(NET, 0), "the network needs an output"),
        (lambda: ends.drop_output(NET, 1), "there is no number 2"),
        (lambda: ends.set_outputs(NET, []), "the network needs an output"),
        (lambda: ends.set_outputs(NET, ["x"]), "there is no node 'x'"),
        (lambda: ends.order_inputs(NET, ["flat"]), "flat is not an Input"),
        (lambda: ends.set_outputs(NET, ["box", "klass"], ["z"]), "received 1 keys for 2 outputs"),
        (lambda: ends.set_outputs(NET, ["box", "klass"], ["z", "z"]), "two outputs have the key"),
        (lambda: ends.set_outputs(NET, ["box"], [""]), "received the key ''"),
        (lambda: ends.set_outputs(NET, ["box"] * 65), "received 65 outputs, expected at most 64"),
    ],
)
def test_edits_that_make_no_sense_are_refused(
    edit: Callable[[], Architecture], message: str
) -> None:
    with pytest.raises(EditError, match=message):
        edit()


def test_undo_says_what_it_takes_back() -> None:
    assert describe(NET, NET.with_inputs(("b", "a"))) == "change the network's inputs"
    assert describe(NET, NET.with_outputs(("box",), ("z",))) == "change the network's outputs"


def test_networks_whose_ends_differ_are_not_the_same() -> None:
    assert is_same_network(KEYED, replace(KEYED, name="other"))
    others = (
        NET.with_outputs(("klass", "box")),
        NET.with_inputs(("b", "a")),
        NET.with_outputs(("box", "box")),
        NET.with_outputs(("box",), ("z",)),
    )
    assert not any(is_same_network(NET, other) for other in others)


def test_what_has_keys_or_several_ends_is_not_trained_and_the_check_says_why() -> None:
    one = Architecture("one", (node("i", "Input", shape=(8, 8, 3)), node("f", "Flatten", "i")))
    by_key = one.with_outputs(("f",), ("klass",))
    assert head(infer(one)) is not None
    assert head(infer(by_key)) is None
    assert "compile_model" not in to_script(by_key)
    assert "compile_model" not in to_script(one.with_inputs(("i",), ("image",)))
    settings = TrainingSettings()
    assert "gives its output by a key" in readiness(infer(by_key), settings).sentence
    by_key = one.with_inputs(("i",), ("image",))
    assert "takes its input by a key" in readiness(infer(by_key), settings).sentence
    several = one.with_outputs(("f", "f"))
    assert "has several outputs" in readiness(infer(several), settings).sentence
    assert "takes several inputs" in readiness(infer(NET), settings).sentence


def test_many_keys_are_laid_out_over_several_lines() -> None:
    names = [f"a_rather_long_key_{k}" for k in range(6)]
    script = to_script(NET.with_outputs(["box"] * 6, names))
    assert '            "a_rather_long_key_5": box,\n        },\n' in script
    with pytest.raises(BuilderError):
        to_script(Architecture())
