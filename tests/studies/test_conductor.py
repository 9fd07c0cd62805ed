"""A study's process: killed anywhere it goes on, and nothing is trained twice."""

import fcntl
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from builder.actions import studies as actions
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, list_runs, read
from builder.runs.run_state import LOCK, RunState, read_state, write_state
from builder.runs.status import RunStatus
from builder.scheduler import hosts
from builder.scheduler.starting import begin
from builder.studies import conductor, study_folder, trainings
from builder.studies.conductor import conduct
from builder.studies.results import objective_of
from builder.studies.study import Objective, Place, Standing, Study, StudyError, Wanted
from builder.studies.verdict import Verdict
from builder.training.settings import TrainingSettings
from tests.studies.fake_trainings import CPU, NETWORK, KilledError, Worker, ask


def places(home: Path) -> Counter[Place | None]:
    return Counter(Place.of(run) for run in list_runs(home))


def test_every_variant_is_trained_once_with_each_seed(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    assert conduct(study.folder, 0)
    assert [(place.variant, place.seed) for place in worker.started] == [
        (variant, seed) for seed in (0, 1) for variant in ("base", "v001", "v002")
    ]
    runs = {place.variant: run for run in list_runs(tmp_path) if (place := Place.of(run))}
    assert runs["v001"].settings is not None
    assert runs["v001"].name == f"{NETWORK.name}: without shortcuts"
    known = study_folder.results(study)
    assert known is not None
    assert known.standing is Standing.DONE
    assert (known.ended, known.planned) == (6, 6)
    found = known.comparisons["v001"]
    assert found.mean == pytest.approx(0.4)
    assert found.verdict is Verdict.UNDECIDED
    assert known.variants["base"].runs[1].value == pytest.approx(0.901)


def test_a_finished_study_does_nothing_more(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    conduct(study.folder, 0)
    conduct(study.folder, 0)
    assert len(worker.started) == 6


def test_more_seeds_train_what_is_missing_only(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = ask(tmp_path)
    conduct(study.folder, 0)
    monkeypatch.setattr(actions, "_launch", lambda made: conduct(made.folder, 0))
    more = actions.go_on(study, more_seeds=1)
    assert more.seeds == (0, 1, 2)
    assert len(worker.started) == 9
    assert {place.seed for place in worker.started[6:]} == {2}
    assert set(places(tmp_path).values()) == {1}


@pytest.mark.parametrize("when", ["before", "started", "ended"])
def test_killed_anywhere_it_goes_on(tmp_path: Path, worker: Worker, when: str) -> None:
    """It dies around each start: what was not begun is begun, what was lost is resumed."""
    study = ask(tmp_path)
    for _ in range(2):
        worker.kills.add(when)
        with pytest.raises(KilledError):
            conduct(study.folder, 0)
        worker.kills.clear()
        resumed_one(study, worker)
    conduct(study.folder, 0)
    assert set(places(tmp_path).values()) == {1}
    assert len(places(tmp_path)) == 6
    assert all(run.state.state == "finished" for run in list_runs(tmp_path))


def resumed_one(study: Study, worker: Worker) -> None:
    """Lets the study train one more, and is killed after it."""
    worker.kills.add("ended")
    with pytest.raises(KilledError):
        conduct(study.folder, 0)


def test_a_lost_run_is_resumed_but_not_for_ever(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1)
    worker.ends_as = RunStatus.RUNNING  # and its process is gone: lost
    conduct(study.folder, 0)
    assert set(places(tmp_path).values()) == {1}
    counted = Counter(place.variant for place in worker.started)
    assert set(counted.values()) == {1 + trainings.MOST_RESUMES}
    known = study_folder.results(study)
    assert known is not None
    assert known.variants["base"].runs[0].value is None


def test_a_training_of_a_person_goes_first(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1)
    looks: list[str] = []

    def sleep(_seconds: float) -> None:
        known = study_folder.results(study)
        looks.append(known.standing if known else "")
        if len(looks) == 3:  # the person's training ends
            write_state(single.folder, RunState(RunStatus.FINISHED, epochs=2))

    single = begin(tmp_path, NETWORK, TrainingSettings(epochs=2), "", CPU)
    write_state(single.folder, RunState(RunStatus.QUEUED, epochs=2))
    (single.folder / PROCESS).unlink()
    write_json(single.folder / "ticket.json", {"number": 1, "before": None})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conductor.time, "sleep", sleep)
        conduct(study.folder, 0)
    assert looks[:3] == [Standing.WAITING] * 3
    assert len(worker.started) == 3


def test_on_a_cluster_several_train_at_a_time(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hosts.MOST_RUNS, "3")
    monkeypatch.setattr(hosts, "require", lambda settings: None)
    study = ask(tmp_path, run_on="ray://head.example.org:10001")
    training: list[tuple[Path, IO[str]]] = []
    counts: list[int] = [0]

    def begin_training(run: Run) -> None:
        training.append((run.folder, (run.folder / LOCK).open("w")))
        fcntl.flock(training[-1][1], fcntl.LOCK_EX)

    def sleep(_seconds: float) -> None:
        counts.append(len(training))
        if counts[-1] == counts[-2]:  # no other one starts
            folder, lock = training.pop(0)
            write_state(folder, RunState(RunStatus.FINISHED, epochs=2, epoch=2))
            lock.close()

    worker.before, worker.ends_as = begin_training, RunStatus.RUNNING
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conductor.time, "sleep", sleep)
        conduct(study.folder, 0)
    assert max(counts) == 3
    assert set(places(tmp_path).values()) == {1}
    known = study_folder.results(study)
    assert known is not None
    assert (known.standing, known.ended) == (Standing.DONE, 6)


def test_a_paused_study_pauses_its_run_and_goes_on_with_it(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = ask(tmp_path, seeds=1)
    worker.ends_as = RunStatus.PAUSED
    worker.before = lambda run: study_folder.want(study, Wanted.PAUSED)
    conduct(study.folder, 0)
    assert [run.state.state for run in list_runs(tmp_path)] == ["paused"]
    known = study_folder.results(study)
    assert known is not None
    assert (known.standing, known.ended) == (Standing.PAUSED, 0)
    worker.ends_as = RunStatus.FINISHED
    worker.before = lambda run: None
    monkeypatch.setattr(actions, "_launch", lambda made: conduct(made.folder, 0))
    actions.go_on(study)
    assert set(places(tmp_path).values()) == {1}
    assert all(run.state.state == "finished" for run in list_runs(tmp_path))


def test_what_a_person_stopped_is_left_out(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1)
    worker.ends_as = RunStatus.STOPPED
    conduct(study.folder, 0)
    assert len(worker.started) == 3
    known = study_folder.results(study)
    assert known is not None
    assert known.standing is Standing.DONE
    assert known.comparisons["v001"].mean is None


def test_data_that_are_gone_are_told_and_the_study_ends(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1)
    file = study.folder / study_folder.STUDY
    values = json.loads(file.read_text())
    values["settings"]["dataset"] = f"own:{'0' * 16}"
    file.write_text(json.dumps(values))
    conduct(study.folder, 0)
    assert worker.started == []
    known = study_folder.results(study)
    assert known is not None
    assert [refused.variant for refused in known.refused] == ["base", "v001", "v002"]
    assert "own images" in known.refused[0].message


def test_two_processes_do_not_conduct_one_study(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = ask(tmp_path, seeds=1)
    monkeypatch.setattr(conductor, "_PATIENCE", 0.05)
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(study.folder / study_folder.LOCK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    other.stdout.readline()
    assert study_folder.is_conducted(study)
    assert not conduct(study.folder, 0)
    other.communicate()
    assert worker.started == []


def test_a_study_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    study = ask(tmp_path)
    assert study_folder.find(tmp_path, study.id[:15]) == study
    with pytest.raises(StudyError, match="does not exist"):
        study_folder.find(tmp_path, "nothing")
    with pytest.raises(StudyError):
        study_folder.find(tmp_path, "")


def test_what_was_asked_comes_back_as_it_was(tmp_path: Path) -> None:
    study = ask(tmp_path, objective=Objective("val_loss", at="best"))
    again = study_folder.read(study.folder)
    assert again == study
    assert [one.architecture for one in again.variants] == [
        one.architecture for one in study.variants
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda values: values | {"version": 99},
        lambda values: values | {"factors": [{"kind": "nothing"}]},
        lambda values: values | {"choices": [[[7, True]]]},
        lambda values: values | {"seeds": []},
        lambda values: {name: value for name, value in values.items() if name != "settings"},
        lambda values: values | {"architecture": 3},
    ],
)
def test_a_damaged_study_is_told_and_hides_no_other(
    tmp_path: Path, damage: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    study, other = ask(tmp_path), ask(tmp_path, seeds=1)
    file = study.folder / study_folder.STUDY
    file.write_text(json.dumps(damage(json.loads(file.read_text()))))
    assert [found.id for found in study_folder.list_studies(tmp_path)] == [other.id]
    assert [name for name, _ in study_folder.damaged(tmp_path)] == [study.id]


def test_the_objective_of_a_training(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1)
    conduct(study.folder, 0)
    from builder.runs.metrics import MetricsReader

    run = next(run for run in list_runs(tmp_path) if Place.of(run) == worker.started[0])
    epochs = MetricsReader(read(run.folder).folder).epochs()
    assert objective_of(epochs, Objective()) == pytest.approx(0.9)
    assert objective_of(epochs, Objective("loss")) == 0.4
    assert objective_of(epochs, Objective("val_loss")) is None
    assert objective_of((), Objective()) is None
    falling = [replace(epochs[0], epoch=2), replace(epochs[1], epoch=1)]
    assert objective_of(falling, Objective(at="best")) == pytest.approx(0.9)
    assert objective_of(falling, Objective()) == pytest.approx(0.8)
    assert read_state(run.folder).state == "finished"


def test_a_study_without_its_process_is_found_and_one_that_is_done_is_not(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, orphan, paused = (ask(tmp_path, seeds=1) for _ in range(3))
    conduct(done.folder, 0)
    study_folder.want(paused, Wanted.PAUSED)
    launched: list[str] = []
    monkeypatch.setattr(actions, "_launch", lambda study: launched.append(study.id))
    (orphan.folder / "log.txt").touch()
    assert [study.id for study in actions.revive(tmp_path)] == [orphan.id] == launched


def test_seeds_that_are_asked_at_the_last_moment_are_trained(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = ask(tmp_path, seeds=1)
    asked: list[Study] = []

    def want(old: Study, wish: Wanted) -> None:
        if wish is Wanted.DONE and not asked:
            asked.append(study_folder.add_seeds(old, 1))
        study_folder.want(old, wish)

    monkeypatch.setattr(conductor, "want", want)
    conduct(study.folder, 0)
    assert len(worker.started) == 6
    assert study_folder.wanted(study) is Wanted.DONE
