"""Own blocks that hand a parameter down to others: every value is checked, and none too often."""

import json
from pathlib import Path
from typing import Any

import pytest

from builder.blocks import declaration
from builder.files.architecture_file import from_json
from builder.network.inference import infer
from builder.network.repetition import MAX_FAILED
from builder.system.errors import FormatError

NESTED = (Path(__file__).parents[1] / "cases" / "nested60.json").read_text("utf-8")


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The types of all blocks that are made of plain values, each as often as it is made."""
    types: list[str] = []
    adapter = declaration.adapter

    def noting(cls: type[Any]) -> Any:
        types.append(cls.__name__)
        return adapter(cls)

    monkeypatch.setattr(declaration, "adapter", noting)
    return types


def test_each_value_is_checked_once_a_level(created: list[str]) -> None:
    architecture = from_json(NESTED)
    assert len(architecture.nodes) == 61
    assert len(created) < 1_000, "there are 61 nodes, 40 in blocks, and four levels to check each"


def test_a_value_that_is_refused_four_levels_down_is_refused() -> None:
    content = json.loads(NESTED)
    content["nodes"][7]["parameters"]["width"] = 0
    with pytest.raises(FormatError, match=r"n6: b3: width: received 0"):
        from_json(json.dumps(content))
    content = json.loads(NESTED)
    content["blocks"][0]["nodes"].append(
        {"id": "last", "block": "Dropout", "parameters": {"rate": 0.5}, "inputs": ["n9"]}
    )
    content["blocks"][0]["parameters"][0]["sets"].append(["last", "rate"])
    with pytest.raises(FormatError, match=r"Dropout: rate: received 8"):
        from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("first", "value", "is_taken"),
    [
        (("Conv2D", "filters"), 7, True),
        (("Conv2D", "filters"), 201, False),
        (("Rescaling", "scale"), 2.5, False),
    ],
)
def test_what_sets_a_repetition_is_checked_as_one(
    first: tuple[str, str], value: float, is_taken: bool
) -> None:
    """A parameter has the type of the first one that it sets, which may take more."""
    name, parameter = first
    block = {
        "name": "own",
        "inputs": ["inputs"],
        "nodes": [
            {"id": "a", "block": name, "parameters": {parameter: value}, "inputs": ["inputs"]},
            {"id": "b", "block": "ReLU", "inputs": ["a"]},
        ],
        "output": "b",
        "parameters": [{"name": "times", "sets": [["a", parameter], ["b", "repeat"]]}],
    }
    content = json.loads(NESTED) | {"blocks": [block]}
    node = {"id": "m", "block": "own", "parameters": {"times": value}, "inputs": ["i"]}
    content["nodes"] = [content["nodes"][0], node]
    if is_taken:
        assert infer(from_json(json.dumps(content))).num_layers == 2 + value
        return
    with pytest.raises(FormatError, match=r"b: repeat: received .*, expected 1 to 200"):
        from_json(json.dumps(content))


@pytest.mark.slow
def test_blocks_that_do_not_fit_cannot_keep_the_app_busy() -> None:
    """Thousands of layers that fit, then one that does not: sixty times, each of another width."""
    content = json.loads(NESTED)
    content["blocks"][3]["nodes"] = content["blocks"][3]["nodes"][:9]
    content["blocks"][3]["parameters"][0]["sets"].pop()
    content["blocks"][3]["output"] = "n8"
    block = {
        "name": "bad",
        "inputs": ["inputs"],
        "nodes": [
            {"id": "a", "block": "b3", "inputs": ["inputs"]},
            {"id": "b", "block": "Flatten", "inputs": ["a"]},
            {"id": "c", "block": "Conv2D", "inputs": ["b"]},
        ],
        "output": "c",
        "parameters": [{"name": "width", "sets": [["a", "width"]]}],
    }
    content["blocks"].append(block)
    for node in content["nodes"][1:]:
        node["block"] = "bad"
    inference = infer(from_json(json.dumps(content)))
    blamed = [
        node
        for node in inference.nodes.values()
        if any("inside bad" in str(i) for i in node.issues)
    ]
    assert 1 <= len(blamed) <= MAX_FAILED // 9_000 + 2
    assert inference.errors, "the network is broken, and says so"
