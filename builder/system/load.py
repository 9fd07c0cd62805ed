"""What a training takes of its machine: processor, memory, and of a GPU both."""

import contextlib
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psutil

from builder.system.devices import VISIBLE
from builder.system.machine_memory import held_by, machine_memory


@dataclass(frozen=True, slots=True)
class Load:
    """The load at a moment; bytes, and shares from 0 to 1.

    Attributes:
        cpu: Of all cores, what the training's process used since the look before.
        cores: How many there are.
        memory: What the process holds for itself, without the files that it has mapped.
        memory_peak: The most that it held at any look.
        machine_used: Memory in use on the whole machine.
        machine_total: All of its memory.
        gpu: How much of the time the GPU was busy, with whatever; None where there is none.
        gpu_used: The GPU's memory in use, by whatever.
        gpu_total: All of it.
    """

    cpu: float
    cores: int
    memory: int
    memory_peak: int
    machine_used: int
    machine_total: int
    gpu: float | None = None
    gpu_used: int | None = None
    gpu_total: int | None = None


class LoadMeter:
    """Measures the process that it lives in; a look costs well under a millisecond without a GPU.

    A GPU is found by NVIDIA's library. Where that fails, its figures are left out.
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # what comes next is counted from here
        self._nvml: Any = None
        self._handle: Any = None
        self._device = ""
        self._peak = 0

    def look(self, device: str) -> Load:
        """Measures the load.

        Args:
            device: Where the training runs: `cpu` or `gpu:0`, empty while that is not known.
        """
        cores = psutil.cpu_count() or 1
        memory = machine_memory()
        held = held_by(self._process)
        self._peak = max(self._peak, held)
        return Load(
            cpu=round(min(self._process.cpu_percent() / 100 / cores, 1.0), 3),
            cores=cores,
            memory=held,
            memory_peak=self._peak,
            machine_used=memory.used,
            machine_total=memory.total,
            **self._gpu(device),
        )

    def _gpu(self, device: str) -> Mapping[str, Any]:
        if not device.startswith("gpu"):
            return {}
        try:
            if device != self._device:
                self._device = device
                self._open(gpu_index(device, os.environ))
            if self._handle is None:
                return {}
            memory = self._nvml.nvmlDeviceGetMemoryInfo(self._handle)
            busy = self._nvml.nvmlDeviceGetUtilizationRates(self._handle).gpu
        except self._errors():
            return {}
        return {
            "gpu": busy / 100,
            "gpu_used": int(memory.used),
            "gpu_total": int(memory.total),
        }

    def _open(self, index: int) -> None:
        """Looks the GPU up, once: the library stays open as long as the process lives."""
        with contextlib.suppress(ImportError):
            self._nvml = importlib.import_module("pynvml")  # it carries no types
        if self._nvml is not None:
            self._nvml.nvmlInit()
            self._handle = self._nvml.nvmlDeviceGetHandleByIndex(index)

    def _errors(self) -> tuple[type[Exception], ...]:
        return (self._nvml.NVMLError,) if self._nvml is not None else ()


def gpu_index(device: str, environment: Mapping[str, str]) -> int:
    """The number by which NVIDIA's library knows the GPU of a training.

    Args:
        device: As the run tells it, `gpu:1`; the process may see only some of the GPUs, and
            takes the first of them where none was asked for.
        environment: The variables of the process, which say what it sees.
    """
    visible = environment.get(VISIBLE, "").split(",")[0].strip()
    if visible.isdecimal():
        return int(visible)
    number = device.partition(":")[2]
    return int(number) if number.isdecimal() else 0
