"""Does the first step of a training that is likely to come, and undoes it.

Tracing a model takes TensorFlow seconds, during which a person waits for the first point of a
curve. So a waiting worker prepares the training, does one step by exactly the same calls, and
restores every number. A training that begins from there ends with the same weights, bit by bit.
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
"""How many seconds after the first step further ones are begun."""


class _DoneError(Exception):
    """The step is done; it ends Keras's `fit`."""


class _FirstSteps(keras.callbacks.Callback):
    """Ends the training after its first step and a few more, which show how long one takes.

    The first step is traced. Where several run in one call, they end with the last of them.

    Attributes:
        seconds: The shortest time of a step; None where there was only one.
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
        # Each rehearsal traces another model; TensorFlow would warn about that in the training's
        # log.
        logging.getLogger("tensorflow").addFilter(_is_not_of_retracing)

    def rehearse(self, text: str) -> float | None:
        """Prepares a script's training; if that fails, the training itself will say why.

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
        except Exception:  # whatever it is, the training will run into it again and explain it
            log.debug("not rehearsed", exc_info=True)
            self.forget()
            return None
        return seconds

    def take(self, text: str, epochs: int, learning_rate: float) -> Prepared | None:
        """Returns what was rehearsed, as if it had just been made.

        Args:
            text: The script of the training that begins.
            epochs: The training's own value; if it differs from the script's, the model may differ
                too.
            learning_rate: Likewise.

        Returns:
            None where something else was rehearsed, which is then discarded.
        """
        kept = self._kept
        if kept is None or (text, epochs, learning_rate) != kept.key:
            self.forget()
            return None
        self._kept = None
        return kept.prepared

    def forget(self) -> None:
        """Restores Keras to its state before anything was rehearsed."""
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
