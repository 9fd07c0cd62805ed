"""Starting a training from the app: one at a time on each device, until there is a queue."""

import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from builder.architecture import Architecture
from builder.training import launcher
from builder.training.devices import Device
from builder.training.new_run import new_run
from builder.training.run_folder import Run, RunError, list_runs
from builder.training.run_state import is_locked, is_starting
from builder.training.settings import TrainingSettings

_lock = threading.Lock()


class BusyError(RunError):
    """The device is taken by another training.

    Attributes:
        run: The one that trains on it.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(f"{run.name} is training on this device", "wait for it, or stop it")
        self.run = run


def begin(
    home: Path,
    architecture: Architecture,
    settings: TrainingSettings,
    document_id: str,
    devices: Sequence[Device],
) -> Run:
    """Makes a new run and starts it.

    Args:
        home: The data folder.
        architecture: The network, which has no errors.
        settings: How it is trained.
        document_id: The document that it comes from.
        devices: Those of this machine.

    Raises:
        BusyError: Another run trains on the same device.
        BuilderError: The network or the settings cannot be trained.
        OSError: The disk is full, or the process cannot be started; no run is left behind.
    """
    with _lock:
        other = occupant(list_runs(home), settings.device, devices)
        if other is not None:
            raise BusyError(other)
        run = new_run(home, architecture, settings, document_id)
        try:
            launcher.start(run)
        except OSError:
            shutil.rmtree(run.folder, ignore_errors=True)
            raise
        return run


def occupant(runs: Iterable[Run], device: str, devices: Sequence[Device]) -> Run | None:
    """The run that trains on a device, if any.

    Args:
        runs: All runs.
        device: As in the settings; `auto` means what the training would choose.
        devices: Those of this machine.
    """
    wanted = resolved(device, devices)
    return next((run for run in runs if _trains(run) and _device(run, devices) == wanted), None)


def resolved(device: str, devices: Sequence[Device]) -> str:
    """The device that a choice stands for: `auto` is the first GPU, else the CPU."""
    if device != "auto":
        return device
    return next((known.id for known in devices if known.id.startswith("gpu")), "cpu")


def _device(run: Run, devices: Sequence[Device]) -> str:
    return resolved(run.settings.device, devices) if run.settings else run.state.device


def _trains(run: Run) -> bool:
    """Whether a process works on it: one that was made and never started takes no device."""
    return run.is_active and (is_locked(run.folder) or is_starting(run.folder))
