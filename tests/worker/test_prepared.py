"""What a training begins with: a model that lacks nothing which its first step would make."""

from types import SimpleNamespace
from typing import Any

import pytest

from builder.training.settings import TrainingSettings
from builder.worker.prepared import prepare
from tests.worker.tiny import tiny_script


@pytest.mark.keras
@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_first_step_is_traced_once(precision: Any, smoothing: float) -> None:
    """Tracing takes most of a short training's time, and a large network's first minute."""
    import keras

    settings = TrainingSettings(
        epochs=1, batch_size=512, precision=precision, label_smoothing=smoothing
    )
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(tiny_script(settings), "train.py", "exec"), space)
    ready = prepare(keras, SimpleNamespace(**space), enter=lambda _: None)
    traced: list[int] = []
    step = ready.model.train_step

    def traced_step(data: Any) -> Any:
        traced.append(1)
        return step(data)

    ready.model.train_step = traced_step
    space["train"](ready.model, ready.data)
    assert sum(traced) == 1
