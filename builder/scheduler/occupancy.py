"""Which devices are taken, and which of the waiting runs may start.

A cluster counts as one device that several runs may train on.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.runs.run_folder import Run, current_settings
from builder.runs.run_state import is_locked, is_starting
from builder.scheduler import hosts, queue
from builder.system.devices import Device, resolved


def device_of(run: Run, machine: Sequence[Device]) -> str:
    """The device or the cluster that a run trains on, or would train on."""
    settings = current_settings(run) if run.changes else run.settings
    return resolved(settings.place, machine) if settings else run.state.device


def trains(run: Run) -> bool:
    """Whether a process works on a run; a run that never started does not occupy a device."""
    may_train = run.is_active and run.queue_number is None
    return may_train and (is_locked(run.folder) or is_starting(run.folder))


def is_leaving(run: Run) -> bool:
    """Whether a run has ended and its process has not, which still holds memory."""
    return not run.is_active and is_starting(run.folder)


def occupant(runs: Iterable[Run], device: str, machine: Sequence[Device]) -> Run | None:
    """A run that another one would have to wait for, if any.

    Args:
        runs: All runs.
        device: The settings' `place`; `auto` means what the training would choose.
        machine: The devices of this machine.
    """
    wanted = resolved(device, machine)
    there = [run for run in runs if trains(run) and device_of(run, machine) == wanted]
    return there[0] if len(there) >= hosts.num_places(wanted) else None


def is_taken(
    runs: Iterable[Run], device: str, machine: Sequence[Device], *, leaving_too: bool = False
) -> bool:
    """Whether no other run may start on a device: it is in use, or one waits for it.

    Args:
        runs: At least all that are active, or leaving.
        device: The settings' `place`; `auto` means what the training would choose.
        machine: The devices of this machine.
        leaving_too: Whether one that has ended and still holds memory counts as well.
    """
    wanted = resolved(device, machine)
    num_there = 0
    for run in runs:
        waits = queue.is_waiting(run)
        if not (waits or trains(run) or (leaving_too and is_leaving(run))):
            continue
        if device_of(run, machine) == wanted:
            num_there += 1
            if waits or num_there >= hosts.num_places(wanted):
                return True
    return False


def startable(runs: Sequence[Run], machine: Sequence[Device]) -> list[Run]:
    """The waiting runs whose device is free: the first of each device, of a cluster some.

    A device is free once the process of the run before is gone, so that its memory is free as well.

    Args:
        runs: At least all that are active or leaving.
        machine: The devices of this machine.
    """
    first: dict[str, list[Run]] = {}
    for run in queue.waiting(runs):
        first.setdefault(device_of(run, machine), []).append(run)
    if not first:
        return []
    taken = Counter(device_of(run, machine) for run in runs if trains(run) or is_leaving(run))
    return [
        run
        for device, waiting in first.items()
        for run in waiting[: max(hosts.num_places(device) - taken[device], 0)]
    ]
