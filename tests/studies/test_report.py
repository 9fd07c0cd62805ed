"""Reports: words, pictures and tables of what a study came to."""

import csv
import io
import json
from pathlib import Path
from statistics import fmean

import pytest

from builder.actions import studies as actions
from builder.runs.status import RunStatus
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.figure_style import wrapped
from builder.studies.figures import picture, pictures
from builder.studies.naming import read_factor
from builder.studies.outcome import Results, results_of
from builder.studies.report import to_csv, to_html, to_json
from builder.studies.strategies import Tpe
from builder.studies.study import Objective, Question, Study
from builder.studies.variant_table import variants_to_csv
from builder.studies.variants import combinations, drawn
from builder.studies.verdict import Comparison, Verdict
from builder.studies.winners import best_scaling
from builder.studies.wording import amount, signed, verdict_words
from builder.training.settings import TrainingSettings
from builder.transforms.scaling import Compound
from tests.studies.fake_trainings import NETWORK, Worker, ask
from tests.studies.search_cases import accuracy_of, search


def finished(study: Study) -> Results:
    conduct(study.folder, 0)
    known = study_folder.results(study)
    assert known is not None
    return known


def made(home: Path, question: Question, *texts: str) -> Study:
    factors = [read_factor(text, NETWORK) for text in texts]
    settings = TrainingSettings(epochs=2)
    choices = combinations(actions.Subject(NETWORK, settings), factors)
    planned = actions.plan(NETWORK, settings, factors, range(2), question=question, choices=choices)
    return study_folder.create(home, planned)


def test_the_report_is_one_file_that_says_all(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=8)
    html = to_html(study, finished(study))
    assert "Plotly.newPlot" in html
    assert 'src="http' not in html
    assert "<td>without shortcuts</td>" in html
    assert "worth 40.0 points, 95 % between 40.0 and 40.0" in html
    assert "24 of 24 trainings, done" in html
    assert "<h2>Learning curves</h2>" in html
    assert html.count("Plotly.newPlot(") == 2, "the picture and the curves"


def test_titles_are_no_markup(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=1, title="<script>alert(1)</script>")
    assert "<script>alert" not in to_html(study, finished(study))


def test_the_numbers_come_as_a_table(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    rows = list(csv.DictReader(io.StringIO(to_csv(study, finished(study)))))
    assert len(rows) == 6
    assert {row["variant"] for row in rows} == {"base", "without shortcuts", "without dropout"}
    assert float(rows[0]["objective"]) == pytest.approx(0.9)
    assert rows[0]["val_loss"] == ""
    assert float(rows[0]["loss"]) == 0.4


def test_the_variants_come_as_a_table(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path, seeds=8)
    text = variants_to_csv(study, finished(study))
    base, shortcuts, _ = csv.DictReader(io.StringIO(text))
    assert (base["variant"], base["seeds"], base["base_minus_variant"]) == ("base", "8", "")
    assert float(shortcuts["base_minus_variant"]) == pytest.approx(0.4)
    assert float(shortcuts["low"]) <= 0.4 <= float(shortcuts["high"])
    assert int(shortcuts["params"]) < int(base["params"])
    assert shortcuts["verdict"].startswith("worth 40.0 points")


def test_everything_comes_as_json(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    found = json.loads(to_json(study, finished(study)))
    assert found["factors"] == [factor.values() for factor in study.factors]
    assert found["results"]["variants"]["base"]["runs"]["0"]["state"] == "finished"
    assert results_of(found["results"]) == study_folder.results(study)


def test_an_ablation_is_a_forest_of_differences(tmp_path: Path, worker: Worker) -> None:
    study = ask(tmp_path)
    figure = picture(study, finished(study))
    dots, means = figure.data
    assert list(means.y) == ["without shortcuts", "without dropout"]
    assert list(means.x) == pytest.approx([40.0, 40.0])
    assert list(dots.x) == pytest.approx([40.0] * 4)
    assert list(dots.customdata) == ["v001", "v001", "v002", "v002"]


def test_degradation_is_an_error_against_depth(tmp_path: Path, worker: Worker) -> None:
    study = made(tmp_path, Question.DEGRADATION, "scaling.depth=1.0,2.0", "without.shortcut")
    figure = picture(study, finished(study))
    lines = {line.name: line for line in figure.data if line.name}
    assert set(lines) == {"with shortcuts, validation", "without shortcuts, validation"}
    assert list(lines["with shortcuts, validation"].x) == [1.0, 2.0]
    assert list(lines["without shortcuts, validation"].y) == pytest.approx([49.95, 49.95])


def test_a_sweep_is_drawn_by_each_level(tmp_path: Path, worker: Worker) -> None:
    study = made(tmp_path, Question.SWEEP, "batch_size=16,32", "optimizer=Adam,SGD")
    known = finished(study)
    dots, means, others, _ = pictures(study, known)["Result by level"].data
    assert sorted(dots.x) == [16, 16, 32, 32]
    assert sorted(others.x) == ["Adam", "Adam", "SGD", "SGD"]
    assert set(dots.customdata) == set(known.variants)
    at = dict(zip(means.x, means.y, strict=True))
    of_16 = [each.values for each in known.variants.values() if ("batch_size", 16) in each.levels]
    assert at[16] == pytest.approx(100 * fmean(fmean(each.values()) for each in of_16))


def test_a_sweep_of_one_factor_has_a_dot_for_each_seed(tmp_path: Path, worker: Worker) -> None:
    study = made(tmp_path, Question.SWEEP, "batch_size=16,32")
    known = finished(study)
    dots, means = picture(study, known).data
    by_key = {
        key: [100 * value for value in row.values.values()] for key, row in known.variants.items()
    }
    found = {key: [] for key in by_key}
    for key, y in zip(dots.customdata, dots.y, strict=True):
        found[key].append(y)
    assert found == by_key
    assert list(means.x) == [16, 32]


def test_no_line_joins_dots_that_were_drawn_one_by_one(tmp_path: Path, worker: Worker) -> None:
    factors = [
        read_factor(text, NETWORK) for text in ("learning_rate=1e-4..1e-2 log", "batch_size=16,32")
    ]
    settings = TrainingSettings(epochs=2)
    choices = drawn(actions.Subject(NETWORK, settings), factors, 12, 0)
    planned = actions.plan(
        NETWORK, settings, factors, [0], question=Question.SWEEP, choices=choices
    )
    study = study_folder.create(tmp_path, planned)
    figure = picture(study, finished(study))
    dots, joined, _, means = figure.data
    assert len(dots.x) == 13
    assert not joined.x
    assert list(means.x) == [16, 32]
    assert (figure.layout.xaxis.dtick, figure.layout.xaxis.exponentformat) == (1, "none")


def test_long_titles_have_several_lines_and_all_their_room(tmp_path: Path, worker: Worker) -> None:
    parts = (
        "without shortcuts, without normalization, without Squeeze-and-Excitation, without dropout"
    )
    assert wrapped(parts) == (
        "without shortcuts, without normalization,<br>"
        "without Squeeze-and-Excitation, without dropout"
    )
    assert wrapped("without dropout") == "without dropout"
    study = ask(tmp_path)
    figure = picture(study, finished(study))
    assert list(figure.layout.yaxis.range) == [1.5, -0.5], "the first one on top, no room left over"


def test_depths_have_ticks_where_networks_were_trained(tmp_path: Path, worker: Worker) -> None:
    study = made(tmp_path, Question.DEGRADATION, "scaling.depth=1.0,2.0", "without.shortcut")
    figure = picture(study, finished(study))
    assert list(figure.layout.xaxis.ticktext) == ["1", "2"]


def test_a_sweep_of_several_factors_has_a_line_for_each_variant(
    tmp_path: Path, worker: Worker
) -> None:
    study = made(tmp_path, Question.SWEEP, "learning_rate=1e-4,1e-2", "optimizer=Adam,SGD")
    figure = pictures(study, finished(study))["All levels at once"]
    names = figure.layout.xaxis.ticktext
    assert list(names) == ["learning_rate", "optimizer", "val_accuracy in %"]
    head, *rows = figure.layout.meta["table"]
    assert head == ["variant", *names]
    assert {(rate, optimizer) for _, rate, optimizer, _ in rows} == {
        (rate, optimizer) for rate in (1e-4, 1e-2) for optimizer in ("Adam", "SGD")
    }
    assert [result for *_, result in rows] == pytest.approx([50.05] * 4)
    keys = {key for line in figure.data for key in line.customdata}
    assert keys == {variant.key for variant in study.trained}
    alone = made(tmp_path, Question.SWEEP, "learning_rate=1e-4,1e-2")
    assert list(pictures(alone, finished(alone))) == ["Result by level"]


@pytest.mark.parametrize("question", [q for q in Question if q is not Question.SEARCH])
def test_a_study_without_results_has_a_picture_too(
    question: Question, tmp_path: Path, worker: Worker
) -> None:
    worker.ends_as = RunStatus.STOPPED
    study = made(tmp_path, question, "scaling.depth=1.0,2.0", "without.shortcut")
    assert "<html" in to_html(study, finished(study))


def test_a_search_shows_front_progress_and_importance(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy = accuracy_of
    study = search(tmp_path, Tpe(8, fresh_seeds=2))
    known = finished(study)
    study = study_folder.read(study.folder)
    found = pictures(study, known)
    against = found["Accuracy against parameters"]
    dots = {trace.name: trace for trace in against.data}
    assert len(dots["TPE"].x) == len(dots["random search beside"].x) == 8
    front = dots["Pareto front"]
    assert list(front.x) == sorted(front.x)
    assert list(front.y) == sorted(front.y)
    assert max(front.y) == max(*dots["TPE"].y, *dots["random search beside"].y, *dots["base"].y)
    assert len(dots["winner, fresh seeds"].x) == len(known.winners)
    for line in found["Best so far"].data:
        assert list(line.x) == list(range(1, 9))
        assert list(line.y) == sorted(line.y)
    assert found["Best so far"].layout.xaxis.dtick == 1, "there is no candidate 1.5"
    first = dots["base, first seeds"]
    assert (list(first.y), list(first.customdata)) == (
        [100 * (known.variants["base"].mean or 0)],
        ["base"],
    )
    (bars,) = found["Importance"].data
    assert sum(bars.x) == pytest.approx(100)
    assert set(bars.y) == {factor.name for factor in study.factors}
    html = to_html(study, known)
    assert html.count("Plotly.newPlot") >= 4
    rows = list(csv.DictReader(io.StringIO(to_csv(study, known))))
    assert len(rows) == known.ended


def test_one_point_is_no_front(tmp_path: Path, worker: Worker) -> None:
    worker.accuracy = lambda run: 1 / (1 + run.facts["params"])  # the cheapest is the best
    study = search(tmp_path, Tpe(4, fresh_seeds=1))
    known = finished(study)
    against = pictures(study_folder.read(study.folder), known)["Accuracy against parameters"]
    assert "Pareto front" not in [trace.name for trace in against.data]


def test_the_best_scaling_of_a_grid(tmp_path: Path, worker: Worker) -> None:
    settings = TrainingSettings(epochs=2)
    factors = actions.scaling_grid()
    planned = actions.plan(NETWORK, settings, factors, [0], question=Question.SCALING)
    study = study_folder.create(tmp_path, planned)
    assert any(variant.title == "α 1.6, β 1, γ 1.1" for variant in study.trained)
    worker.accuracy = lambda run: 0.5 + 0.1 * ("α 1.6, β 1, γ 1.1" in run.name)
    known = finished(study)
    assert best_scaling(study, known) == Compound(depth=1.6, width=1.0, resolution=1.1)


def comparison(
    verdict: str, seeds: int = 6, difference: float = 0.019, **values: float
) -> Comparison:
    figures = {"mean": 0.019, "low": 0.008, "high": 0.031, "p": 0.03, "adjusted": 0.04} | values
    differences = dict.fromkeys(range(seeds), difference)
    return Comparison(differences, **figures, verdict=Verdict(verdict), seeds_needed=6)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (comparison("worth"), "worth 1.9 points, 95 % between 0.8 and 3.1"),
        (
            comparison("not_distinguishable", low=-0.009, high=0.006),
            "not distinguishable: between −0.6 and +0.9 points",
        ),
        (
            comparison("inconclusive", adjusted=0.0781),
            "open, as interval and test disagree: between −3.1 and −0.8 points, p = 0.078",
        ),
        (comparison("undecided", 3), "with 3 seeds this cannot be decided; 6 would do"),
        (comparison("undecided", 1), "with 1 seed this cannot be decided; 6 would do"),
        (
            comparison("better_without", mean=-0.019, low=-0.031, high=-0.008),
            "better by 1.9 points than the base, 95 % between 0.8 and 3.1",
        ),
        (comparison("same", difference=0.0), "exactly the same with 6 seeds"),
        (
            comparison("undecided", 1, difference=0.0),
            "exactly the same with 1 seed, too few to decide; 6 would do",
        ),
    ],
)
def test_verdicts_in_words(found: Comparison, words: str) -> None:
    assert verdict_words(found, Objective()) == words


def test_what_is_rounded_to_nothing_has_no_minus() -> None:
    assert amount(-0.0001, Objective()) == "0.0"
    assert signed(-0.0001, Objective()) == "+0.0"


def test_a_loss_has_no_points() -> None:
    words = verdict_words(comparison("worth"), Objective("val_loss"))
    assert words == "worth 0.019, 95 % between 0.008 and 0.031"
