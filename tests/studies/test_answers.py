"""What is said of a study as a whole, and how long it still takes."""

from pathlib import Path

import pytest

from builder.actions.study_request import StudyRequest, first_request, plan
from builder.runs.status import RunStatus
from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.conductor import conduct
from builder.studies.factor import Subject
from builder.studies.outcome import Results, RunOutcome, VariantOutcome
from builder.studies.study import Question, Standing, Study
from builder.studies.time_left import seconds_left
from builder.studies.verdict import Comparison, Verdict
from builder.training.settings import TrainingSettings
from tests.studies.fake_trainings import NETWORK, Worker, ask

BASE = Subject(NETWORK, TrainingSettings(epochs=2))


def known_of(request: StudyRequest, home: Path) -> tuple[Study, Results]:
    study = study_folder.create(home, plan(request, BASE))
    conduct(study.folder, 0)
    known = study_folder.results(study)
    assert known is not None
    return study, known


def comparison(verdict: Verdict, mean: float, seeds: int = 6) -> Comparison:
    differences = dict.fromkeys(range(seeds), mean)
    return Comparison(differences, mean, mean - 0.01, mean + 0.01, 0.03, 0.03, verdict, 8)


def results(**comparisons: Comparison) -> Results:
    one = {0: RunOutcome("run", RunStatus.FINISHED, value=0.9)}
    rows = {key: VariantOutcome(f"without {key}", runs=one) for key in ("base", *comparisons)}
    return Results(Standing.DONE, variants=rows, comparisons=comparisons)


def test_the_largest_difference_comes_first_and_what_shows_none_is_told_apart(
    tmp_path: Path,
) -> None:
    study = ask(tmp_path)
    known = results(
        dropout=comparison(Verdict.BETTER_WITHOUT, -0.02),
        shortcuts=comparison(Verdict.WORTH, 0.05),
        normalization=comparison(Verdict.NOT_DISTINGUISHABLE, 0.001),
        activations=comparison(Verdict.INCONCLUSIVE, 0.02),
    )
    first, second, third = answer(study, known)
    assert first.startswith("Without shortcuts – worth 5.0 points")
    assert "without dropout – better by 2.0 points than the base" in first
    assert second == "Not distinguishable from the base: without normalization."
    assert third == "More seeds may tell what is still open: without activations."


def test_too_few_seeds_are_no_answer(tmp_path: Path) -> None:
    study = ask(tmp_path)
    open_one = comparison(Verdict.UNDECIDED, 0.02, seeds=3)
    assert answer(study, results(dropout=open_one)) == (
        "Nothing can be decided with 3 seeds; 8 would do.",
    )
    both = results(dropout=open_one, shortcuts=comparison(Verdict.WORTH, 0.05))
    assert answer(study, both)[1] == "The rest cannot be decided with 3 seeds; 8 would do."


def test_nothing_is_said_before_there_is_a_result(tmp_path: Path) -> None:
    study = ask(tmp_path)
    assert answer(study, None) == ("Nothing can be said yet.",)
    assert answer(study, Results(Standing.RUNNING)) == ("Nothing can be said yet.",)


def test_depths_are_compared_by_training_error(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy_of_training = 0.9
    study, known = known_of(StudyRequest(Question.DEGRADATION, seeds=1), tmp_path)
    assert answer(study, known)[0] == (
        "Training error by depth: without shortcuts 10.0 % at 1×, 10.0 % at 3×; "
        "with them 10.0 % at 1×, 10.0 % at 3×."
    )


def test_the_best_value_is_named_with_what_it_is_worth(tmp_path: Path, worker: Worker) -> None:
    request = StudyRequest(Question.SWEEP, vary=("batch_size=16,32",), seeds=1)
    study, known = known_of(request, tmp_path)
    first, second = answer(study, known)
    assert first == "Best val_accuracy of the last epoch: base with 90.0 %."
    assert second.startswith("The best of 2 is a little too good")


def test_the_best_factors_of_a_scaling_are_named(tmp_path: Path, worker: Worker) -> None:
    request = first_request(Question.SCALING, BASE)
    study, known = known_of(request, tmp_path)
    assert answer(study, known)[0].startswith("Best at φ = 1: α ")


@pytest.mark.parametrize(("ended", "left"), [(0, None), (1, 50.0), (4, 20.0)])
def test_the_time_that_is_left_follows_from_what_trainings_took(
    ended: int, left: float | None
) -> None:
    plans = [(key, seed) for seed in range(3) for key in ("base", "other")]
    rows: dict[str, dict[int, RunOutcome]] = {"base": {}, "other": {}}
    for key, seed in plans[:ended]:
        rows[key][seed] = RunOutcome("run", RunStatus.FINISHED, value=0.9, seconds=10)
    variants = {key: VariantOutcome(key, runs=runs) for key, runs in rows.items()}
    variants["broken"] = VariantOutcome("broken", problem="it is broken")
    known = Results(Standing.RUNNING, variants=variants, seeds=(0, 1, 2))
    assert seconds_left(known) == left
