"""Checkpoints of a run: whole or not there at all, and never dearer than one part in a hundred."""

import shutil
import time
from pathlib import Path
from typing import Any

from builder.training.run_state import CHECKPOINTS, MODEL, STATE, write_json

COST_SHARE = 0.01
KEEP = 2
_BYTES_PER_SECOND = 200e6
_FIXED_SECONDS = 0.05


class Checkpoints:
    """Saves a model with all that a training needs to go on.

    Args:
        folder: The run's folder.
        num_params: Of the model, to guess what the first checkpoint costs.
    """

    def __init__(self, folder: Path, num_params: int) -> None:
        self._folder = folder / CHECKPOINTS
        # Weights, and as a rule two more numbers for each in the optimizer, of 4 bytes.
        self._cost = _FIXED_SECONDS + num_params * 12 / _BYTES_PER_SECOND
        self._saved = time.monotonic()

    def is_due(self) -> bool:
        """Whether saving now keeps within the share of time that checkpoints may take."""
        return time.monotonic() - self._saved >= self._cost / COST_SHARE

    def save(self, model: Any, epoch: int, batch: int, step: int) -> Path:
        """Saves a checkpoint and makes it the newest.

        Args:
            model: A compiled Keras model.
            epoch: Epochs that are done.
            batch: Batches that are done of the next one.
            step: Batches that are done in all.

        Returns:
            The folder of the checkpoint.
        """
        begin = time.monotonic()
        name = f"epoch-{epoch:05d}" + (f"-batch-{batch:06d}" if batch else "")
        temporary = self._folder / f".{name}"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        if hasattr(model, "jax_state_sync"):
            model.jax_state_sync()  # under JAX the weights live outside of the model meanwhile
        model.save(temporary / MODEL)
        write_json(
            temporary / STATE,
            {
                "version": 1,
                "epoch": epoch,
                "batch": batch,
                "step": step,
                "variables": _unsaved_variables(model),
            },
        )
        target = self._folder / name
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
        self._point_to(name)
        self._remove_old(name)
        self._saved = time.monotonic()
        self._cost = self._saved - begin
        return target

    def _point_to(self, name: str) -> None:
        temporary = self._folder / ".LATEST"
        temporary.write_text(f"{name}\n", encoding="utf-8")
        temporary.replace(self._folder / "LATEST")

    def _remove_old(self, newest: str) -> None:
        def saved(path: Path) -> float:
            return path.stat().st_mtime

        folders = [path for path in self._folder.iterdir() if path.is_dir()]
        others = [path for path in folders if path.name != newest]
        for path in sorted(others, key=saved, reverse=True)[KEEP - 1 :]:
            shutil.rmtree(path, ignore_errors=True)


def _unsaved_variables(model: Any) -> list[dict[str, Any]]:
    """What Keras's file leaves out: the states of dropout's random numbers, and of the metrics."""
    saved = {id(variable) for variable in model.weights}
    states = [variable for variable in model.variables if id(variable) not in saved]
    return [
        {"path": variable.path, "value": variable.numpy().tolist()}
        for variable in [*states, *model.metrics_variables]
    ]
