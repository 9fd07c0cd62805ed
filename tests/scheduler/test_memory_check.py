"""The memory that a training finds when its turn comes."""

from dataclasses import replace
from pathlib import Path

import pytest

from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.run_folder import list_runs, read
from builder.runs.run_state import STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import warm
from builder.scheduler.memory_check import memory_obstacle, when_its_turn_comes
from builder.scheduler.new_run import new_run
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from tests.components.fake_run import LOAD, FakeRun

GB = 10**9
AUTO = Device("auto", "Automatic")
MACHINE = (AUTO, Device("cpu", "CPU", 16 * GB, 15 * GB))
CARDS = (*MACHINE, Device("gpu:0", "GPU", 8 * GB, 7 * GB), Device("gpu:1", "GPU", 8 * GB, 6 * GB))
NETWORK = TEMPLATES["small_residual"].architecture


def free(machine: tuple[Device, ...]) -> dict[str, int]:
    return {device.id: device.free for device in machine if device.id != "auto"}


def test_what_the_run_before_holds_is_free_then(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as fake:
        fake.load = replace(LOAD, memory=5 * GB)
        fake.state("running")
        assert free(when_its_turn_comes(MACHINE, list_runs(tmp_path), "auto")) == {"cpu": 6 * GB}
        fake.end()
        assert when_its_turn_comes(MACHINE, list_runs(tmp_path), "auto") == MACHINE


def test_a_card_is_taken_for_empty_once_our_run_has_left_it(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as fake:
        fake.load = replace(LOAD, memory=GB)
        fake.state("running")
        found = free(when_its_turn_comes(CARDS, list_runs(tmp_path), "gpu:0"))
        assert found == {"cpu": 2 * GB, "gpu:0": 8 * GB, "gpu:1": 2 * GB}
        assert when_its_turn_comes(CARDS, list_runs(tmp_path), "gpu:1") == CARDS


def test_the_worker_that_waits_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm.WarmWorkers, "held_bytes", lambda _: 2 * GB)
    assert free(when_its_turn_comes(MACHINE, [], "cpu")) == {"cpu": 3 * GB}


def test_without_a_waiting_worker_nothing_is_held() -> None:
    assert warm.WarmWorkers().held_bytes() == 0


def test_a_run_is_resumed_where_its_memory_is_there(tmp_path: Path) -> None:
    run = new_run(tmp_path, NETWORK, TrainingSettings(batch_size=1024))
    write_json(run.folder / STATE, RunState(RunStatus.LOST).values())
    finding = memory_obstacle(read(run.folder), [], MACHINE)
    assert finding is not None
    assert (finding.level, finding.can_be_forced) == ("error", True)
    assert memory_obstacle(read(run.folder), [], (AUTO, replace(MACHINE[1], memory_used=0))) is None


def test_of_a_run_that_cannot_be_read_its_worker_says_more(tmp_path: Path) -> None:
    run = new_run(tmp_path, NETWORK, TrainingSettings())
    (run.folder / "architecture.json").write_text("{")
    assert memory_obstacle(read(run.folder), [], MACHINE) is None
    (run.folder / "config.json").write_text("{")
    assert memory_obstacle(read(run.folder), [], MACHINE) is None
