"""Whether a training has enough memory when its turn comes or when it is resumed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from builder.checks.finding import Finding
from builder.checks.machine_check import memory_finding
from builder.checks.memory_need import estimate_memory
from builder.network.inference import infer
from builder.runs.run_folder import Run, current_settings
from builder.runs.trained_network import trained_network
from builder.scheduler import warm
from builder.scheduler.occupancy import occupant
from builder.system.devices import Device, resolved
from builder.system.errors import BuilderError


def when_its_turn_comes(
    machine: Sequence[Device], runs: Iterable[Run], device: str
) -> tuple[Device, ...]:
    """The machine as a training will find it: without the run that it waits for.

    The waiting worker does not count either, since it becomes the training's own.

    Args:
        machine: The devices of this machine as they are now.
        runs: All runs.
        device: Of the training, as in the settings.
    """
    busy = occupant(runs, device, machine)
    freed = warm.workers.held_bytes()
    if busy is not None and busy.state.load is not None:
        freed += busy.state.load.memory
    gpu = resolved(device, machine) if busy is not None else ""
    return tuple(
        # The driver does not tell how much of a card the run holds: the card counts as empty.
        _with_less_used(one, freed if one.id == "cpu" else one.memory)
        if one.id in ("cpu", gpu)
        else one
        for one in machine
    )


def memory_obstacle(
    run: Run, runs: Iterable[Run], machine: Sequence[Device], *, run_on: str | None = None
) -> Finding | None:
    """What keeps a run from being started here: it needs more memory than is free; else None.

    A run that a person insists on has no obstacle, nor has one that trains elsewhere. Nor has one
    that cannot be estimated: its worker says more of it.

    Args:
        run: A run that waits or stands still.
        runs: All runs.
        machine: The devices of this machine as they are now.
        run_on: Where it is to go on, as in the setting; None for where it was.

    Raises:
        ParameterError: It cannot run there.
    """
    settings = current_settings(run)
    if settings is not None and run_on is not None:
        settings = type(settings).create(settings.values() | {"run_on": run_on})
    if settings is None or not settings.is_local or run.state.forced:
        return None
    ready = when_its_turn_comes(machine, runs, settings.device)
    try:
        inference = infer(trained_network(run.folder))
        if not inference.ok or len(inference.input_shapes) != 1:
            return None
        memory = estimate_memory(inference, settings, ready)
    except BuilderError:
        return None
    return memory_finding(memory, inference.input_shapes[0])


def _with_less_used(device: Device, freed: int) -> Device:
    return replace(device, memory_used=max(device.memory_used - freed, 0))
