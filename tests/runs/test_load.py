"""What is told of a training's load, with and without a GPU; the library of the GPU is a fake."""

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from builder.runs.run_state import RunState, read_state
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.system.load import Load, LoadMeter, gpu_index
from builder.system.machine_memory import held_by
from builder.worker.progress import Progress


class NVMLError(Exception):
    pass


def fake_nvml(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[int]:
    """Two GPUs, and which of them were looked up."""
    asked: list[int] = []

    def handle(index: int) -> int:
        asked.append(index)
        if index > 1:
            raise NVMLError
        return index

    functions = {
        "nvmlInit": lambda: None,
        "nvmlDeviceGetHandleByIndex": handle,
        "nvmlDeviceGetMemoryInfo": lambda index: SimpleNamespace(total=100, used=10 + index),
        "nvmlDeviceGetUtilizationRates": lambda _: SimpleNamespace(gpu=87, memory=3),
        **changes,
    }
    monkeypatch.setitem(sys.modules, "pynvml", SimpleNamespace(NVMLError=NVMLError, **functions))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return asked


def refuse(*_: object) -> None:
    raise NVMLError


def test_the_process_and_its_machine_are_measured() -> None:
    meter = LoadMeter()
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    load = meter.look("cpu")
    assert 0 < load.cpu <= 1
    assert load.cores == psutil.cpu_count()
    assert load.memory == pytest.approx(held_by(psutil.Process()), rel=0.2)
    assert load.memory_peak >= load.memory
    assert load.machine_used < load.machine_total <= psutil.virtual_memory().total
    assert load.gpu is load.gpu_used is load.gpu_total is None


def test_a_gpu_is_measured_and_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fake_nvml(monkeypatch)
    meter = LoadMeter()
    assert meter.look("").gpu is None
    for _ in range(3):
        load = meter.look("gpu:1")
        assert (load.gpu, load.gpu_used, load.gpu_total) == (0.87, 11, 100)
    assert asked == [1]


@pytest.mark.parametrize(
    "changes", [{"nvmlInit": refuse}, {"nvmlDeviceGetUtilizationRates": refuse}]
)
def test_without_an_answer_nothing_is_said_of_the_gpu(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    fake_nvml(monkeypatch, **changes)
    meter = LoadMeter()
    assert [meter.look("gpu:0").gpu for _ in range(2)] == [None, None]
    assert meter.look("gpu:9").gpu is None


def test_without_the_library_nothing_is_said_of_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert LoadMeter().look("gpu:0").gpu is None


@pytest.mark.parametrize(
    ("device", "visible", "index"),
    [
        ("gpu:0", "", 0),
        ("gpu:3", "3", 3),
        ("gpu:0", "2,5", 2),
        ("gpu:2", "GPU-8f", 2),
        ("gpu", "", 0),
    ],
)
def test_the_gpu_is_the_one_that_the_process_sees(device: str, visible: str, index: int) -> None:
    assert gpu_index(device, {"CUDA_VISIBLE_DEVICES": visible}) == index


def test_the_state_tells_the_load_and_keeps_the_peak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.worker.progress.WRITE_SECONDS", 0.01)
    progress = Progress(tmp_path, RunState(RunStatus.RUNNING, device="cpu"), StopRequest())
    deadline = time.monotonic() + 5
    while progress.state.load is None and time.monotonic() < deadline:
        time.sleep(0.01)
    progress.close(state=RunStatus.STOPPED)
    load = read_state(tmp_path).load
    assert isinstance(load, Load)
    assert load.memory_peak > 1_000_000
    kept = json.loads((tmp_path / "state.json").read_text())["load"]
    assert kept["gpu"] is None


def test_a_system_that_keeps_its_counters_to_itself_ends_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Load:
        raise psutil.AccessDenied

    monkeypatch.setattr(LoadMeter, "look", refuse)
    progress = Progress(tmp_path, RunState(RunStatus.RUNNING), StopRequest())
    progress.close(state=RunStatus.FINISHED)
    assert read_state(tmp_path).load is None
    assert read_state(tmp_path).state == "finished"


def test_a_state_of_an_earlier_version_has_no_load(tmp_path: Path) -> None:
    values = RunState(RunStatus.FINISHED).values()
    del values["load"]
    (tmp_path / "state.json").write_text(json.dumps(values))
    assert read_state(tmp_path).load is None
