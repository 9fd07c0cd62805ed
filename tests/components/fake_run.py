"""A run that trains nothing: its folder is written as a worker writes it."""

import fcntl
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from builder.runs import run_folder
from builder.runs.json_files import write_json
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_state import HISTORY, LOCK, LOG, STATE, RunState
from builder.runs.status import RunStatus
from builder.system.load import Load
from builder.training.settings import TrainingSettings

LOAD = Load(
    cpu=0.47,
    cores=8,
    memory=2_400_000_000,
    memory_peak=2_500_000_000,
    machine_used=12_000_000_000,
    machine_total=64_000_000_000,
    gpu=0.87,
    gpu_used=8_100_000_000,
    gpu_total=24_000_000_000,
)
"""Of a machine with a GPU, as a worker tells it."""


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
        self.load: Load | None = None
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
        self._step = 0
        self._means: dict[str, float] = {}
        self._lock = (run.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._metrics = MetricsWriter(run.folder, batches, 32, 32 * batches)
        self.state("starting", stage="importing Keras")

    def state(self, state: str, **more: object) -> None:
        """Writes the state as the worker does."""
        values = RunState(
            RunStatus(state),
            epochs=self.epochs,
            batches=self.batches,
            started=self.started,
            load=self.load,
        )
        write_json(self.folder / STATE, values.values() | more)

    def train(self, batches: int | None = None) -> None:
        """Goes on by so many batches, or to the end; an epoch's last batch also ends it."""
        last = self.epochs * self.batches
        until = last if batches is None else self._step + batches
        epoch, batch = self._step // self.batches + 1, self._step % self.batches
        while self._step < until:
            epoch, batch = self._step // self.batches + 1, self._step % self.batches
            single = self.values(self._step)
            before = self._means if batch else dict.fromkeys(single, 0.0)
            self._means = {
                name: (before[name] * batch + value) / (batch + 1) for name, value in single.items()
            }
            self._metrics.add_batch(epoch, batch, self._means)
            self.log(f"epoch {epoch} batch {batch} loss {single['loss']:.4f}")
            self._step += 1
            if batch == self.batches - 1:
                self._end_epoch(epoch)
        self.load = LOAD
        self.state(
            "running",
            epoch=epoch,
            batch=batch + 1,
            eta_seconds=0.05 * (last - self._step),
            images_per_second=7_912.4,
        )

    def _end_epoch(self, epoch: int) -> None:
        validation = {f"val_{name}": value * 1.04 for name, value in self._means.items()}
        self._metrics.add_epoch(epoch, self._means | validation | {"learning_rate": 0.001})

    def flush(self) -> None:
        """Waits until all values so far can be read."""
        self._metrics.flush(complete=True)

    def fill(self, batches: int, *, spike_at: int) -> None:
        """Writes one long epoch at once, with one outlier."""
        total = 0.0
        for batch in range(batches):
            total += 9.0 if batch == spike_at else 1.0
            self._metrics.add_batch(1, batch, {"loss": total / (batch + 1)})
        self.flush()

    def values(self, step: int) -> Mapping[str, float]:
        """Makes a plausible loss and accuracy."""
        noise = math.sin(step * 12.9898) * 43758.5453 % 1 - 0.5
        loss = 2.3 * math.exp(-step / (self.epochs * self.batches / 3)) + 0.08 + 0.18 * noise
        return {"loss": max(loss, 0.01), "accuracy": min(1.0, max(0.0, 1 - loss / 2.6))}

    def log(self, line: str) -> None:
        with (self.folder / LOG).open("a") as file:
            file.write(line + "\n")

    def end(self, state: str = "finished", message: str = "", advice: str = "") -> None:
        """Writes the final state and lets the worker die."""
        self._metrics.close()
        (self.folder / HISTORY).write_text("epoch,loss\n1,0.5\n")
        self.state(
            state,
            message=message,
            advice=advice,
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
