"""Initialisers with settings: as a value, in a file, in a script, and as Keras makes them."""

from typing import Any, get_args

import pytest

from builder.blocks import initializers
from builder.blocks.catalogue import block_type
from builder.blocks.types import InitializerName
from builder.codegen.keras.python_source import literal
from builder.codegen.keras.script import to_script
from builder.files.architecture_file import from_json, to_json
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture, Node
from builder.system.errors import ParameterError

VALUES = (
    initializers.VarianceScaling(2.0, "fan_out"),
    initializers.VarianceScaling(1 / 3, "fan_avg", "uniform"),
    initializers.VarianceScaling(1.5, "fan_in", "untruncated_normal"),
    initializers.Constant(1e-6),
    initializers.RandomNormal(0.0, 0.01),
    initializers.TruncatedNormal(0.1, 0.02),
    initializers.RandomUniform(-0.1, 0.2),
)

every_value = pytest.mark.parametrize("value", VALUES, ids=literal)


@every_value
def test_it_survives_a_file(value: Any) -> None:
    made = block("Conv2D", 8, kernel_initializer=value)
    architecture = Architecture("one", (Node("a", made),))
    assert from_json(to_json(architecture)) == architecture
    assert value in vars(made).values()
    assert hash(made) == hash(type(made).create(made.values()))


@pytest.mark.parametrize(
    "value",
    ["fan_out", {"kind": "Lambda"}, {"kind": "Constant", "value": float("nan")}, None],
    ids=str,
)
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ParameterError, match=r"Conv2D: kernel_initializer: received .*, expected"):
        block("Conv2D", 8, kernel_initializer=value)


def test_a_form_offers_the_names_and_the_kinds_with_settings() -> None:
    parameters = {p.name: p for p in block_type("Conv2D").parameters()}
    names, kinds = parameters["kernel_initializer"].schema["anyOf"]
    assert names["enum"] == list(get_args(InitializerName))
    assert [kind["title"] for kind in kinds["oneOf"]] == [
        "VarianceScaling",
        "Constant",
        "RandomNormal",
        "TruncatedNormal",
        "RandomUniform",
    ]


def test_a_script_imports_what_it_uses() -> None:
    plain = stack("plain", block("Input"), block("Flatten"), block("Dense", 10))
    assert "from keras import layers\n" in to_script(plain)
    chosen = block("Dense", 10, kernel_initializer=VALUES[0])
    script = to_script(stack("chosen", block("Input"), block("Flatten"), chosen))
    assert "from keras import initializers, layers\n" in script
    assert "initializers.VarianceScaling(" in script
    script = to_script(TEMPLATES["resnet18"].architecture)
    assert "from keras import layers, regularizers\n" in script


@pytest.mark.keras
@every_value
def test_keras_makes_the_same(value: Any) -> None:
    import keras

    made = eval(literal(value), {"initializers": keras.initializers})
    config = made.get_config()
    settings = {name: getattr(value, name) for name in value.__dataclass_fields__}
    assert settings.pop("kind") == type(made).__name__
    assert {name: config[name] for name in settings} == settings
