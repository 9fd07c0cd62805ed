"""A run that trains nothing: its folder is written as a worker writes it."""

import fcntl
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from builder.training import run_folder
from builder.training.metrics_writer import MetricsWriter
from builder.training.run_state import HISTORY, LOCK, LOG, STATE, RunState, write_json
from builder.training.settings import TrainingSettings


class FakeRun:
    """A run on disk and the worker that seems to live.

    Args:
        home: The folder that holds `runs/`.
        epochs: How many it claims to train.
        batches: Batches in an epoch.
    """

    def __init__(self, home: Path, epochs: int = 5, batches: int = 20) -> None:
        self.epochs = epochs
        self.batches = batches
        run = run_folder.create(
            home,
            name="Small residual",
            document_id="small",
            architecture_json="{}",
            script="NAME = 'small'\n",
            settings=TrainingSettings(epochs=epochs),
            facts={"params": 297_697},
        )
        self.id = run.id
        self.folder = run.folder
        self.started = time.time()
        self._lock = (run.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._metrics = MetricsWriter(run.folder, batches, 32, 32 * batches)
        self.state("starting", stage="importing Keras")

    def state(self, state: str, **more: object) -> None:
        """Writes the state as the worker does."""
        values = RunState(state, epochs=self.epochs, batches=self.batches, started=self.started)
        write_json(self.folder / STATE, values.values() | more)

    def train(self, *, seconds_per_batch: float = 0.0, from_epoch: int = 1, to: int = 0) -> None:
        """Writes the batches and the ends of the epochs `from_epoch` to `to`, both included."""
        for epoch in range(from_epoch, (to or self.epochs) + 1):
            means = {"loss": 0.0, "accuracy": 0.0}
            for batch in range(self.batches):
                step = (epoch - 1) * self.batches + batch
                single = self.values(step)
                means = {
                    name: (means[name] * batch + value) / (batch + 1)
                    for name, value in single.items()
                }
                self._metrics.add_batch(epoch, batch, means)
                self.log(f"epoch {epoch} batch {batch} loss {single['loss']:.4f}")
                self.state(
                    "running",
                    epoch=epoch,
                    batch=batch + 1,
                    eta_seconds=(self.epochs * self.batches - step) * max(seconds_per_batch, 0.01),
                    images_per_second=7_912.4,
                )
                time.sleep(seconds_per_batch)
            validation = {f"val_{name}": value * 1.04 for name, value in means.items()}
            self._metrics.add_epoch(epoch, means | validation | {"learning_rate": 0.001})

    def fill(self, batches: int, *, spike_at: int) -> None:
        """Writes one long epoch at once, with one outlier."""
        for batch in range(batches):
            loss = 9.0 if batch == spike_at else 1.0
            self._metrics.add_batch(1, batch, {"loss": loss})
        self._metrics.flush(complete=True)

    def values(self, step: int) -> Mapping[str, float]:
        """Makes a plausible loss and accuracy."""
        noise = math.sin(step * 12.9898) * 43758.5453 % 1 - 0.5
        loss = 2.3 * math.exp(-step / (self.epochs * self.batches / 3)) + 0.08 + 0.18 * noise
        return {"loss": max(loss, 0.01), "accuracy": min(1.0, max(0.0, 1 - loss / 2.6))}

    def log(self, line: str) -> None:
        with (self.folder / LOG).open("a") as file:
            file.write(line + "\n")

    def end(self, state: str = "finished", message: str = "") -> None:
        """Writes the final state and lets the worker die."""
        self._metrics.close()
        (self.folder / HISTORY).write_text("epoch,loss\n1,0.5\n")
        self.state(
            state,
            message=message,
            epoch=self.epochs,
            batch=self.batches,
            finished=self.started + 125,
        )
        self._lock.close()

    def vanish(self) -> None:
        """Dies without a word, as after kill -9."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._metrics.close()
        self._lock.close()
