"""The training speeds of this machine, kept in the data folder and improved by every run.

For each measured training step, its seconds are kept with what they depend on. A step is measured
when it is rehearsed, and in every run; the newest measurement of a step counts.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from builder.files.architecture_file import to_json
from builder.network.architecture import Architecture
from builder.network.inference import Inference
from builder.system.atomic import write_atomically
from builder.system.errors import FormatError
from builder.system.formats import Format, NewerVersionError, declare
from builder.system.locks import locked
from builder.training.settings import TrainingSettings

SPEEDS = "speeds.json"
SPEEDS_FORMAT = declare(Format("list of speeds", (SPEEDS,)))
MAX_KEPT = 100
_LOCK = "speeds.lock"
_PATIENCE = 2.0
"""Seconds that a training's end may wait for the file's lock."""
_MAX_BYTES = 1_000_000
_FORTH_AND_BACK = 3
"""A step computes each layer, then the gradients of its inputs and of its weights."""


@dataclass(frozen=True, slots=True)
class Step:
    """A training step, by what its time depends on.

    Attributes:
        key: Names network, batch and all else that it computes.
        kind: Names what a speed applies to: device, precision, XLA.
        macs: Multiply-accumulates, forward and backward.
    """

    key: str
    kind: str
    macs: Annotated[float, Field(ge=0, le=1e18, allow_inf_nan=False)]

    def to_json(self) -> str:
        """For another process."""
        return _STEP.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Step":
        """Reads what `to_json` wrote.

        Raises:
            ValueError: It is something else.
        """
        return _STEP.validate_json(text)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured step.

    Attributes:
        step: The step.
        seconds: It took, once everything was traced and compiled.
        by_run: Whether a whole run was measured, not only a few steps in advance.
        startup: Seconds from its start to the end of its first step; None without a run.
    """

    step: Step
    seconds: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
    by_run: bool
    startup: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None


_STEP = TypeAdapter(Step)
_ALL = TypeAdapter(tuple[Measured, ...])


def step_of(inference: Inference, settings: TrainingSettings, device: str) -> Step:
    """The step of a training.

    Args:
        inference: A network without errors.
        settings: How it is trained.
        device: The device that it would run on, such as `cpu`.
    """
    kind = f"{device} {settings.precision} {settings.jit_compile}"
    asked = (kind, settings.batch_size, settings.steps_per_execution, settings.optimizer.name)
    text = f"{asked} {_content(inference.architecture)}"
    macs = float(_FORTH_AND_BACK * inference.macs * settings.batch_size)
    return Step(hashlib.sha256(text.encode()).hexdigest()[:16], kind, macs)


def measured(home: Path) -> tuple[Measured, ...]:
    """All measurements, the newest last; nothing where the file is damaged."""
    try:
        return _known(home)
    except NewerVersionError:
        return ()


def _known(home: Path) -> tuple[Measured, ...]:
    """The same.

    Raises:
        NewerVersionError: A later version of Convstack keeps the file.
    """
    path = home / SPEEDS
    try:
        if path.stat().st_size > _MAX_BYTES:
            return ()
        content = SPEEDS_FORMAT.current(json.loads(path.read_bytes()))
        return _ALL.validate_python(content["measured"])
    except NewerVersionError:
        raise
    except (OSError, ValueError, KeyError, TypeError, RecursionError, FormatError):
        return ()


def note(home: Path, one: Measured) -> None:
    """Keeps a measurement, replacing an older one of the same step.

    A measurement by a run is not replaced by a few steps that were measured in advance.

    Raises:
        BusyError: Another process holds the file's lock; nothing has changed.
        OSError: The disk is full; nothing has changed.
    """
    with locked(home / _LOCK, _PATIENCE):
        try:
            before = _known(home)
        except NewerVersionError:
            return  # whose file it stays
        same = [known for known in before if known.step.key == one.step.key]
        if any(known.by_run for known in same) and not one.by_run:
            return
        kept = [*(known for known in before if known not in same), one][-MAX_KEPT:]
        content = SPEEDS_FORMAT.stamp({"measured": _ALL.dump_python(tuple(kept), mode="json")})
        write_atomically(home / SPEEDS, json.dumps(content, indent=1) + "\n")


def stamp(home: Path) -> int:
    """A value that changes with every measurement."""
    try:
        return (home / SPEEDS).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=32)
def _content(architecture: Architecture) -> str:
    """All that a network computes; its name is no part of it."""
    return to_json(replace(architecture, name="untitled"))
