"""Which trainings are rehearsed before they are asked for."""

from collections.abc import Sequence

from builder.inference import Inference
from builder.training.availability import availability
from builder.training.datasets import known
from builder.training.devices import Device, resolved
from builder.training.memory_need import memory_need
from builder.training.settings import TrainingSettings

MAX_MACS = 10**10
"""Of the step that is done beforehand: forth and back, some seconds of two cores."""

MEMORY_SHARE = 0.25
"""Of the free memory, what a training that may never be asked for may hold meanwhile."""


def is_worth_rehearsing(
    inference: Inference, settings: TrainingSettings, machine: Sequence[Device]
) -> bool:
    """Whether a training's first step costs little enough to be done for nothing.

    On a GPU none is: a process that only waits would hold some of its memory.

    Args:
        inference: A network that fits its data.
        settings: How it would be trained.
        machine: The devices of this machine.
    """
    if resolved(settings.device, machine) != "cpu" or not _is_at_hand(settings.dataset):
        return False
    images = settings.batch_size * settings.steps_per_execution
    cpu = next((device for device in machine if device.id == "cpu"), None)
    need = memory_need(inference, settings).at(settings.batch_size)
    return (
        cpu is not None and need <= MEMORY_SHARE * cpu.free and inference.macs * images <= MAX_MACS
    )


def _is_at_hand(dataset: str) -> bool:
    data = known(dataset)
    return data is not None and availability(data.name).state == "cached"
