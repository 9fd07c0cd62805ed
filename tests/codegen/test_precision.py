"""Mixed precision in an exported script: where it begins, where it ends, what it leaves alone."""

import math
from typing import Any

import pytest

from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.training.settings import TrainingSettings
from tests.broken import IMAGE, net

MIXED = TrainingSettings(dataset="placeholder", precision="mixed_bfloat16", epochs=1)
BEGIN = '    keras.config.set_dtype_policy("mixed_bfloat16")\n'
END = '    keras.config.set_dtype_policy("float32")  # the loss needs exact outputs\n'


def body(architecture: Architecture, settings: TrainingSettings | None) -> str:
    script = to_script(architecture, settings)
    return script[script.index("def build_model") : script.index("def load_data")]


def test_only_what_stands_before_the_last_block_is_mixed() -> None:
    network = TEMPLATES["small_residual"].architecture
    plain, mixed = body(network, TrainingSettings()), body(network, MIXED)
    assert "dtype" not in plain
    assert mixed.replace(BEGIN, "").replace(END, "") == plain
    first, _, rest = mixed.partition(BEGIN)
    assert first == "def build_model():\n"
    assert rest.partition(END)[2].startswith("    outputs = ")


def test_a_last_block_that_is_repeated_is_exact_as_a_whole() -> None:
    repeated = net(IMAGE, ("flat", "Flatten"), ("d", "Dense", {"units": 4}, ("flat",), "", 3))
    mixed = body(repeated, MIXED)
    assert mixed.partition(END)[2].count("for _ in range(3)") == 1
    assert mixed.partition(END)[0].count("Dense") == 0


def test_a_network_that_is_not_trained_has_no_policy() -> None:
    assert "set_dtype_policy" not in to_script(net(IMAGE, ("a", "Conv2D")), MIXED)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["small_residual", "se_residual_digits"])
def test_layers_compute_in_16_bits_and_the_last_block_in_32(name: str) -> None:
    keras = pytest.importorskip("keras")
    architecture = TEMPLATES[name].architecture
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(to_script(architecture, MIXED), "train.py", "exec"), space)
    model = space["build_model"]()
    assert keras.config.dtype_policy().name == "float32", "nothing is left behind"
    assert model.count_params() == infer(architecture).total_params
    assert model.output.dtype == "float32"
    policies = [layer.dtype_policy.name for layer in model.layers]
    assert policies[1] == "mixed_bfloat16"
    assert policies[-1] == "float32"
    assert {weight.dtype for weight in model.weights} <= {"float32", "uint32"}
    if name == "se_residual_digits":  # the other one takes seconds for the same
        space["compile_model"](model)
        history = space["train"](model, space["load_data"]()).history
        assert math.isfinite(history["loss"][0])
