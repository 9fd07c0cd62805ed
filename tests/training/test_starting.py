"""One training at a time on each device."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.templates import TEMPLATES
from builder.training import launcher, starting
from builder.training.devices import Device
from builder.training.new_run import new_run
from builder.training.run_folder import Run, list_runs
from builder.training.run_state import LOCK
from builder.training.settings import TrainingSettings
from builder.training.starting import BusyError, begin, occupant, resolved

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
GPUS = (*CPU, Device("gpu:0", "GPU 0"), Device("gpu:1", "GPU 1"))


@contextmanager
def training(home: Path, device: str) -> Iterator[Run]:
    """A run whose worker seems to live."""
    run = new_run(home, NETWORK, TrainingSettings(device=device))
    with (run.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield run


def test_auto_is_the_first_gpu_or_else_the_cpu() -> None:
    assert resolved("auto", CPU) == "cpu"
    assert resolved("auto", GPUS) == "gpu:0"
    assert resolved("gpu:1", GPUS) == "gpu:1"


@pytest.mark.parametrize(
    ("first", "second", "devices", "taken"),
    [
        ("auto", "cpu", CPU, True),
        ("cpu", "auto", CPU, True),
        ("cpu", "auto", GPUS, False),
        ("auto", "gpu:0", GPUS, True),
        ("gpu:0", "gpu:1", GPUS, False),
        ("gpu:1", "gpu:1", GPUS, True),
    ],
)
def test_a_device_is_taken_by_a_run_that_trains_on_it(
    tmp_path: Path, first: str, second: str, devices: tuple[Device, ...], taken: bool
) -> None:
    with training(tmp_path, first) as run:
        found = occupant(list_runs(tmp_path), second, devices)
    assert (found is not None and found.id == run.id) is taken


def test_a_run_that_was_made_and_never_started_takes_no_device(tmp_path: Path) -> None:
    new_run(tmp_path, NETWORK, TrainingSettings())
    assert occupant(list_runs(tmp_path), "cpu", CPU) is None


def test_a_second_run_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(launcher, "start", lambda run: started.append(run.id))
    with training(tmp_path, "cpu") as first:
        with pytest.raises(BusyError, match="is training on this device") as caught:
            begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
        assert caught.value.run.id == first.id
        assert [run.id for run in list_runs(tmp_path)] == [first.id]
    run = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    assert started == [run.id]
    assert run.document_id == "doc"


def test_what_cannot_be_started_leaves_no_run_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run: Run) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(starting.launcher, "start", fail)
    with pytest.raises(OSError, match="allocate"):
        begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    assert list_runs(tmp_path) == []
