"""Networks whose names collide, against Keras: layer by layer, with wiring and parameters."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

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
from tests.differential.attempts import drawn
from tests.differential.test_networks import check

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]

COMPARED = {"filters", "kernel_size", "strides", "padding", "units", "axis"}
"""Parameters that Keras keeps under the same name, whatever their values."""


def check_all(architecture: Architecture) -> None:
    """What `check` compares, and also who reads whom, and the values of parameters."""
    from tests.differential import oracle

    with oracle.created_layers() as created:
        model = check(architecture)
    inside = {id(layer) for layer in model.layers}
    layers = [layer for layer in created if id(layer) in inside]
    inference = infer(architecture)
    facts = [call.facts for known in inference.used for call in known.layers]
    assert [_values(layer.get_config()) for layer in layers] == [_ours(f.layer) for f in facts]
    assert oracle.wiring(layers) == wiring(inference)


def _values(config: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(name, config[name]) for name in sorted(COMPARED & config.keys())}


def _ours(layer: Layer) -> dict[str, Any]:
    return _values({p.name: getattr(layer, p.name) for p in layer.parameters()})


def _plain(name: str, value: Any) -> Any:
    """Keras writes a number that stands for both axes as a pair."""
    if name in ("kernel_size", "strides"):
        return pair(tuple(value) if isinstance(value, list) else value)
    return value


@drawn(12)
@given(colliding_networks())
def test_drawn_names_never_change_what_is_built(architecture: Architecture) -> None:
    assert infer(architecture).ok, infer(architecture).errors
    check_all(architecture)


def test_make_a_block_with_all_defaults_builds_what_the_screen_shows() -> None:
    """The loop over 8, 16 and 32 filters ended with the parameter `filters` at 32."""
    from tests.differential.oracle import outline

    convs = [block("Conv2D", width) for width in (4, 8, 16, 32, 4)]
    network = stack("net", block("Input", shape=(28, 28, 3)), *convs, block("Flatten"))
    nodes = [node.id for node in network][1:6]
    made = group(network, nodes, "my_block", candidates(network, nodes)[:1])
    check_all(made)
    assert outline(to_script(made)).model.count_params() == infer(network).total_params


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
    script = to_script(
        network, TrainingSettings.create({"dataset": "digits", "epochs": 1, "batch_size": 512})
    )
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
    settings = TrainingSettings.create({"dataset": "digits", "epochs": 1, "batch_size": 512})
    cells = json.loads(to_notebook(network, settings))["cells"]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    code = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    code["curves"] = code["curves"].partition("\n\nshow(history)")[0]  # draws; needs matplotlib
    del code["save"]
    for _ in range(2):
        for text in code.values():
            exec(compile(text, "<cell>", "exec"), namespace)
    assert namespace["model"].count_params() == infer(network).total_params
