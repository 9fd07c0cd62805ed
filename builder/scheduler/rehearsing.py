"""Which trainings are rehearsed before they are asked for."""

from collections.abc import Sequence

from builder.checks.memory_need import estimate_memory
from builder.datasets.availability import Reach, availability
from builder.datasets.published import known
from builder.network.inference import Inference
from builder.system.devices import Device, resolved
from builder.training.settings import TrainingSettings

MAX_MACS = 10**10
"""The most MACs of a rehearsed step: forward and backward, some seconds on two cores."""

MEMORY_SHARE = 0.25
"""The share of free memory that a training may hold before it is asked for."""


def is_worth_rehearsing(
    inference: Inference, settings: TrainingSettings, machine: Sequence[Device]
) -> bool:
    """Whether a training's first step is cheap enough to be done in vain.

    On a GPU it never is: a process that only waits would hold some of its memory.

    Args:
        inference: A network that fits its data.
        settings: How it would be trained.
        machine: The devices of this machine.
    """
    data = known(settings.dataset)
    cpu = next((device for device in machine if device.id == "cpu"), None)
    if data is None or cpu is None or resolved(settings.device, machine) != "cpu":
        return False
    memory = estimate_memory(inference, settings, machine)
    images = settings.batch_size * settings.steps_per_execution
    return (
        inference.macs * images <= MAX_MACS
        and memory.images + memory.needed <= MEMORY_SHARE * cpu.free
        and availability(data.name).state == Reach.CACHED
    )
