"""The devices that a training may run on, found without TensorFlow."""

import contextlib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from builder.system.machine_memory import machine_memory

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable that says which of the driver's cards a process sees."""


@dataclass(frozen=True, slots=True)
class Device:
    """A choice for the setting `device`.

    Attributes:
        id: auto, cpu or gpu:0, gpu:1 …
        title: What a person reads.
        memory: All of its memory, in bytes; 0 where it is not known.
        memory_used: In bytes.
        is_fast_in_bfloat16: Whether it is a CPU with the instructions that oneDNN needs for it.
    """

    id: str
    title: str
    memory: int = 0
    memory_used: int = 0
    is_fast_in_bfloat16: bool = False

    @property
    def free(self) -> int:
        """Bytes of its memory that are free."""
        return max(self.memory - self.memory_used, 0)


def devices() -> tuple[Device, ...]:
    """The choices on this machine: automatic, the CPU, each NVIDIA GPU."""
    memory = machine_memory()
    cores = psutil.cpu_count() or 1
    cpu = Device("cpu", f"CPU ({cores} cores)", memory.total, memory.used, _has_avx512())
    gpus = _gpus()
    first = gpus[0].title if gpus else "CPU"
    return Device("auto", f"Automatic ({first})"), cpu, *gpus


def resolved(device: str, machine: Sequence[Device]) -> str:
    """The device that a choice stands for: `auto` is the first GPU, else the CPU."""
    if device != "auto":
        return device
    return next((known.id for known in machine if known.id.startswith("gpu")), "cpu")


def environment(device: str) -> dict[str, str]:
    """The environment variables that show a process only the chosen device.

    Args:
        device: As in the settings.
    """
    # The order of the driver's tools, so that gpu:1 is the same card everywhere; and no
    # process takes all of a card's memory, so that several runs can share one.
    common = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    if device == "cpu":
        return common | {VISIBLE: "-1"}
    if device.startswith("gpu:"):
        return common | {VISIBLE: device.removeprefix("gpu:")}
    return common


@cache
def _has_avx512() -> bool:
    """Whether the processor has the parts of AVX-512 that oneDNN's bfloat16 needs."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
    return {"avx512f", "avx512bw", "avx512vl", "avx512dq"} <= set(flags)


def _gpus() -> tuple[Device, ...]:
    """NVIDIA's cards; none where there is no card, no driver or no library."""
    try:
        nvml: Any = importlib.import_module("pynvml")  # it carries no types
    except ImportError:
        return ()
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return ()
    try:
        return tuple(_gpu(nvml, index) for index in range(nvml.nvmlDeviceGetCount()))
    except nvml.NVMLError:
        return ()
    finally:
        with contextlib.suppress(nvml.NVMLError):
            nvml.nvmlShutdown()


def _gpu(nvml: Any, index: int) -> Device:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    name = nvml.nvmlDeviceGetName(handle)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    title = name.decode() if isinstance(name, bytes) else str(name)
    return Device(f"gpu:{index}", f"GPU {index}: {title}", int(memory.total), int(memory.used))
