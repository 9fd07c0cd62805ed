"""Trainings of a study that a person deletes: none is trained again unless a person asks for it."""

from collections import Counter
from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.actions import trash
from builder.runs.run_folder import Run, list_runs
from builder.runs.status import RunStatus
from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.conductor import conduct
from builder.studies.deleted import deleted_trainings, deleted_words
from builder.studies.outcome import Results
from builder.studies.report import to_html
from builder.studies.study import Place, Standing, Study, StudyError, Wanted
from tests.studies.fake_trainings import Worker, ask

FIRST = ("base", 0)


def run_at(home: Path, variant: str, seed: int) -> Run:
    """The run of a variant and seed."""
    return next(
        run
        for run in list_runs(home)
        if (place := Place.of(run)) and (place.variant, place.seed) == (variant, seed)
    )


def delete(home: Path, variant: str, seed: int) -> str:
    """Deletes the run of a variant and seed; returns its id."""
    run = run_at(home, variant, seed)
    trash.delete(home, "run", run.id)
    return run.id


def deleting_first(home: Path, worker: Worker) -> None:
    """Has the person delete the first training before the last one starts."""

    def before(_run: Run) -> None:
        if len(worker.started) == 5:
            delete(home, *FIRST)

    worker.before = before


def known(study: Study) -> Results:
    found = study_folder.results(study)
    assert found is not None
    return found


def started(worker: Worker) -> Counter[tuple[str, int]]:
    return Counter((place.variant, place.seed) for place in worker.started)


@pytest.fixture(autouse=True)
def conducted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_launch", lambda made: conduct(made.folder, 0))


def test_what_is_deleted_while_the_study_runs_is_not_trained_again(
    tmp_path: Path, worker: Worker
) -> None:
    study = ask(tmp_path)
    deleting_first(tmp_path, worker)
    conduct(study.folder, 0)
    assert set(started(worker).values()) == {1}
    after = known(study)
    assert (after.standing, after.ended, after.planned) == (Standing.DONE, 6, 6)
    assert after.variants["base"].values == {0: 0.9, 1: pytest.approx(0.901)}
    assert after.comparisons["v001"].differences == pytest.approx({0: 0.4, 1: 0.4})
    (gone,) = deleted_trainings(study, after)
    assert (gone.key, gone.seed, gone.has_result) == ("base", 0, True)
    assert deleted_words((gone,)) == (
        "1 training was deleted: base with seed 0. Its result still counts, its curves are gone.",
    )


def test_a_killed_process_does_not_train_it_again_either(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    deleting_first(tmp_path, worker)
    conduct(study.folder, 0)
    study_folder.want(study, Wanted.RUNNING)  # as after a power cut
    actions.revive(tmp_path)
    assert len(worker.started) == 6
    assert known(study).ended == 6


def test_a_training_deleted_after_the_end_is_told_and_counts(
    tmp_path: Path, worker: Worker
) -> None:
    study = ask(tmp_path)
    conduct(study.folder, 0)
    before = answer(study, known(study))
    run = delete(tmp_path, *FIRST)
    (gone,) = deleted_trainings(study, known(study))
    assert gone.run == run
    assert "1 training was deleted: base with seed 0." in to_html(study, known(study))
    actions.go_on(study, more_seeds=1)
    assert started(worker)[FIRST] == 1
    assert len(worker.started) == 9
    assert answer(study, known(study)) != before  # three seeds now
    assert set(known(study).variants["base"].values) == {0, 1, 2}


def test_restored_it_is_as_if_nothing_had_been(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    deleting_first(tmp_path, worker)
    conduct(study.folder, 0)
    (gone,) = deleted_trainings(study, known(study))
    trash.restore(tmp_path, "run", gone.run)
    assert deleted_trainings(study, known(study)) == ()
    actions.go_on(study)
    assert len(worker.started) == 6


def test_a_person_may_have_it_trained_again(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    conduct(study.folder, 0)
    delete(tmp_path, *FIRST)
    actions.go_on(study, deleted_too=True)
    assert started(worker)[FIRST] == 2
    assert deleted_trainings(study, known(study)) == ()
    assert known(study).ended == 6


def test_deleted_without_a_result_it_is_left_out_until_the_study_is_resumed(
    tmp_path: Path, worker: Worker
) -> None:
    study = ask(tmp_path)
    worker.ends_as = RunStatus.STOPPED

    def before(_run: Run) -> None:
        worker.ends_as = RunStatus.FINISHED if worker.started else RunStatus.STOPPED
        if len(worker.started) == 5:
            delete(tmp_path, *FIRST)

    worker.before = before
    conduct(study.folder, 0)
    assert started(worker)[FIRST] == 1
    after = known(study)
    assert (after.standing, after.ended) == (Standing.DONE, 5)
    assert deleted_words(deleted_trainings(study, after)) == (
        "1 training was deleted before it had a result: base with seed 0. The answer does without "
        "it until it is trained again.",
    )
    actions.go_on(study)
    assert started(worker)[FIRST] == 2
    assert known(study).ended == 6


def test_a_running_study_is_paused_before_deleted_trainings_are_trained_again(
    tmp_path: Path, worker: Worker
) -> None:
    study = ask(tmp_path)
    conduct(study.folder, 0)
    delete(tmp_path, *FIRST)

    def resume(_run: Run) -> None:
        with pytest.raises(StudyError, match="pause it first"):
            actions.go_on(study, deleted_too=True)

    worker.before = resume
    actions.go_on(study, more_seeds=1)
    assert started(worker)[FIRST] == 1
