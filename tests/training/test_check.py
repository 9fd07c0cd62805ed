from dataclasses import replace
from typing import Any

import pytest

from builder.training.check import Check, check
from builder.training.datasets import Availability
from builder.training.settings import (
    SGD,
    CosineDecay,
    PiecewiseConstantDecay,
    TrainingSettings,
)

GOOD: dict[str, Any] = {
    "input_shape": (32, 32, 3),
    "output_shape": (10,),
    "output_activation": "softmax",
    "has_rescaling": True,
    "settings": TrainingSettings(),
}


def checked(**changes: Any) -> Check:
    names = TrainingSettings.__dataclass_fields__
    changed = {name: changes.pop(name) for name in list(changes) if name in names}
    return check(**{**GOOD, "settings": replace(GOOD["settings"], **changed), **changes})


def test_a_good_model_is_ready() -> None:
    assert checked().findings == ()
    assert checked().sentence == (
        "Ready: 1,437 training images and 360 for validation, 45 batches an epoch. "
        "Images are resized from 8×8×1 to 32×32×3."
    )


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"input_shape": (8, 8, 1)}, "45 batches an epoch."),
        ({"input_shape": (8, 8, 3)}, "Grey images are repeated to 3 channels."),
        ({"dataset": "cifar10", "input_shape": (32, 32, 1)}, "Colour images are turned to grey."),
        (
            {"dataset": "cifar10"},
            "40,000 training images and 10,000 for validation, 1,250 batches an epoch.",
        ),
        ({"batch_size": 1437, "input_shape": (8, 8, 1)}, "1 batch an epoch."),
    ],
)
def test_the_sentence_says_what_happens_to_the_images(changes: dict[str, Any], end: str) -> None:
    found = checked(**changes)
    assert found.findings == ()
    assert found.sentence.endswith(end)


HEAD = {"kind": "adapt_head", "units": 10, "activation": "softmax"}


@pytest.mark.parametrize(
    ("changes", "level", "words", "fix"),
    [
        ({"output_shape": (1,), "output_activation": "sigmoid"}, "error", "has 1 unit;", HEAD),
        ({"output_shape": (1000,)}, "error", "has 1,000 units;", HEAD),
        ({"output_shape": (4, 4, 10)}, "error", "puts out 4×4×10", HEAD),
        ({"output_activation": "sigmoid"}, "info", "softmax fits better", HEAD),
        ({"output_activation": "relu"}, "warning", "taken as logits", HEAD),
        ({"has_rescaling": False}, "warning", "no Rescaling", {"kind": "add_rescaling"}),
        ({"input_shape": (64,)}, "error", "expected an image", None),
        ({"dataset": "cifar10", "input_shape": (32, 32, 4)}, "error", "takes 4 channels", None),
        ({"batch_size": 2000}, "warning", "only 1,437 training images", "batch_size"),
        ({"loss": "binary_crossentropy"}, "warning", "categorical_crossentropy fits", "loss"),
        (
            {"loss": "mean_squared_error", "label_smoothing": 0.1},
            "warning",
            "no effect",
            "label_smoothing",
        ),
        ({"schedule": CosineDecay(warmup_epochs=10)}, "error", "only 10 epochs", None),
        (
            {"schedule": PiecewiseConstantDecay(boundaries=(5, 12))},
            "warning",
            "after epoch 12,",
            None,
        ),
        ({"optimizer": SGD(nesterov=True)}, "warning", "momentum is 0", None),
        ({"dataset": "placeholder"}, "error", "no data to train on", None),
        ({"inference_ok": False}, "error", "The network has errors", None),
        ({"output_shape": None}, "error", "The network has errors", None),
        (
            {"device": "gpu:3", "devices": ["auto", "cpu"]},
            "error",
            "gpu:3 is not on this machine",
            "device",
        ),
        ({"memory": 1_000_000}, "error", "0.0 GB are free", None),
        (
            {"availability": Availability("unavailable", "No network.")},
            "error",
            "No network.",
            None,
        ),
        ({"availability": Availability("download", "11 MB.")}, "info", "11 MB.", None),
    ],
)
def test_findings(changes: dict[str, Any], level: str, words: str, fix: Any) -> None:
    found = checked(**changes)
    assert [finding.level for finding in found.findings] == [level]
    assert words in found.findings[0].message
    actual = found.findings[0].fix
    assert (actual or {}).get("setting") == fix if isinstance(fix, str) else actual == fix
    assert found.ok == (level != "error")
    assert found.sentence.startswith("Ready: " if found.ok else "Not ready: ")


def test_errors_come_first() -> None:
    found = checked(has_rescaling=False, output_shape=(3,), optimizer=SGD(nesterov=True))
    assert [finding.level for finding in found.findings] == ["error", "warning", "warning"]
    assert found.findings[0].message in found.sentence


def test_linear_outputs_are_logits() -> None:
    assert checked(output_activation=None).findings == ()
    assert checked(output_activation="linear").findings == ()


def test_every_fix_that_sets_something_mends_its_finding() -> None:
    for changes in ({"batch_size": 2000}, {"loss": "binary_crossentropy"}):
        fix = checked(**changes).findings[0].fix
        assert fix is not None
        assert checked(**{**changes, fix["setting"]: fix["value"]}).findings == ()
