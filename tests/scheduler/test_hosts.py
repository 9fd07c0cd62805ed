"""Where runs go: what a cluster takes, and how many runs at a time."""

import fcntl
import importlib.util
from contextlib import ExitStack
from pathlib import Path

import pytest

from builder.actions.training import preflight
from builder.gallery import TEMPLATES
from builder.runs.changes import Change, add_change
from builder.runs.run_folder import Run, RunError, current_settings, list_runs, read
from builder.runs.run_state import LOCK
from builder.scheduler import hosts, queue
from builder.scheduler.memory_check import memory_obstacle
from builder.scheduler.new_run import new_run
from builder.scheduler.occupancy import device_of, is_taken, occupant, startable
from builder.scheduler.resuming import prepare
from builder.scheduler.starting import begin
from builder.system.devices import Device
from builder.system.errors import ParameterError
from builder.training.settings import TrainingSettings

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
CLUSTER = "ray://head.example.org:10001"
ELSEWHERE = TrainingSettings(run_on=CLUSTER)


@pytest.fixture
def ray_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    _set_ray(monkeypatch, is_there=True)


def _set_ray(monkeypatch: pytest.MonkeyPatch, *, is_there: bool) -> None:
    usual = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> object:
        if name == "ray":
            return object() if is_there else None
        return usual(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)


def train(run: Run, held: ExitStack) -> None:
    """Has a run look as if it trained."""
    lock = held.enter_context((run.folder / LOCK).open("w"))
    fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.mark.parametrize(
    "place", ["local", CLUSTER, "ray://10.0.0.7:10001", "ray://[fe80::1]:10001"]
)
def test_a_training_runs_here_or_on_a_cluster(place: str) -> None:
    settings = TrainingSettings.create({"run_on": place})
    assert settings.is_local is (place == "local")
    assert settings.place == ("auto" if place == "local" else place)


@pytest.mark.parametrize(
    "place", ["", "here", "ray://", "ray://head", "http://head:10001", "ray://a b:1", "ray://h:1/x"]
)
def test_any_other_place_is_refused(place: str) -> None:
    with pytest.raises(ParameterError, match="a Ray cluster's address such as"):
        TrainingSettings.create({"run_on": place})


@pytest.mark.usefixtures("ray_is_there")
def test_the_script_does_not_depend_on_where_it_runs(tmp_path: Path) -> None:
    here, there = (
        new_run(tmp_path, NETWORK, settings) for settings in (TrainingSettings(), ELSEWHERE)
    )
    ours, theirs = ((run.folder / "train.py").read_text() for run in (here, there))
    assert ours == theirs


def test_a_run_for_a_cluster_is_refused_without_ray_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_ray(monkeypatch, is_there=False)
    with pytest.raises(RunError, match="Ray is not installed; pip install -r requirements-ray"):
        begin(tmp_path, NETWORK, ELSEWHERE, "", CPU)
    assert list_runs(tmp_path) == []


@pytest.mark.usefixtures("ray_is_there")
def test_own_images_do_not_go_to_a_cluster() -> None:
    own = TrainingSettings(dataset="own:" + "0" * 16, run_on=CLUSTER)
    with pytest.raises(RunError, match="which are on this machine only"):
        hosts.require(own)


@pytest.mark.usefixtures("ray_is_there")
def test_a_cluster_takes_several_runs_and_this_machine_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hosts.MOST_RUNS, "2")
    with ExitStack() as held:
        train(new_run(tmp_path, NETWORK, TrainingSettings()), held)
        assert is_taken(list_runs(tmp_path), "auto", CPU)
        assert not is_taken(list_runs(tmp_path), CLUSTER, CPU)
        for is_full in (False, True):
            train(new_run(tmp_path, NETWORK, ELSEWHERE), held)
            assert is_taken(list_runs(tmp_path), CLUSTER, CPU) is is_full
            assert (occupant(list_runs(tmp_path), CLUSTER, CPU) is not None) is is_full


@pytest.mark.usefixtures("ray_is_there")
def test_runs_that_wait_for_a_cluster_start_up_to_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hosts.MOST_RUNS, "3")
    with ExitStack() as held:
        train(new_run(tmp_path, NETWORK, ELSEWHERE), held)
        waiting = [new_run(tmp_path, NETWORK, ELSEWHERE) for _ in range(4)]
        for run in waiting:
            queue.join(tmp_path, run)
        assert is_taken(list_runs(tmp_path), CLUSTER, CPU), "who waits goes first"
        ready = startable(list_runs(tmp_path), CPU)
    assert [run.id for run in ready] == [run.id for run in waiting[:2]]


@pytest.mark.parametrize(("given", "number"), [("", 8), ("3", 3), ("0", 1), ("many", 8)])
def test_the_number_of_runs_on_a_cluster(
    monkeypatch: pytest.MonkeyPatch, given: str, number: int
) -> None:
    monkeypatch.setenv(hosts.MOST_RUNS, given)
    assert hosts.num_places(CLUSTER) == number
    assert hosts.num_places("gpu:0") == 1


@pytest.mark.usefixtures("ray_is_there")
def test_a_run_may_go_on_elsewhere(tmp_path: Path) -> None:
    run = new_run(tmp_path, NETWORK, ELSEWHERE)
    assert device_of(run, CPU) == CLUSTER
    prepare(run, run_on="local")
    moved = read(run.folder)
    assert current_settings(moved) == TrainingSettings()
    assert device_of(moved, CPU) == "cpu"
    assert moved.changes[0].run_on == "local"
    with pytest.raises(ParameterError, match="a Ray cluster's address"):
        prepare(moved, run_on="there")
    add_change(run.folder, Change(time=0.0, epoch=0, batch=0, run_on=CLUSTER))
    assert device_of(read(run.folder), CPU) == CLUSTER


@pytest.mark.usefixtures("ray_is_there")
def test_this_machine_is_not_measured_for_a_training_elsewhere(tmp_path: Path) -> None:
    full = (CPU[0], Device("cpu", "CPU", 10**6, 10**6))
    here = preflight(tmp_path, NETWORK, TrainingSettings(), full, [], None)
    there = preflight(tmp_path, NETWORK, ELSEWHERE, full, [], None)
    assert not here.check.ok
    assert there.check.ok
    assert there.time is None
    assert memory_obstacle(new_run(tmp_path, NETWORK, TrainingSettings()), [], full) is not None
    assert memory_obstacle(new_run(tmp_path, NETWORK, ELSEWHERE), [], full) is None
