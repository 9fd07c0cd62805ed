"""Networks whose names collide, against Keras: layer by layer, with wiring and parameters."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from builder.blocks.base import Layer
from builder.blocks.types import pair
from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_script
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import Definition
from builder.network.own_block_type import own_block
from builder.training.settings import TrainingSettings
from tests.colliding import colliding_networks, wiring
from tests.differential.attempts import NO_SHRINKING
from tests.differential.test_networks import check

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]

COMPARED = {"filters", "kernel_size", "strides", "padding", "units", "axis"}
"""Parameters that Keras keeps under the same name, whatever their values."""


def check_all(architecture: Architecture) -> None:
    """What `check` compares, and also who reads whom, and the values of parameters."""
    from keras.backend import clear_session

    from tests.differential.oracle import created_layers

    check(architecture)
    inference = infer(architecture)
    clear_session(free_memory=False)
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(architecture), "<exported>", "exec"), namespace)
    with created_layers() as created:
        model = namespace["build_model"]()
    layers = [layer for layer in created if any(layer is inner for inner in model.layers)]
    place = {id(layer): position for position, layer in enumerate(layers)}
    facts = [call.facts for known in inference.used for call in known.layers]
    assert [_values(layer.get_config()) for layer in layers] == [_ours(f.layer) for f in facts]
    assert [_read(layer, place) for layer in layers] == wiring(inference)


def _values(config: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(name, config[name]) for name in sorted(COMPARED & config.keys())}


def _ours(layer: Layer) -> dict[str, Any]:
    return _values({p.name: getattr(layer, p.name) for p in layer.parameters()})


def _plain(name: str, value: Any) -> Any:
    """Keras writes a number that stands for both axes as a pair."""
    if name in ("kernel_size", "strides"):
        return pair(tuple(value) if isinstance(value, list) else value)
    return value


def _read(layer: Any, place: dict[int, int]) -> tuple[int, ...]:
    if type(layer).__name__ == "InputLayer":
        return ()
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    return tuple(place[id(tensor._keras_history.operation)] for tensor in inputs)


@settings(max_examples=15, phases=NO_SHRINKING)
@given(colliding_networks())
def test_drawn_names_never_change_what_is_built(architecture: Architecture) -> None:
    assert infer(architecture).ok, infer(architecture).errors
    check_all(architecture)


def test_make_a_block_with_all_defaults_builds_what_the_screen_shows() -> None:
    """The loop over 8, 16 and 32 filters ended with the parameter `filters` at 32."""
    from tests.differential.oracle import build

    convs = [block("Conv2D", width) for width in (4, 8, 16, 32, 4)]
    network = stack("net", block("Input", shape=(28, 28, 3)), *convs, block("Flatten"))
    nodes = [node.id for node in network][1:6]
    made = group(network, nodes, "my_block", candidates(network, nodes)[:1])
    check_all(made)
    assert build(to_script(made)).model.count_params() == infer(network).total_params


def test_a_script_with_blocks_of_its_own_names_trains() -> None:
    """As a file may have them; what follows `build_model` still finds its own functions."""
    conv = Node("conv", block("Conv2D", 4, padding="same"), ("inputs",))
    names = ("class", "range", "split", "Batches", "np", "layers", "SEED")
    own = [own_block(Definition(name, (conv,), "conv")).create({}) for name in names]
    ends = (block("Flatten"), block("Dense", 10, activation="softmax"))
    network = stack("net", block("Input", shape=(8, 8, 1)), *own, *ends)
    network = replace(
        network, nodes=tuple(replace(n, repeat=2) if n.block in own else n for n in network)
    )
    script = to_script(network, TrainingSettings.create({"dataset": "digits", "epochs": 1}))
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script, "<exported>", "exec"), namespace)
    model = namespace["build_model"]()
    namespace["compile_model"](model)
    data = namespace["load_data"]()
    history = namespace["train"](model, data).history
    assert len(history["loss"]) == 1
    assert model.count_params() == infer(network).total_params


def test_the_cells_of_a_notebook_run_in_any_order_that_people_run_them_in() -> None:
    """What a cell defines at the top does not take the place of a block's function."""
    conv = Node("conv", block("Conv2D", 4, padding="same"), ("inputs",))
    nodes = [Node("image", block("Input", shape=(8, 8, 1)))]
    for name in ("show", "data", "plt", "model", "images"):
        made = own_block(Definition(name, (conv,), "conv")).create({})
        nodes.append(Node(name, made, (nodes[-1].id,)))
    nodes.append(Node("flat", block("Flatten"), (nodes[-1].id,)))
    nodes.append(Node("end", block("Dense", 10, activation="softmax"), ("flat",)))
    network = Architecture("net", tuple(nodes))
    settings = TrainingSettings.create({"dataset": "digits", "epochs": 1})
    cells = json.loads(to_notebook(network, settings))["cells"]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    code = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    code["curves"] = code["curves"].partition("\n\nshow(history)")[0]  # draws; needs matplotlib
    del code["save"]
    for _ in range(2):
        for text in code.values():
            exec(compile(text, "<cell>", "exec"), namespace)
    assert namespace["model"].count_params() == infer(network).total_params
