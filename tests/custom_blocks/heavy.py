"""Files of own blocks that ask for far more work than their size tells."""

import json
from typing import Any

IMAGE: dict[str, Any] = {"id": "image", "block": "Input"}


def handed_down(uses: int) -> str:
    """Eight levels of eight blocks, each with 32 parameters that it hands down to two others."""
    blocks: list[dict[str, Any]] = []
    for level in range(8):
        for place in range(8):
            inner = [f"b{level - 1}_{(place + k) % 8}" for k in range(2)] if level else ["Conv2D"]
            nodes = [_node(f"n{k}", name, "inputs") for k, name in enumerate(inner)]
            parameters = [
                (f"p{k}", [[node["id"], f"p{k}" if level else "filters"] for node in nodes])
                for k in range(32)
            ]
            blocks.append(_block(f"b{level}_{place}", nodes, "n0", *parameters))
    values = [{f"p{k}": 1 + (use * 31 + k) % 60_000 for k in range(32)} for use in range(uses)]
    return _file(
        (_node(f"u{k}", f"b7_{k % 8}", "image", values=v) for k, v in enumerate(values)), *blocks
    )


def idle(inside: int, uses: int) -> str:
    """A block of many nodes that its output does not depend on, each of another width."""
    nodes = [_node(f"n{k}", "Conv2D", "inputs") for k in range(inside)]
    width = ("width", [[node["id"], "filters"] for node in nodes])
    uses_of_it = (_node(f"u{k}", "own", "image", values={"width": k + 1}) for k in range(uses))
    return _file(uses_of_it, _block("own", nodes, "n0", width))


def wide(inside: int, uses: int) -> str:
    """A large block, used often."""
    nodes = [_node(f"n{k}", "ReLU", "inputs") for k in range(inside)]
    return _file((_node(f"u{k}", "own", "image") for k in range(uses)), _block("own", nodes, "n0"))


def many_inputs(adds: int, uses: int) -> str:
    """A block that adds its 64 inputs again and again."""
    tensors = [f"t{k}" for k in range(64)]
    adding = [_chained(k, "Add", tensors) for k in range(adds)]
    nodes = [_chained(k, "adds", tensors) for k in range(adds)]
    end = _node("end", "Conv2D", nodes[-1]["id"])
    blocks = [
        _block("adds", adding, adding[-1]["id"], tensors=tensors),
        _block("own", [*nodes, end], "end", ("width", [["end", "filters"]]), tensors=tensors),
    ]
    used = (_node(f"u{k}", "own", *["image"] * 64, values={"width": k + 1}) for k in range(uses))
    return _file(used, *blocks)


def repeated(levels: int) -> str:
    """Repetitions of repetitions, each set from outside."""
    blocks: list[dict[str, Any]] = []
    inner = "ReLU"
    for level in range(levels):
        times = [["n", "repeat"], *([["n", "times"]] if level else [])]
        blocks.append(_block(f"b{level}", [_node("n", inner, "inputs")], "n", ("times", times)))
        inner = f"b{level}"
    return _file([_node("u", inner, "image", values={"times": 200})], *blocks)


def single_layers(inside: int) -> str:
    """A block of many blocks of one layer."""
    nodes = [_node(f"n{k}", "one", f"n{k - 1}" if k else "inputs") for k in range(inside)]
    for node in nodes:
        node["repeat"] = 5
    one = _block("one", [_node("n", "ReLU", "inputs")], "n")
    return _file([_node("u", "own", "image")], one, _block("own", nodes, nodes[-1]["id"]))


def _chained(place: int, block: str, tensors: list[str]) -> dict[str, Any]:
    """One of a chain of nodes that read the one before them, and all tensors but the first."""
    return _node(f"n{place}", block, f"n{place - 1}" if place else tensors[0], *tensors[1:])


def _node(node_id: str, block: str, *inputs: str, values: Any = None) -> dict[str, Any]:
    return {"id": node_id, "block": block, "inputs": [*inputs], "parameters": values or {}}


def _block(
    name: str,
    nodes: list[dict[str, Any]],
    output: str,
    *parameters: tuple[str, list[list[str]]],
    tensors: Any = ("inputs",),
) -> dict[str, Any]:
    exposed = [{"name": name, "sets": sets} for name, sets in parameters]
    content = {"name": name, "inputs": [*tensors], "nodes": nodes, "output": output}
    return content | ({"parameters": exposed} if exposed else {})


def _file(nodes: Any, *blocks: dict[str, Any]) -> str:
    top = {"format": "convstack-architecture", "version": 1, "name": "heavy"}
    return json.dumps(top | {"blocks": blocks, "nodes": [IMAGE, *nodes]})
