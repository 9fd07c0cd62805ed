"""Whether an imported model computes what Keras's own model does, weights and structures included.

Importing this file imports Keras.
"""

import io
import re
from typing import Any

import numpy as np

from builder.codegen.keras.script import to_script
from builder.importers.configuration import parse_configuration
from builder.importers.graph import read_graph
from builder.importers.opening import open_file
from builder.importers.sameness import is_same_network
from builder.network.architecture import Architecture
from builder.network.inference import infer
from tests.differential.oracle import created_layers, keras

SHARED = "its calls share their weights, and here each has its own"


def assert_exact(
    model: Any, content: bytes, configuration: bytes = b"", *, shown: Architecture | None = None
) -> Architecture:
    """Imports a model, runs its script with the model's weights, and compares what both give.

    Args:
        model: Keras's model, whose weights are drawn anew.
        content: The file.
        configuration: The configuration in it, where the file is not the configuration itself.
        shown: What another file of the same model gave, and was found to be exact: where this one
            gives the same script, that script is not executed again.

    Returns:
        What was imported, in single layers.
    """
    result = open_file(io.BytesIO(content), fold=False)
    assert {found.reason for found in result.unmapped} <= {SHARED}
    flat = result.architecture
    assert is_same_network(flat, open_file(io.BytesIO(content)).architecture)
    if shown is not None and to_script(flat) == to_script(shown):
        return flat
    sources = _sources(model, configuration or content, flat)
    built, targets = _built(flat)
    rng = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(rng.uniform(-1, 1, weight.shape))
    assert len(targets) == len(sources)
    for target, source in zip(targets, sources, strict=True):
        target.set_weights(source.get_weights())
    _compare(model, built)
    return flat


def _sources(model: Any, configuration: bytes, flat: Architecture) -> list[Any]:
    """For each used node, in order, the layer of Keras's model that it stands for."""
    calls = read_graph(parse_configuration(configuration)).calls
    assert len(calls) == len(flat.nodes)
    by_node = {node.id: call for node, call in zip(flat.nodes, calls, strict=True)}
    used = [by_node[known.node.id] for known in infer(flat).used]
    found: list[Any] = []
    for call in used:
        layer = model
        for name in call.name.split("/"):
            name = re.sub(r"#\d+$", "", name)
            inside: Any = getattr(layer, "operations", None) or getattr(layer, "layers", ())
            layer = next((part for part in inside if part.name == name), None)
        if call.class_name != "InputLayer":
            found.append(layer)
    return found


def _built(flat: Architecture) -> tuple[Any, list[Any]]:
    """The model of the exported script, and its layers in the order of making."""
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(flat), "<exported>", "exec"), namespace)
    with created_layers() as created:
        built = namespace["build_model"]()
    inside = {id(layer) for layer in built.layers}
    kept = [layer for layer in created if id(layer) in inside]
    return built, [layer for layer in kept if type(layer).__name__ != "InputLayer"]


def _compare(model: Any, built: Any) -> None:
    rng = np.random.default_rng(2)
    values = keras.tree.map_structure(
        lambda tensor: rng.uniform(-1, 1, (2, *tensor.shape[1:])).astype("float32"),
        _plain(model.inputs if isinstance(model, keras.Sequential) else model.input),
    )
    keras.tree.assert_same_structure(_plain(built.input), values)
    expected, given = _plain(model(values)), _plain(built(values))
    keras.tree.assert_same_structure(given, expected)
    for mine, theirs in zip(keras.tree.flatten(given), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def _plain(structure: Any) -> Any:
    """A list of one as the one: Keras treats both alike. Tuples become lists in files."""
    if isinstance(structure, tuple):
        structure = list(structure)
    return structure[0] if isinstance(structure, list) and len(structure) == 1 else structure
