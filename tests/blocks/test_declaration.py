"""Whatever is declared refuses values in one way: the error says which, of what, and why."""

from typing import Any

import pytest

from builder.blocks.catalogue import block_type
from builder.blocks.declaration import Declared
from builder.system.errors import ParameterError
from builder.training.optimizers import SGD
from builder.training.setting_fields import shown_settings
from builder.training.settings import AdamW, TrainingSettings
from builder.transforms.scaling import Compound


@pytest.mark.parametrize(
    ("declared", "values", "path", "received"),
    [
        (block_type("Conv2D"), {"filters": 0}, ("filters",), 0),
        (block_type("Conv2D"), {"kernel_size": [3, 0]}, ("kernel_size",), [3, 0]),
        (
            block_type("Conv2D"),
            {"kernel_regularizer": {"kind": "L2", "l2": -1}},
            ("kernel_regularizer", "L2", "l2"),
            -1,
        ),
        (block_type("Conv2D"), {"units": 3}, ("units",), 3),
        (SGD, {"momentum": 2}, ("momentum",), 2),
        (Compound, {"depth": 0}, ("depth",), 0),
        (TrainingSettings, {"epochs": 0}, ("epochs",), 0),
        (
            TrainingSettings,
            {"optimizer": {"name": "SGD", "momentum": 2}},
            ("optimizer", "SGD", "momentum"),
            2,
        ),
    ],
)
def test_the_refused_parameter_is_a_field_of_the_error(
    declared: type[Declared], values: dict[str, Any], path: tuple[str, ...], received: Any
) -> None:
    with pytest.raises(ParameterError) as caught:
        declared.create(values)
    error = caught.value
    assert [refusal.path for refusal in error.refusals] == [path]
    assert (error.parameter, error.received) == (path[-1], received)
    assert error.message == f"{declared.type_name()}: {error.reasons}"
    assert error.reason_for(path[-1]) == error.refusals[0].reason
    assert error.reason_for("another") == str(error)


def test_several_refusals_are_reported_together() -> None:
    with pytest.raises(ParameterError) as caught:
        block_type("Conv2D").create({"filters": 0, "padding": "full"})
    assert [refusal.path for refusal in caught.value.refusals] == [("filters",), ("padding",)]
    assert caught.value.reason_for("padding") == "received 'full', expected valid or same"


def test_the_form_shows_what_has_an_effect_in_the_declared_order() -> None:
    shown = shown_settings(TrainingSettings(optimizer=AdamW()))
    names = {section.name: [each.path[-1] for each in each_of] for section, each_of in shown}
    assert list(names) == ["data", "optimizer", "schedule", "open", "speed", "more"]
    assert names["optimizer"] == ["optimizer", "learning_rate", "weight_decay", "clipnorm"]
    assert "validation_share" in names["open"]
    assert "validation_set" not in names["open"], "no validation set came with the digits"
    assert "momentum" not in {name for section in names.values() for name in section}
