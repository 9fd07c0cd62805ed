"""Checkpoints of a run: whole or not there at all, and never dearer than one part in a hundred."""

import hashlib
import json
import logging
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.runs.json_files import UNREADABLE, describe_damage, read_json, write_json
from builder.runs.run_folder import RunError
from builder.runs.run_state import CHECKPOINTS, MODEL, STATE
from builder.system.atomic import write_atomically
from builder.system.formats import Format, NewerVersionError, declare

VARIABLES = "variables.npz"
CHECKPOINT_FORMAT = declare(
    Format("checkpoint", (f"runs/*/{CHECKPOINTS}/*/{STATE}",), version=2, first=2)
)
"""Nothing could go on from the checkpoints of version 1, which no release has saved."""
LATEST = "LATEST"

COST_SHARE = 0.01
KEEP = 2
MID_EPOCH_SECONDS = 60.0
"""How long an epoch has to run before a checkpoint is saved in the middle of it."""

_BYTES_PER_SECOND = 200e6
_FIXED_SECONDS = 0.05

log = logging.getLogger("convstack.worker")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a training is.

    Attributes:
        epoch: Epochs that are done.
        batch: Batches that are done of the next one.
        step: Batches that are done in all.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0

    @property
    def name(self) -> str:
        """Of the checkpoint's folder; its order is that of the training."""
        return f"epoch-{self.epoch:06d}" + (f"-batch-{self.batch:07d}" if self.batch else "")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was read and is whole.

    Attributes:
        folder: Where it lies.
        place: How far the training was.
        variables: What Keras's own file leaves out: random numbers' states, and the metrics'.
        memory: What else is to be remembered: the states of callbacks, the learning rate.
    """

    folder: Path
    place: Place
    variables: Sequence[np.ndarray[Any, Any]]
    memory: Mapping[str, Any]


class Checkpoints:
    """Saves a model with all that a training needs to go on.

    Args:
        folder: The run's folder.
        num_params: Of the model, to guess what the first checkpoint costs.
        known: The checkpoint from which the training goes on, if it does.
        check: Raises an OSError where the run is no longer this worker's.
    """

    def __init__(
        self,
        folder: Path,
        num_params: int,
        known: Checkpoint | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder / CHECKPOINTS
        self._check = check
        # Weights, and as a rule two more numbers for each in the optimizer, of 4 bytes.
        self._cost = _FIXED_SECONDS + num_params * 12 / _BYTES_PER_SECOND
        self._saved = time.monotonic()
        self._newest: str = known.folder.name if known else ""
        for half in self._folder.glob(".epoch-*"):  # of a worker that was killed at it
            shutil.rmtree(half, ignore_errors=True)

    def is_due(self, *, mid_epoch: bool = False) -> bool:
        """Whether saving now keeps within the share of time that checkpoints may take."""
        least = MID_EPOCH_SECONDS if mid_epoch else 0.0
        return time.monotonic() - self._saved >= max(self._cost / COST_SHARE, least)

    def save(self, model: Any, place: Place, memory: Mapping[str, Any]) -> None:
        """Saves a checkpoint and makes it the newest.

        What has come back is on the disk, and survives a power cut.

        Args:
            model: A compiled Keras model.
            place: How far the training is.
            memory: What else is to be remembered, as plain JSON values.
        """
        if place.name == self._newest:
            return  # nothing has happened since
        begin = time.monotonic()
        self._check()
        temporary = self._folder / f".{place.name}"
        shutil.rmtree(temporary, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)  # without its parents: the run may be gone
        temporary.mkdir()
        try:
            self._write(model, temporary, place, memory)
            target = self._folder / place.name
            shutil.rmtree(target, ignore_errors=True)
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)  # half of one, as on a full disk
        self._point_to(place.name)
        self._newest = place.name
        self._remove_old()
        self._saved = time.monotonic()
        self._cost = self._saved - begin

    def _write(self, model: Any, folder: Path, place: Place, memory: Mapping[str, Any]) -> None:
        if hasattr(model, "jax_state_sync"):
            model.jax_state_sync()  # under JAX the weights live outside of the model meanwhile
        model.save(folder / MODEL)
        values = [variable.numpy() for variable in unsaved_variables(model)]
        np.savez(folder / VARIABLES, *values)
        state = CHECKPOINT_FORMAT.stamp(
            {
                "epoch": place.epoch,
                "batch": place.batch,
                "step": place.step,
                "memory": dict(memory),
                "bytes": {name: (folder / name).stat().st_size for name in (MODEL, VARIABLES)},
            }
        )
        write_json(folder / STATE, state | {"digest": _digest(state)})
        for path in (*folder.iterdir(), folder):
            _to_disk(path)

    def _point_to(self, name: str) -> None:
        write_atomically(self._folder / LATEST, f"{name}\n")
        _to_disk(self._folder)

    def _remove_old(self) -> None:
        """Keeps the newest ones; those beyond it are of a future that was given up."""
        names = [path.name for path in _folders(self._folder)]
        older = [name for name in names if name < self._newest]
        keep = {self._newest, *older[: KEEP - 1]}
        for name in names:
            if name not in keep:
                shutil.rmtree(self._folder / name, ignore_errors=True)


def unsaved_variables(model: Any) -> list[Any]:
    """What Keras's file leaves out: the states of dropout's random numbers, and of the metrics."""
    saved = {id(variable) for variable in model.weights}
    states = [variable for variable in model.variables if id(variable) not in saved]
    return [*states, *model.metrics_variables]


def newest_checkpoint(run_folder: Path) -> Checkpoint | None:
    """Reads the newest checkpoint that is whole; None where none was ever saved.

    Raises:
        RunError: There are some, and all of them are damaged.
        NewerVersionError: A later version of Convstack saved the newest.
    """
    problem: Exception | None = None
    for folder in _candidates(run_folder / CHECKPOINTS):
        try:
            return _read(folder)
        except NewerVersionError:
            raise  # the one before would throw away what a later version has trained
        except (*UNREADABLE, KeyError, TypeError, zipfile.BadZipFile) as error:
            problem = error
            log.warning(
                "checkpoint %s is damaged (%s); looking for the one before",
                folder.name,
                describe_damage(error),
            )
    if problem is None:
        return None
    raise RunError(
        f"No checkpoint of this run can be read: {describe_damage(problem)}",
        "start a new run with its settings",
    )


def newest_model(run_folder: Path) -> Path | None:
    """The model of the checkpoint that was saved last; None where there is none."""
    try:
        name = (run_folder / CHECKPOINTS / LATEST).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return run_folder / CHECKPOINTS / name / MODEL


def _candidates(folder: Path) -> Iterator[Path]:
    """The one that `LATEST` names, then the others, the newest first."""
    try:
        latest = (folder / LATEST).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        latest = ""
    folders = _folders(folder)
    yield from sorted(folders, key=lambda path: path.name != latest)


def _folders(folder: Path) -> list[Path]:
    """The checkpoints' folders, the one that is furthest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.is_dir() and path.name.startswith("epoch-")]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _read(folder: Path) -> Checkpoint:
    """Reads a checkpoint and looks whether it is whole; raises whatever is wrong with it."""
    written = read_json(folder / STATE)
    digest = written.pop("digest", None)
    state = CHECKPOINT_FORMAT.current(written)
    if digest != _digest(written):
        raise ValueError(f"{STATE} has changed")
    for name, size in state["bytes"].items():
        _verify(folder / name, size)
    with np.load(folder / VARIABLES, allow_pickle=False) as arrays:
        variables = [arrays[name] for name in arrays.files]
    place = Place(state["epoch"], state["batch"], state["step"])
    return Checkpoint(folder, place, variables, state["memory"])


def _verify(path: Path, size: int) -> None:
    """Reads a zip file through: each of its members has a checksum."""
    if path.stat().st_size != size:
        raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes, expected {size:,}")
    with zipfile.ZipFile(path) as archive:
        if (bad := archive.testzip()) is not None:
            raise ValueError(f"{path.name}: {bad} has changed")


def _digest(state: Mapping[str, Any]) -> str:
    text = json.dumps(state, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _to_disk(path: Path) -> None:
    """Waits until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
