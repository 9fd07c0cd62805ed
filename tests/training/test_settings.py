import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from builder.system.errors import ParameterError
from builder.training.settings import (
    SGD,
    Adam,
    AdamW,
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    RMSprop,
    TrainingSettings,
)

SETTINGS = st.builds(
    TrainingSettings,
    dataset=st.sampled_from(["digits", "mnist", "fashion_mnist", "cifar10", "cifar100"]),
    optimizer=st.one_of(
        st.builds(SGD, momentum=st.floats(0, 1), clipnorm=st.none() | st.floats(0.1, 10)),
        st.builds(Adam, beta_1=st.floats(0, 0.999), amsgrad=st.booleans()),
        st.builds(AdamW, weight_decay=st.floats(0, 1)),
        st.builds(RMSprop, rho=st.floats(0, 0.999), centered=st.booleans()),
    ),
    schedule=st.one_of(
        st.builds(Constant),
        st.builds(CosineDecay, warmup_epochs=st.integers(0, 5)),
        st.builds(ExponentialDecay, decay_rate=st.floats(0.1, 1)),
        st.builds(PiecewiseConstantDecay, boundaries=st.just((3, 7))),
    ),
    learning_rate=st.floats(1e-6, 10),
    epochs=st.integers(1, 1_000),
    batch_size=st.integers(1, 65_536),
    seed=st.integers(0, 2**32 - 1),
    device=st.sampled_from(["auto", "cpu", "gpu:0", "gpu:7"]),
)


@given(SETTINGS)
def test_json_gives_back_equal_settings(settings: TrainingSettings) -> None:
    again = json.loads(json.dumps(settings.values(), allow_nan=False))
    assert again == settings.values()
    assert TrainingSettings.create(again) == settings


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"learning_rate": -1},
            "learning_rate: received -1, expected a number above 0",
        ),
        ({"epochs": 0}, "epochs: received 0, expected a whole number from 1 to"),
        ({"epochs": True}, "epochs: received True, expected a whole number"),
        (
            {"optimizer": {"name": "Adagrad"}},
            "optimizer: received 'Adagrad', expected one of SGD, Adam, AdamW, RMSprop",
        ),
        ({"optimizer": {}}, "optimizer: received {}, expected an object with the key 'name'"),
        ({"optimizer": {"name": "SGD", "beta_1": 1}}, "there is no optimizer.SGD.beta_1"),
        (
            {"optimizer": {"name": "SGD", "momentum": 2}},
            "momentum: received 2, expected a number",
        ),
        ({"learning_rate": float("nan")}, "learning_rate: received nan, expected"),
        ({"speed": 3}, "there is no speed"),
        ({"device": "gpu"}, "device: received 'gpu', expected auto, cpu, or a GPU by its number"),
        (
            {"schedule": {"name": "PiecewiseConstantDecay", "boundaries": [5, 5]}},
            "received [5, 5], expected epochs that increase",
        ),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], expected: str) -> None:
    with pytest.raises(ParameterError) as caught:
        TrainingSettings.create(values)
    assert expected in str(caught.value)


def test_every_field_has_a_help_text() -> None:
    def properties(schema: Any) -> Any:
        if isinstance(schema, dict):
            yield from schema.get("properties", {}).items()
            for value in schema.values():
                yield from properties(value)

    found = list(properties(TypeAdapter(TrainingSettings).json_schema()))
    assert len(found) > 30
    for name, schema in found:
        assert name == "name" or schema.get("description"), name


def test_adamw_has_a_share_of_weight_decay_always() -> None:
    """Keras refuses None there, and there alone."""
    settings = TrainingSettings.create({"optimizer": {"name": "AdamW", "weight_decay": None}})
    assert settings.optimizer == AdamW(weight_decay=0.0)
    schema = TypeAdapter(AdamW).json_schema()["properties"]["weight_decay"]
    assert (schema["type"], schema["minimum"], schema["maximum"]) == ("number", 0, 1)


@pytest.mark.keras
@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW, RMSprop])
def test_defaults_are_those_of_keras(optimizer: Any) -> None:
    keras = pytest.importorskip("keras")
    config = getattr(keras.optimizers, optimizer.__name__)().get_config()
    ours = TypeAdapter(optimizer).dump_python(optimizer())
    del ours["name"]
    assert ours == pytest.approx({name: config[name] for name in ours})
