"""Searches: what they propose, what is never trained, and what a killed process does not lose."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.gallery.template import block, stack
from builder.runs.run_folder import Run, list_runs
from builder.studies import study_folder
from builder.studies.asked import Place, Question, Standing, Study
from builder.studies.candidates import Origin
from builder.studies.conductor import conduct
from builder.studies.naming import read_factor
from builder.studies.outcome import Results
from builder.studies.strategies import Evolution, Nsga2, RandomSearch, SearchStrategy, Tpe
from builder.studies.variants import BASE, Budget
from builder.training.settings import TrainingSettings
from tests.studies.fake_trainings import Worker

NETWORK = stack(
    "small",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling", 1 / 16),
    block("conv_bn_relu", 8),
    block("conv_bn_relu", 16),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)
FIRST, SECOND = NETWORK.nodes[2].id, NETWORK.nodes[3].id
VARIED = (f"{FIRST}.filters=4..64", f"{SECOND}.filters=4..64", "learning_rate=log:1e-4..1e-1")
BEST_FILTERS = 40


def accuracy_of(run: Run) -> float:
    """Best with 40 filters in the first layer, and a little better with more in the second."""
    facts = run.facts
    assert run.settings is not None
    return 1 - abs(facts["params"] - 6_000) / 100_000 - abs(run.settings.learning_rate - 0.01)


def search(
    home: Path, strategy: SearchStrategy, budget: Budget | None = None, *texts: str
) -> Study:
    factors = [read_factor(text, NETWORK) for text in texts or VARIED]
    planned = actions.plan(
        NETWORK,
        TrainingSettings(epochs=2),
        factors,
        [3],
        question=Question.SEARCH,
        budget=budget,
        strategy=strategy,
    )
    return study_folder.create(home, planned)


def finished(study: Study) -> tuple[Study, Results]:
    conduct(study.folder, 0)
    known = study_folder.results(study)
    assert known is not None
    assert known.standing is Standing.DONE
    return study_folder.read(study.folder), known


def test_the_app_imports_neither_optuna_nor_scipy() -> None:
    code = (
        "import sys, builder.actions.studies, builder.studies.figures, builder.command_line\n"
        "sys.exit(bool({'optuna', 'scipy'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "strategy",
    [
        Tpe(6, fresh_seeds=2),
        Nsga2(6, fresh_seeds=2, population=3),
        Evolution(6, fresh_seeds=2, population=3, tournament=2),
        RandomSearch(6, fresh_seeds=2),
    ],
    ids=lambda strategy: strategy.kind,
)
def test_a_search_trains_what_it_proposes_and_its_winner_again(
    tmp_path: Path, worker: Worker, strategy: SearchStrategy
) -> None:
    worker.accuracy = accuracy_of
    study, known = finished(search(tmp_path, strategy))
    origins = Counter(each.origin for each in study.progress.candidates)
    searches = [Origin.SEARCH, Origin.RANDOM] if strategy.has_random_beside else [Origin.SEARCH]
    assert origins == dict.fromkeys(searches, 6)
    assert set(Counter(Place.of(run) for run in list_runs(tmp_path)).values()) == {1}
    best = max(
        (each for each in known.variants.values() if each.origin is Origin.SEARCH),
        key=lambda each: each.mean or 0,
    )
    assert known.variants[known.winners[0]] == best
    assert list(best.fresh) == [4, 5] == list(known.variants[BASE].fresh)
    assert set(known.comparisons) == set(known.winners)
    assert known.ended == known.planned == len(worker.started)


def test_nothing_above_the_budget_is_trained(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy = accuracy_of
    study, known = finished(search(tmp_path, Tpe(10, fresh_seeds=1), Budget(params=5_000)))
    assert len(study.progress.candidates) == 20
    assert known.rejected[Origin.SEARCH] > 0
    assert all(run.facts["params"] <= 5_000 for run in list_runs(tmp_path))
    assert len(worker.started) == known.ended


def test_a_space_that_is_used_up_ends_the_search(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy = accuracy_of
    strategy = Tpe(50, fresh_seeds=1)
    study, known = finished(search(tmp_path, strategy, None, f"{FIRST}.filters=8,12,16"))
    trained = {variant.key for variant in study.trained}
    assert len(trained) == 3
    assert study.progress.is_over
    assert known.ended == known.planned
