"""The value that every edit replaces, and its file."""

import json
from typing import Any

import pytest

from builder.blocks.catalogue import block_type
from builder.files.architecture_file import from_dict, from_json, to_dict, to_json
from builder.files.json_values import MAX_BYTES
from builder.network.architecture import MAX_NODES, Architecture, Node
from builder.system.errors import FormatError
from tests.drawing import any_networks

INPUT = {"id": "image", "block": "Input", "parameters": {}, "inputs": []}
CONV = {"id": "conv", "block": "Conv2D", "parameters": {"filters": 8}, "inputs": ["image"]}


def file(*nodes: Any, **changes: Any) -> dict[str, Any]:
    top = {"format": "convstack-architecture", "version": 1, "name": "net", "nodes": list(nodes)}
    return top | changes


def node(node_id: str, *inputs: str, name: str = "") -> Node:
    return Node(node_id, block_type("Activation").create({}), inputs, name)


@pytest.mark.slow
def test_a_file_gives_the_same_architecture() -> None:
    for architecture in any_networks():
        again = from_json(to_json(architecture))
        assert again == architecture
        assert hash(again) == hash(architecture)
        assert from_json(to_json(architecture).encode()) == architecture


def test_a_file_says_everything_and_nothing_twice() -> None:
    architecture = from_dict(file(INPUT, {**CONV, "name": "stem", "repeat": 3}, outputs=["conv"]))
    content = to_dict(architecture)
    assert list(content) == ["format", "version", "name", "nodes", "outputs"]
    assert content["nodes"][1]["parameters"]["padding"] == "valid", "defaults are written out"
    assert content["nodes"][1]["repeat"] == 3
    assert "repeat" not in content["nodes"][0]
    assert from_dict(content) == architecture


def test_left_out_fields_have_defaults() -> None:
    minimal = from_dict(file({"id": "image", "block": "Input"}))
    assert minimal.nodes == (Node("image", block_type("Input").create({})),)


def test_consumers_keep_the_order_of_the_stack() -> None:
    architecture = Architecture("net", (node("a"), node("b", "a", "a"), node("c", "b", "a")))
    assert architecture.consumers == {"a": ("b", "c"), "b": ("c",), "c": ()}


def test_a_missing_source_has_consumers_too() -> None:
    assert Architecture("net", (node("b", "gone"),)).consumers["gone"] == ("b",)


def test_outputs_default_to_the_last_node() -> None:
    architecture = Architecture("net", (node("a"), node("b", "a")))
    assert architecture.output_ids == ("b",)
    assert Architecture("net").output_ids == ()


def test_outputs_that_are_gone_are_dropped() -> None:
    architecture = Architecture("net", (node("a"), node("b", "a")), outputs=("a", "b"))
    assert architecture.with_nodes((node("a"),)).outputs == ("a",)


def test_a_node_is_shown_by_its_own_name() -> None:
    assert node("relu_1", name="act").label == "act"
    assert node("relu_1").label == "relu_1"


REFUSED = [
    ("[]", "this is not a Convstack architecture"),
    ("", "this is not a JSON file: Expecting value: line 1 column 1 (char 0)"),
    ("{'a': 1}", "this is not a JSON file: Expecting property name enclosed in double quotes"),
    (b"\xff\xfe\x00", "this is not a JSON file: it is not text"),
    ("[" * 100_000, "this JSON file is nested too deeply"),
    ('{"a": ' + "9" * 5_000 + "}", "this is not a JSON file: Exceeds the limit"),
    (" " * (MAX_BYTES + 1), "received a file of 2,000,001 bytes, expected at most 2,000,000"),
    (file(version=2), "architecture: received version 2, expected 1; update Convstack, or open"),
    (file(version=True), "received version True, expected 1"),
    (file(version=None), "received version None, expected 1"),
    (file(color=1), "the file: 'color' is not known here"),
    (file(nodes={}), "nodes: received {}, expected a list"),
    (file(*[INPUT] * (MAX_NODES + 1)), "nodes: received 2,001 entries, expected at most 2,000"),
    (file(1), "node 1: received 1, expected an object"),
    (file(INPUT, "x" * 99), "node 2: received 'xxx"),
    (file({"id": "a b", "block": "Input"}), "node 1: id: received 'a b', expected letters, digits"),
    (file({"id": "é", "block": "Input"}), "node 1: id: received 'é', expected letters"),
    (file({"id": "a" * 65, "block": "Input"}), "(at most 64, no digit first)"),
    (file({**INPUT, "color": 1}), "node 1: 'color' is not known here"),
    (file({"id": "a", "block": 1}), "a: block: received 1, expected a block's name"),
    (
        file({"id": "a", "block": "Input", "parameters": []}),
        "a: parameters: received [], expected an object",
    ),
    (file({"id": "a", "block": "Lambda"}), "a: the catalogue has no block 'Lambda'"),
    (
        file({**CONV, "parameters": {"filter": 8}}),
        "conv: Conv2D: there is no filter, expected filters, kernel_size",
    ),
    (
        file({**CONV, "parameters": {"filters": 0}}),
        "conv: Conv2D: filters: received 0, expected a whole number from 1 to 65,536",
    ),
    (
        file({**CONV, "parameters": {"filters": "8"}}),
        "conv: Conv2D: filters: received '8', expected a whole number from 1 to 65,536",
    ),
    (
        file({**CONV, "parameters": {"filters": True}}),
        "conv: Conv2D: filters: received True, expected a whole number from 1 to 65,536",
    ),
    (
        file({**CONV, "parameters": {"padding": "full"}}),
        "conv: Conv2D: padding: received 'full', expected valid or same",
    ),
    (
        file({**CONV, "parameters": {"kernel_regularizer": {"kind": "L3"}}}),
        "kernel_regularizer: received 'L3', expected one of L1, L2, L1L2 or none",
    ),
    (
        file({**CONV, "parameters": {"kernel_regularizer": {"kind": "L2", "l3": 1}}}),
        "Conv2D: there is no kernel_regularizer.L2.l3, expected l2",
    ),
    (
        file({"id": "drop", "block": "Dropout", "parameters": {"rate": float("nan")}}),
        "drop: Dropout: rate: received nan, expected",
    ),
    (file({**CONV, "inputs": "image"}), "conv: inputs: received 'image', expected a list"),
    (file({**CONV, "inputs": [1]}), "conv: inputs: received 1, expected letters"),
    (file({**CONV, "inputs": ["a"] * 65}), "conv: inputs: received 65 entries"),
    (file({**CONV, "repeat": 0}), "conv: repeat: received 0, expected 1 to 200"),
    (file({**CONV, "repeat": 201}), "conv: repeat: received 201, expected 1 to 200"),
    (file({**CONV, "repeat": 2.0}), "conv: repeat: received 2.0, expected 1 to 200"),
    (file({**CONV, "name": "two words"}), "conv: name: received 'two words', expected letters"),
    (file(INPUT, INPUT), "two nodes have the same id; give each node an id of its own"),
    (file(INPUT, outputs=["x"]), "outputs names 'x', which is not a node"),
    (file(INPUT, outputs="image"), "outputs: received 'image', expected a list"),
    (file(name=""), "name: received '', expected a text of 1 to 80 characters"),
    (file(name="  "), "name: received '  ', expected a text"),
    (file(name="a" * 81), "expected a text of 1 to 80 characters"),
    (file(name=5), "name: received 5, expected a text"),
    (file(name="a\nb"), "name: received 'a\\nb', expected printable characters only"),
    (file(name="a\u202eb"), "expected printable characters only"),  # turns the text around
]


@pytest.mark.parametrize(("content", "message"), REFUSED, ids=[m[:60] for _, m in REFUSED])
def test_refused(content: Any, message: str) -> None:
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    with pytest.raises(FormatError) as caught:
        from_json(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["Ein Netz für Ümläute", "网络", "a\"b'c\\d", "  trimmed  "])
def test_any_printable_title(name: str) -> None:
    assert from_dict(file(INPUT, name=name)).name == name.strip()
