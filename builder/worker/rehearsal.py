"""The first step of a training that may be asked for, done beforehand and undone.

Tracing a model takes TensorFlow seconds, in which a person waits for the first point of a curve. So
a worker that waits prepares what may come, trains one step by the very same calls, and puts every
number back. A training that begins from there ends with the same weights, bit by bit.
"""

import contextlib
import gc
import importlib
import logging
import time
from dataclasses import dataclass
from typing import Any

from builder.worker.prepared import Prepared, prepare
from builder.worker.script import run_script

keras: Any = importlib.import_module("keras")  # it carries no types
callbacks: Any = importlib.import_module("builder.worker.callbacks")
log = logging.getLogger("convstack.worker")

MAX_STEPS = 4
MAX_MEASURING = 0.5
"""Seconds behind the first step in which further ones are begun."""


class _DoneError(Exception):
    """The step is done; it ends Keras's `fit`."""


class _FirstSteps(keras.callbacks.Callback):
    """Ends the training behind its first step, and a few more that show how long one takes.

    The first one is traced. Where several run together, their end is the end of the last.

    Attributes:
        seconds: The least that a step took; None where there was but one.
    """

    def __init__(self) -> None:
        keras.callbacks.Callback.__init__(self)
        self.seconds: float | None = None
        self._begun: float | None = None
        self._before: tuple[float, int] | None = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if self._before is None:
            self._begun = now
        else:
            moment, last = self._before
            took = (now - moment) / (batch - last)
            self.seconds = min(took, self.seconds or took)
        self._before = (now, batch)
        is_last = batch + 1 >= self.params["steps"]
        if is_last or batch >= MAX_STEPS or now - (self._begun or now) > MAX_MEASURING:
            raise _DoneError


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    text: str
    prepared: Prepared

    @property
    def key(self) -> tuple[str, int, float]:
        script = self.prepared.script
        return self.text, script.EPOCHS, script.LEARNING_RATE


class Rehearsal:
    """Keeps the training that was rehearsed last."""

    def __init__(self) -> None:
        self._kept: _Rehearsed | None = None
        # Each rehearsal traces another model, of which TensorFlow would warn in the training's log.
        logging.getLogger("tensorflow").addFilter(_is_not_of_retracing)

    def rehearse(self, text: str) -> float | None:
        """Makes a script's training ready; one that cannot be begun is told when it is asked for.

        Args:
            text: The script's.

        Returns:
            Seconds of a step, where one was measured.
        """
        if keras.backend.backend() != "tensorflow" or (self._kept and self._kept.text == text):
            return None
        self.forget()
        try:
            self._kept, seconds = _rehearse(text)
        except Exception:  # whatever it is, the training will meet it again and explain it
            log.debug("not rehearsed", exc_info=True)
            self.forget()
            return None
        return seconds

    def take(self, text: str, epochs: int, learning_rate: float) -> Prepared | None:
        """Hands out what was rehearsed, as if it had been made now.

        Args:
            text: The script of the training that begins.
            epochs: What the training sets in it; another number than its own may change the model.
            learning_rate: Likewise.

        Returns:
            None where something else was rehearsed, of which then nothing is left.
        """
        kept = self._kept
        if kept is None or (text, epochs, learning_rate) != kept.key:
            self.forget()
            return None
        self._kept = None
        return kept.prepared

    def forget(self) -> None:
        """Leaves Keras as it was before anything was rehearsed."""
        self._kept = None
        keras.utils.clear_session()


def _is_not_of_retracing(record: logging.LogRecord) -> bool:
    return "tf.function retracing" not in record.getMessage()


def _rehearse(text: str) -> tuple[_Rehearsed, float | None]:
    script = run_script(text, "train.py")
    prepared = prepare(keras, script, enter=lambda _: None)
    seconds = _train_first_steps(prepared)
    return _Rehearsed(text, prepared), seconds


def _train_first_steps(prepared: Prepared) -> float | None:
    """Trains by the calls of the real training, and undoes what that changes."""
    model = prepared.model
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables, *prepared.norms.variables]
    before = [variable.numpy() for variable in variables]
    steps = _FirstSteps()
    with contextlib.suppress(_DoneError):
        prepared.script.train(model, prepared.data, [steps, callbacks.Silence()])
    # What read the data is kept by a cycle. Dropped later, it may block for as long as it has
    # existed, up to a minute: TensorFlow's own tuning thread sleeps ever longer and is not woken.
    gc.collect()
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    model.reset_metrics()
    return steps.seconds
