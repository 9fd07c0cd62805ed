"""What Keras calls during the training. Imports Keras, so it is itself imported late."""

import importlib
import logging
import math
import time
from collections.abc import Mapping
from typing import Any

from builder.training.metrics_writer import MetricsWriter
from builder.training.run_folder import RunError
from builder.training.worker.checkpoints import Checkpoints
from builder.training.worker.progress import Progress
from builder.training.worker.stopping import StoppedError, StopRequest

keras: Any = importlib.import_module("keras")  # it carries no types
log = logging.getLogger("convstack.worker")

Logs = Mapping[str, float]


class Recorder(keras.callbacks.Callback):
    """Records metrics and progress, saves checkpoints, and ends the training when asked to.

    Keras hands batch ends to a thread of its own if every callback is `async_safe`, so that a
    GPU never waits for a number to be read. What must stop the training is therefore looked at
    when a batch begins, which Keras calls in the training's own thread.

    Args:
        writer: Takes the metrics.
        progress: Takes how far the training is.
        checkpoints: Saves the model.
        stop: Set when somebody has asked for a stop.
    """

    async_safe = True

    def __init__(
        self,
        writer: MetricsWriter,
        progress: Progress,
        checkpoints: Checkpoints,
        stop: StopRequest,
    ) -> None:
        keras.callbacks.Callback.__init__(self)
        self._writer = writer
        self._progress = progress
        self._checkpoints = checkpoints
        self._stop = stop
        self._epoch = 0
        self._epoch_begin = 0.0
        self._learning_rate = 0.0
        self._first_end: float | None = None
        self._broken: tuple[int, float] | None = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_begin = time.monotonic()
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self._learning_rate = float(f"{rate:.6g}")  # without the noise of 32 bits
        self._first_end = None
        self._progress.begin_epoch(self._epoch)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self._broken is not None:
            self._refuse()
        if self._stop.is_set():
            self._save_and_stop(batch)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        means = logs or {}
        now = time.monotonic()
        self._writer.add_batch(self._epoch, batch, means)
        if batch == 0:
            self._first_end = now
        if batch >= self._progress.last_batch[1]:  # ends may arrive in another order
            self._progress.last_batch = (now, batch + 1)
        loss = means.get("loss", 0.0)
        if not math.isfinite(loss) and self._broken is None:
            self._broken = (batch, loss)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._progress.begin_validation(self._seconds_per_batch())

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self._stop.is_set():
            self._save_and_stop(self._progress.state.batches)

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
            metrics["images_per_second"] = round(self._writer.batch_size / seconds, 1)
        self._writer.add_epoch(self._epoch, metrics)
        shown = ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        log.info("epoch %d of %d: %s", self._epoch, self._progress.state.epochs, shown)
        # After the last epoch the model is saved in any case.
        if self._epoch < self._progress.state.epochs and self._checkpoints.is_due():
            batches = self._progress.state.batches
            self._checkpoints.save(self.model, self._epoch, 0, self._epoch * batches)

    def _seconds_per_batch(self) -> float:
        """Over the epoch, without its first batch, in which the model may be compiled."""
        moment, count = self._progress.last_batch
        if self._first_end is not None and count > 1:
            return (moment - self._first_end) / (count - 1)
        return (moment - self._epoch_begin) / max(count, 1)

    def _save_and_stop(self, batch: int) -> None:
        self._progress.set(stage="saving a checkpoint")
        step = (self._epoch - 1) * self._progress.state.batches + batch
        self._writer.wait_for(step)
        if step:
            self._checkpoints.save(self.model, self._epoch - 1, batch, step)
        raise StoppedError

    def _refuse(self) -> None:
        batch, loss = self._broken or (0, math.nan)
        kind = "infinite" if math.isinf(loss) else "not a number (NaN)"
        raise RunError(
            f"The loss became {kind} in batch {batch + 1} of epoch {self._epoch}",
            "lower the learning_rate, set clipnorm, or put a Rescaling first",
        )


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
