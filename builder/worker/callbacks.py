"""What Keras calls during the training. Imports Keras, so it is itself imported late."""

import importlib
import logging
import math
import time
from collections.abc import Mapping
from typing import Any

from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_folder import RunError
from builder.runs.run_state import BEST
from builder.runs.stop_request import StopRequest
from builder.worker.checkpoints import Checkpoint, Checkpoints, Place
from builder.worker.progress import Progress
from builder.worker.restore import Task, remind, restore_metrics

keras: Any = importlib.import_module("keras")  # it carries no types
log = logging.getLogger("convstack.worker")

Logs = Mapping[str, float]


class Recorder(keras.callbacks.Callback):
    """Records metrics and progress, saves checkpoints, and ends the training when asked to.

    Keras hands batch ends to a thread of its own if every callback is `async_safe`, so that a
    GPU never waits for a number to be read. What must stop the training is therefore looked at
    when a batch begins, which Keras calls in the training's own thread. Where Keras runs several
    batches together, it calls once for them: with the first when they begin, the last at the end.

    Args:
        writer: Takes the metrics.
        progress: Takes how far the training is.
        checkpoints: Saves the model.
        stop: Set when somebody has asked for a stop.
        task: What the script brings along, and where its training begins.

    Attributes:
        all: All callbacks of the training, the script's own before this one.
        place: How far the training was when that was noted last.
        seconds_per_batch: Of the last epoch that was trained; 0 where none was.
        first_step: When the first step of all was done, by `time.monotonic`.
    """

    async_safe = True

    def __init__(
        self,
        writer: MetricsWriter,
        progress: Progress,
        checkpoints: Checkpoints,
        stop: StopRequest,
        task: Task,
    ) -> None:
        keras.callbacks.Callback.__init__(self)
        self._writer = writer
        self._progress = progress
        self._checkpoints = checkpoints
        self._stop = stop
        self._task = task
        self._begin = task.begin
        self._memory = dict(task.begin.memory) if task.begin else task.memory(ended=False)
        self.place = task.begin.place if task.begin else Place()
        self.all = [*task.callbacks, self, Silence()]
        self.seconds_per_batch = 0.0
        self.first_step: float | None = None
        self._trained: list[Any] = []
        self._epoch = 0
        self._first = 0
        self._together = 1
        self._epoch_begin = 0.0
        self._first_begin = 0.0
        self._learning_rate = 0.0
        self._first_end: float | None = None
        self._broken: tuple[int, float] | None = None
        self._has_validated = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """A run may take several fits, and callbacks forget all at the beginning of each."""
        if self._memory["epochs"] != self._task.epochs:  # who adds epochs wants to wait anew
            self._memory["callbacks"] = [
                values | {"wait": 0} if "wait" in values else values
                for values in self._memory["callbacks"]
            ]
        remind(self._task.callbacks, self._memory["callbacks"])
        self._together = self.model.steps_per_execution

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_begin = time.monotonic()
        self._first = self.place.batch  # Keras counts from 0 wherever an epoch goes on
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self._learning_rate = float(f"{rate:.6g}")  # without the noise of 32 bits
        if self._begin is not None and self._first:
            self._go_on(self._begin)
        self._begin = None
        self._first_begin = time.monotonic()
        self._first_end = None
        self._progress.begin_epoch(self._epoch, self._first)

    def _go_on(self, begin: Checkpoint) -> None:
        """Takes up an epoch in the middle, as if it had begun here."""
        restore_metrics(self.model, begin)
        means = self.model.get_metrics_result()
        self._writer.go_on({name: float(value) for name, value in means.items()})
        so_far = begin.memory["epoch"]
        self._epoch_begin -= so_far["seconds"]
        if begin.memory["learning_rate"] == self._task.learning_rate:
            self._learning_rate = so_far["learning_rate"]

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self._broken is not None:
            self._refuse()
        if self._stop.is_set():
            self._save_and_stop(self._first + batch)
        if self._checkpoints.is_due(mid_epoch=True):
            self._save(self._first + batch)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        means = logs or {}
        now = time.monotonic()
        place = self._first + batch
        self._writer.add_batch(self._epoch, place, means)
        if batch < self._together:
            self._first_end = now
            self.first_step = self.first_step or now
        if place >= self._progress.last_batch[1]:  # ends may arrive in another order
            self._progress.last_batch = (now, place + 1)
        loss = means.get("loss", 0.0)
        if not math.isfinite(loss) and self._broken is None:
            self._broken = (place, loss)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._trained = [variable.numpy() for variable in self.model.metrics_variables]
        preparing = (
            "" if self._has_validated else what_the_first_step_takes(self.model, "validation")
        )
        self._progress.begin_validation(self._seconds_per_batch(), preparing)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self._stop.is_set():
            # The validation counts with the same variables; it will begin anew.
            for variable, value in zip(self.model.metrics_variables, self._trained, strict=True):
                variable.assign(value)
            self._save_and_stop(self._progress.state.batches)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._has_validated:
            self._has_validated = True
            self._progress.set(preparing="")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self._broken is not None:
            self._refuse()
        now = time.monotonic()
        self._progress.end_epoch()
        metrics = dict(logs or {})
        metrics["learning_rate"] = self._learning_rate
        metrics["seconds"] = round(now - self._epoch_begin, 3)
        seconds = self._seconds_per_batch()
        if seconds > 0:
            self.seconds_per_batch = seconds
            metrics["images_per_second"] = round(self._writer.batch_size / seconds, 1)
        self._writer.add_epoch(self._epoch, metrics)
        shown = ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        log.info("epoch %d of %d: %s", self._epoch, self._progress.state.epochs, shown)
        self._memory = self._task.memory(ended=bool(self.model.stop_training))
        self.place = Place(self._epoch, 0, self._epoch * self._progress.state.batches)
        if self._task.best.exists():
            self._task.best.replace(self._task.best.with_name(BEST))
        # After the last epoch the model is saved in any case.
        if self._epoch < self._progress.state.epochs and self._checkpoints.is_due():
            self.save()

    def finish_epoch(self, model: Any, validation_data: Any, batch_size: int) -> None:
        """Does what is left of an epoch that was interrupted in its validation.

        Args:
            model: As the checkpoint has it.
            validation_data: Images and labels.
            batch_size: Images in a batch.
        """
        listed = keras.callbacks.CallbackList(list(self.all), model=model)
        listed.on_train_begin()
        listed.on_epoch_begin(self.place.epoch)
        logs = {name: float(value) for name, value in model.get_metrics_result().items()}
        found = model.evaluate(
            *validation_data, batch_size=batch_size, callbacks=listed, return_dict=True, verbose=0
        )
        validated = {f"val_{name}": value for name, value in found.items()}
        listed.on_epoch_end(self.place.epoch, logs | validated)
        listed.on_train_end()

    def save(self) -> None:
        """Saves a checkpoint of the place where the training is."""
        current = {
            "epochs": self._task.epochs,
            "learning_rate": self._task.learning_rate,
            "epoch": {
                "learning_rate": self._learning_rate,
                "seconds": round(time.monotonic() - self._epoch_begin, 3),
            },
        }
        self._checkpoints.save(self.model, self.place, self._memory | current)

    def _seconds_per_batch(self) -> float:
        """Over the epoch, without what ran first, in which the model may be compiled."""
        moment, done = self._progress.last_batch
        count = done - self._first
        if count <= 0:  # it went on behind the epoch's last batch
            return 0.0
        if self._first_end is not None and count > self._together:
            return (moment - self._first_end) / (count - self._together)
        return (moment - self._first_begin) / count

    def _save(self, batch: int) -> None:
        """Saves a checkpoint in the middle of an epoch, behind so many of its batches."""
        step = (self._epoch - 1) * self._progress.state.batches + batch
        self._writer.wait_for(step)
        self.place = Place(self._epoch - 1, batch, step)
        if step:
            self.save()

    def _save_and_stop(self, batch: int) -> None:
        self._progress.set(stage="saving a checkpoint")
        self._save(batch)
        self._stop.obey()

    def _refuse(self) -> None:
        batch, loss = self._broken or (0, math.nan)
        kind = "infinite" if math.isinf(loss) else "not a number (NaN)"
        raise RunError(
            f"The loss became {kind} in batch {batch + 1} of epoch {self._epoch}",
            "lower the learning_rate, set clipnorm, or put a Rescaling first",
        )


def what_the_first_step_takes(model: Any, kind: str = "training") -> str:
    """Says what the first step of a compiled model waits for; seconds, with XLA up to minutes."""
    backend = keras.backend.backend()
    if backend == "jax" or (backend == "tensorflow" and model.jit_compile):
        return f"XLA compiles the {kind} step, once"
    return f"TensorFlow traces the {kind} step, once" if backend == "tensorflow" else ""


class Silence(keras.callbacks.ProgbarLogger):
    """Takes the place of Keras's progress bar, which would fill the log with control codes."""

    async_safe = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Prints nothing, as do the others."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        pass

    def on_test_begin(self, logs: Logs | None = None) -> None:
        pass

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        pass

    def on_test_end(self, logs: Logs | None = None) -> None:
        pass

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        pass
