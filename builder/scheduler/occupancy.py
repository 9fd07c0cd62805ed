"""Which devices are taken, and which of the waiting runs may start."""

from collections.abc import Iterable, Sequence

from builder.runs.run_folder import Run
from builder.runs.run_state import is_locked, is_starting
from builder.scheduler import queue
from builder.system.devices import Device, resolved


def device_of(run: Run, machine: Sequence[Device]) -> str:
    """The device that a run trains on, or would train on."""
    return resolved(run.settings.device, machine) if run.settings else run.state.device


def trains(run: Run) -> bool:
    """Whether a process works on a run; a run that never started does not occupy a device."""
    may_train = run.is_active and run.queue_number is None
    return may_train and (is_locked(run.folder) or is_starting(run.folder))


def is_leaving(run: Run) -> bool:
    """Whether a run has ended and its process has not, which still holds memory."""
    return not run.is_active and is_starting(run.folder)


def occupant(runs: Iterable[Run], device: str, machine: Sequence[Device]) -> Run | None:
    """The run that trains on a device, if any.

    Args:
        runs: All runs.
        device: As in the settings; `auto` means what the training would choose.
        machine: The devices of this machine.
    """
    wanted = resolved(device, machine)
    return next((run for run in runs if trains(run) and device_of(run, machine) == wanted), None)


def is_taken(
    runs: Iterable[Run], device: str, machine: Sequence[Device], *, leaving_too: bool = False
) -> bool:
    """Whether a run trains on a device, or waits for it.

    Args:
        runs: At least all that are active, or leaving.
        device: As in the settings; `auto` means what the training would choose.
        machine: The devices of this machine.
        leaving_too: Whether one that has ended and still holds memory counts as well.
    """
    wanted = resolved(device, machine)
    others = (
        run
        for run in runs
        if trains(run) or queue.is_waiting(run) or (leaving_too and is_leaving(run))
    )
    return any(device_of(run, machine) == wanted for run in others)


def startable(runs: Sequence[Run], machine: Sequence[Device]) -> list[Run]:
    """The waiting runs whose device is free: the first of each device.

    A device is free once the process of the run before is gone, so that its memory is free as well.

    Args:
        runs: At least all that are active or leaving.
        machine: The devices of this machine.
    """
    first: dict[str, Run] = {}
    for run in queue.waiting(runs):
        first.setdefault(device_of(run, machine), run)
    if not first:
        return []
    taken = {device_of(run, machine) for run in runs if trains(run) or is_leaving(run)}
    return [run for device, run in first.items() if device not in taken]
