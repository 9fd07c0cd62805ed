"""Searches: what they propose, what is never trained, and what a killed process does not lose."""

import contextlib
import os
import subprocess
import sys
from collections import Counter
from itertools import accumulate, count
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from builder.actions import studies as actions
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.candidates import Origin
from builder.studies.conductor import conduct
from builder.studies.journal import JOURNAL
from builder.studies.outcome import Results
from builder.studies.search_figures import accuracy_against_cost
from builder.studies.strategies import Evolution, Nsga2, RandomSearch, SearchStrategy, Tpe
from builder.studies.study import Place, Standing, Study, StudyError, Wanted
from builder.studies.variants import BASE, Budget
from builder.studies.winners import pareto_front
from tests.studies.fake_trainings import KilledError, Worker, ask
from tests.studies.killable_study import begin
from tests.studies.search_cases import FIRST, SECOND, accuracy_of, search

ROOT = Path(__file__).parents[2]


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
    levels = [each.levels for each in study.progress.candidates]
    assert len(set(levels)) == len(levels)  # they do not draw the same
    best = max(
        (each for each in known.variants.values() if each.origin is Origin.SEARCH),
        key=lambda each: each.mean or 0,
    )
    assert known.variants[known.winners[0]] == best
    assert list(best.fresh) == [4, 5] == list(known.variants[BASE].fresh)
    assert set(known.comparisons) == {*known.winners, *known.front}
    assert known.ended == known.planned == len(worker.started)


def test_the_front_of_two_objectives_is_trained_again(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy = accuracy_of
    planned = search(tmp_path, Nsga2(12, front=3, fresh_seeds=2, population=4))
    assert planned.planned == 24 + 1 + (3 + 1 + 1) * 2
    study, known = finished(planned)
    candidates = {key: each for key, each in known.variants.items() if each.origin}
    costs = {key: each.params or 0 for key, each in candidates.items()}
    front = pareto_front(candidates, costs, higher_is_better=True)
    assert len(front) > 3
    again = {*known.winners, *known.front}
    assert {front[0], front[-1]} < again
    assert set(known.front) < set(front)
    assert len(again) <= 4
    fresh = {key for key, each in known.variants.items() if list(each.fresh) == [4, 5]}
    assert fresh == {BASE, *again}
    assert set(known.comparisons) == again
    told = " ".join(answer(study, known))
    assert f"Front with fresh seeds, of {len(again)} candidates that had them: " in told
    assert f"{known.variants[front[0]].title} with " in told
    stars = {one.name: one for one in accuracy_against_cost(study, known).data}
    assert len(stars["front, fresh seeds"].x) == len(known.front)


def test_a_base_over_the_budget_is_what_the_winner_is_compared_with(
    tmp_path: Path, worker: Worker
) -> None:
    """On fresh seeds alone: as a candidate it is left out."""
    worker.accuracy = accuracy_of
    planned = search(tmp_path, Tpe(4, fresh_seeds=7), Budget(params=1_000))
    assert planned.base is not None
    assert planned.base.params == 1_490
    assert planned.compared == 2
    assert planned.planned == 8 + 3 * 7
    study, known = finished(planned)
    over = {Place.of(run) for run in list_runs(tmp_path) if run.facts["params"] > 1_000}
    assert over == {Place(study.id, BASE, seed) for seed in study.fresh_seeds}
    base = known.variants[BASE]
    assert base.obstacle == "trained with fresh seeds only: 1,490 params, the budget allows 1,000"
    assert (base.mean, len(base.fresh_values)) == (None, 7)
    assert known.comparisons[known.winners[0]].p is not None
    assert known.ended == known.planned
    assert "The base is over the budget itself" in answer(study, known)[-1]


def test_blocks_repeats_and_cells_are_searched_for(tmp_path: Path, worker: Worker) -> None:
    texts = (
        f"{FIRST}.block=conv_bn_relu,Conv2D,SeparableConv2D",
        f"{FIRST}.repeat=1..3",
        f"{SECOND}.cell=2",
    )
    strategy = Evolution(12, population=3, tournament=2, fresh_seeds=0, random_beside=False)
    study, _ = finished(search(tmp_path, strategy, None, *texts))
    networks = [variant.architecture for variant in study.trained[1:] if variant.architecture]
    nodes = [{node.id: node for node in network} for network in networks]
    assert {each[FIRST].block.type_name() for each in nodes} >= {"Conv2D", "SeparableConv2D"}
    assert {each[FIRST].repeat for each in nodes} == {1, 2, 3}
    assert {each[SECOND].block.type_name() for each in nodes} == {"searched_cell"}


def test_a_search_that_is_over_goes_on_with_more(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.accuracy = accuracy_of
    monkeypatch.setattr(actions, "_launch", lambda made: conduct(made.folder, 0))
    study, _ = finished(search(tmp_path, Tpe(3, fresh_seeds=1)))
    before = study.progress.candidates
    actions.go_on(study, more_seeds=2, more_trials=2)
    now, known = study_folder.read(study.folder), study_folder.results(study)
    assert known is not None
    assert now.progress.candidates[: len(before)] == before
    assert len(now.progress.candidates) == 2 * 5
    assert list(known.variants[known.winners[0]].fresh) == [4, 5, 6]
    assert known.standing is Standing.DONE
    assert set(Counter(Place.of(run) for run in list_runs(tmp_path)).values()) == {1}


def test_what_is_no_search_gets_no_candidates(tmp_path: Path) -> None:
    study = ask(tmp_path)
    with pytest.raises(StudyError, match="searches for nothing"):
        actions.go_on(study, more_trials=1)
    assert study_folder.read(study.folder) == study


def test_the_journal_is_one_that_optuna_opens_by_itself(tmp_path: Path, worker: Worker) -> None:
    """As optuna-dashboard does."""
    worker.accuracy = accuracy_of
    study, _ = finished(search(tmp_path, Tpe(4, fresh_seeds=1), Budget(params=9_000)))
    storage = JournalStorage(JournalFileBackend(str(study.folder / JOURNAL)))
    for origin in Origin:
        opened = optuna.load_study(study_name=origin, storage=storage)
        told = [trial for trial in opened.trials if trial.state is TrialState.COMPLETE]
        assert len(told) == 4
        assert opened.best_value == max(trial.value or 0 for trial in told)
        assert set(told[0].params) == {factor.name for factor in study.factors}


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
    assert Counter(each.origin for each in study.progress.candidates) == dict.fromkeys(Origin, 3)
    assert study.progress.is_over
    assert known.ended == known.planned


@pytest.mark.parametrize("strategy", [Tpe(4, fresh_seeds=1), Nsga2(4, fresh_seeds=1)])
def test_killed_anywhere_a_search_goes_on(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch, strategy: SearchStrategy
) -> None:
    """It dies in each write to the journal: before it, behind half a line of it, and after it."""
    worker.accuracy = accuracy_of
    study = search(tmp_path, strategy, Budget(params=9_000))
    append, writes = JournalFileBackend.append_logs, count(1)
    dies_in = iter(accumulate(range(1, 1_000)))  # ever later, so that it comes to an end
    kills = [next(dies_in)]

    def append_logs(self: JournalFileBackend, logs: list[dict[str, Any]]) -> None:
        way = len(kills) % 3 if next(writes) == kills[-1] else None
        if way != 0:
            append(self, logs)
        if way == 1:
            file = study.folder / JOURNAL
            os.truncate(file, file.stat().st_size - 7)
        if way is not None:
            kills.append(next(dies_in))
            raise KilledError

    monkeypatch.setattr(JournalFileBackend, "append_logs", append_logs)
    while study_folder.wanted(study) is not Wanted.DONE:
        with contextlib.suppress(KilledError):
            conduct(study.folder, 0)
    assert len(kills) > 10
    check_whole(study, tmp_path)


@pytest.mark.parametrize("step", range(1, 11))
def test_kill_9_loses_nothing_and_trains_nothing_twice(tmp_path: Path, step: int) -> None:
    study = search(tmp_path, Tpe(3, fresh_seeds=1))
    steps, its_end = Pipe()
    process = begin(study.folder, its_end)
    for _ in range(7 * step):
        steps.recv()
        steps.send(None)
    process.kill()
    process.join()
    assert study_folder.wanted(study) is Wanted.RUNNING
    process = begin(study.folder)
    process.join()
    assert process.exitcode == 0
    check_whole(study, tmp_path)


def check_whole(study: Study, home: Path) -> None:
    """Each candidate is there and was trained once."""
    known = study_folder.results(study)
    now = study_folder.read(study.folder)
    assert known is not None
    assert known.standing is Standing.DONE
    counted = Counter(each.origin for each in now.progress.candidates)
    assert counted == {Origin.SEARCH: now.search.trials, Origin.RANDOM: now.search.trials}
    planned = {Place(study.id, variant.key, seed): 1 for variant, seed in now.plans}
    assert Counter(Place.of(run) for run in list_runs(home)) == planned
    assert all(each.mean for key in known.variants if (each := known.trained_as(key)))
