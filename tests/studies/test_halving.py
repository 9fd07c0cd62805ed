"""Successive halving: few epochs first, the best go on, and none of it is lost or done twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.actions import trash
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_folder import Run, current_settings, list_runs, read
from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.scheduler import launcher
from builder.studies import study_folder
from builder.studies.candidates import Origin
from builder.studies.conductor import conduct
from builder.studies.naming import read_factor
from builder.studies.strategies import RandomSearch, SearchStrategy, Tpe
from builder.studies.study import Place, Question, Standing, Study, StudyError, Wanted
from builder.training.schedules import CosineDecay
from builder.training.settings import TrainingSettings
from tests.studies.fake_trainings import KilledError, Worker
from tests.studies.search_cases import NETWORK, VARIED, accuracy_of

EPOCHS = 9
SETTINGS = TrainingSettings(epochs=EPOCHS)


class Trainings:
    """Stands for trainings that get better with each epoch, from where they were."""

    def __init__(self) -> None:
        self.epochs: list[tuple[str, int, int]] = []
        self.kills: set[int] = set()
        self.before: Callable[[], None] = lambda: None

    def start(self, run: Run, _ended: object = None) -> int:
        self.before()
        settings = current_settings(read(run.folder))
        place = Place.of(run)
        assert settings is not None
        assert place is not None
        before = run.state.epoch
        self.epochs.append((place.variant, before, settings.epochs))
        with MetricsWriter(run.folder, 1, 32, 32) as metrics:
            for epoch in range(before + 1, settings.epochs + 1):
                value = accuracy_of(run) - 0.1 / epoch
                metrics.add_epoch(epoch, {"loss": 0.5, "val_accuracy": value})
        done = RunState(RunStatus.FINISHED, epochs=settings.epochs, epoch=settings.epochs)
        write_state(run.folder, done)
        if len(self.epochs) in self.kills:
            raise KilledError
        return 2**22 - 1


@pytest.fixture
def trainings(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Trainings:
    made = Trainings()
    monkeypatch.setattr(launcher, "start", made.start)
    return made


def planned(strategy: SearchStrategy, *texts: str, settings: TrainingSettings = SETTINGS) -> Study:
    factors = [read_factor(text, NETWORK) for text in texts or VARIED]
    return actions.plan(
        NETWORK, settings, factors, [0], question=Question.SEARCH, strategy=strategy
    )


def test_the_best_go_on_and_the_others_are_left(tmp_path: Path, trainings: Trainings) -> None:
    study = study_folder.create(tmp_path, planned(Tpe(12, fresh_seeds=1, halving=True)))
    conduct(study.folder, 0)
    check(study, tmp_path)
    candidates = [each for each in trainings.epochs if each[0][0] in "sr"]
    starts = [each for each in candidates if each[1:] == (0, 1)]
    assert len(starts) == 24
    assert len([each for each in candidates if each[1:] == (1, 3)]) <= 14
    assert 2 <= len([each for each in candidates if each[1:] == (3, 9)]) <= 8
    spent = sum(end - begin for variant, begin, end in trainings.epochs if variant != "base")
    assert spent < 24 * EPOCHS / 2


def test_killed_between_two_rungs_it_goes_on(tmp_path: Path, trainings: Trainings) -> None:
    study = study_folder.create(tmp_path, planned(RandomSearch(6, fresh_seeds=1, halving=True)))
    trainings.kills = set(range(1, 40, 2))
    while study_folder.wanted(study) is not Wanted.DONE:
        try:
            conduct(study.folder, 0)
        except KilledError:
            continue
    check(study, tmp_path)


def check(study: Study, home: Path) -> None:
    """No epoch was trained twice, and a winner has all of them, with fresh seeds as well."""
    known = study_folder.results(study)
    now = study_folder.read(study.folder)
    assert known is not None
    counted = Counter(each.origin for each in now.progress.candidates)
    searches = list(Origin) if now.search.has_random_beside else [Origin.SEARCH]
    assert counted == dict.fromkeys(searches, now.search.trials)
    assert set(Counter(Place.of(run) for run in list_runs(home)).values()) == {1}
    for variant in known.variants.values():
        for run in variant.runs.values():
            assert run.epochs in (1, 3, 9)
    winner = known.variants[known.winners[0]]
    assert {run.epochs for run in (*winner.runs.values(), *winner.fresh.values())} == {EPOCHS}


@pytest.mark.parametrize(
    ("epochs", "rungs"), [(1, (1,)), (2, (1, 2)), (9, (1, 3, 9)), (20, (2, 6, 20)), (4, (1, 4))]
)
def test_rungs_lie_a_third_apart(epochs: int, rungs: tuple[int, ...]) -> None:
    assert Tpe(halving=True).rungs(epochs) == rungs
    assert Tpe().rungs(epochs) == (epochs,)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (replace(SETTINGS, schedule=CosineDecay()), VARIED[0]),
        (replace(SETTINGS, patience=3), VARIED[0]),
        (SETTINGS, "epochs=2,4"),
    ],
)
def test_halving_is_refused_where_going_on_is_another_training(
    settings: TrainingSettings, text: str
) -> None:
    with pytest.raises(StudyError, match="halving is not possible"):
        planned(Tpe(halving=True), text, settings=settings)
    assert planned(Tpe(), text, settings=settings)


def test_a_candidate_that_was_deleted_does_not_go_on(tmp_path: Path, trainings: Trainings) -> None:
    study = study_folder.create(tmp_path, planned(Tpe(4, fresh_seeds=1, halving=True)))

    def delete_what_goes_on() -> None:
        epochs = Counter(variant for variant, _, _ in trainings.epochs)
        going_on = [variant for variant, number in epochs.items() if number > 1]
        for run in list_runs(tmp_path) if not deleted else ():
            place = Place.of(run)
            if place is not None and place.variant in going_on:
                deleted.append(place.variant)
                trash.delete(tmp_path, "run", run.id)

    deleted: list[str] = []
    trainings.before = delete_what_goes_on
    conduct(study.folder, 0)
    assert deleted
    starts = Counter(variant for variant, before, _ in trainings.epochs if not before)
    assert set(starts.values()) <= {1, 2}
    assert all(starts[variant] == 1 for variant in deleted)
    known = study_folder.results(study)
    assert known is not None
    assert known.standing is Standing.DONE
