"""How runs are put into words."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from builder.datasets.own_images import shelf
from builder.runs.changes import Change
from builder.runs.metric_rows import EpochMetrics
from builder.runs.outcome import Outcome
from builder.runs.overview import Overview
from builder.runs.run_folder import Run, read
from builder.runs.run_state import RunState
from builder.runs.status import RunStatus
from builder.scheduler import queue
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from components.runs import rows as rows_module
from components.runs import table as table_module
from components.runs import words
from components.runs.row_data import RunRow
from components.runs.rows import MAX_POINTS, rows
from tests.components.fake_run import FakeRun
from tests.datasets.given import kept, two_classes, write_zip

RUN = Run(
    "r", Path("r"), "net", "d", "2020-02-03T04:05:06+00:00", None, {}, RunState(RunStatus.FINISHED)
)


def test_metrics_are_named_and_written_by_their_kind() -> None:
    assert words.metric_name("val_accuracy") == "validation accuracy"
    assert words.metric_name("loss") == "loss"
    assert words.metric_value("val_accuracy", 0.9833) == "98.3 %"
    assert words.metric_value("val_loss", 0.12345) == "0.1235"
    assert words.metric_value("val_loss", None) == "–"


def test_settings_in_one_line() -> None:
    settings = TrainingSettings(
        optimizer=SGD(), learning_rate=0.01, schedule=CosineDecay(), epochs=1, seed=7
    )
    line = words.settings_line(settings, "gpu:0")
    assert (
        line == "Handwritten digits · SGD 0.01 · CosineDecay · 1 epoch · batch 32 · seed 7 · GPU 0"
    )
    assert words.settings_line(TrainingSettings(), with_data=False) == (
        "Adam 0.001 · 10 epochs · batch 32 · seed 0"
    )
    fast = TrainingSettings(precision="mixed_bfloat16", jit_compile="on")
    assert words.settings_line(fast, with_data=False) == (
        "Adam 0.001 · 10 epochs · batch 32 · seed 0 · mixed_bfloat16 · XLA"
    )
    there = TrainingSettings(run_on="ray://head:10001")
    assert words.settings_line(there, with_data=False) == (
        "Adam 0.001 · 10 epochs · batch 32 · seed 0 · on the Ray cluster at ray://head:10001"
    )


def test_the_speed_is_that_of_all_images_over_all_epochs() -> None:
    rates = (76.0, 1151.0, None, 78.0)
    epochs = [EpochMetrics(n, 0.0, {"images_per_second": rate}) for n, rate in enumerate(rates, 1)]
    images = 1_437
    seconds = sum(images / rate for rate in rates if rate)
    assert words.speed(epochs) == f"{3 * images / seconds:,.0f}"
    assert words.speed([]) == ""


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (RunState(RunStatus.QUEUED), None),
        (RunState(RunStatus.RUNNING, started=100.0, updated=110.0), 50.0),
        (RunState(RunStatus.FINISHED, started=100.0, updated=110.0, finished=130.0), 30.0),
        (RunState(RunStatus.LOST, started=100.0, updated=110.0), 10.0),
        (RunState(RunStatus.PAUSED, started=100.0, finished=900.0, seconds=12.5), 12.5),
    ],
)
def test_seconds_taken(state: RunState, seconds: float | None) -> None:
    assert words.seconds_taken(replace(RUN, state=state), now=150.0) == seconds


def test_moments() -> None:
    assert words.moment(datetime(2020, 2, 3, 4, 5, tzinfo=UTC)) == "3 Feb 2020 04:05"
    this_year = datetime.now(UTC).replace(month=2, day=3, hour=4, minute=5)
    assert words.moment(this_year) == "3 Feb 04:05"
    assert words.moment(None) == "–"


def run_rows(overviews: list[Overview], ticked: Sequence[str] = ()) -> list[RunRow]:
    """The rows of runs that belong to no study."""
    return [cast(RunRow, row) for row in rows(overviews, ticked)]


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    curve = tuple(float(value) for value in range(1_000))
    (row,) = run_rows([Overview(RUN, Outcome("loss", 0.0, 1, curve))])
    assert len(row["curve"]) <= MAX_POINTS
    assert row["curve"][-1] == 999.0


def test_many_runs_are_described_once_and_their_data_are_looked_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(rows_module, "data_titles", lambda: looks.append(1) or {})
    settings = TrainingSettings(dataset=f"own:{0:016x}")
    runs = [
        Overview(replace(RUN, id=f"r{number}", settings=settings), Outcome())
        for number in range(50)
    ]
    first, second = rows(runs, []), rows(runs, [])
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert len(looks) == 2
    assert run_rows(runs, ["r7"])[7]["letter"] == "A"


def test_the_table_is_rewritten_only_where_it_shows_something_else() -> None:
    shown = rows([Overview(RUN, Outcome())], [])
    first = table_module._drawing("k", table_module._Content(tuple(shown), (), 5))
    again = table_module._drawing("k", table_module._Content(tuple(shown), (), 5))
    ticked = table_module._drawing("k", table_module._Content(tuple(shown), ("r",), 5))
    assert again is first
    assert [json.loads(drawing.data)["turn"] for drawing in (first, ticked)] == [1, 2]
    assert json.loads(ticked.data)["rows"][0]["name"] == "net"


def test_places_in_an_order() -> None:
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 111, 1002)
    written = [words.ordinal(number) for number in numbers]
    assert written == "1st 2nd 3rd 4th 11th 12th 13th 21st 111th 1,002nd".split()


def test_changes_in_one_line() -> None:
    changes = (Change(0.0, 2, 10, 12, 0.0005), Change(0.0, 5, 0, None, 0.01))
    line = words.change_line(replace(RUN, changes=changes))
    assert line == (
        "learning rate 0.0005, 12 epochs in all since epoch 2, batch 10 · "
        "learning rate 0.01 since epoch 5"
    )
    assert words.change_line(RUN) == ""


def test_what_waits_is_reported_with_its_place(home: Path) -> None:
    runs = [FakeRun(home) for _ in range(2)]
    for run in runs:
        run.state("queued")
        run.vanish()
    with queue.locked(home):
        for run in reversed(runs):
            queue.join(home, read(run.folder))
    shown = [run_rows([Overview(read(run.folder), Outcome())])[0] for run in runs]
    assert [row["active"] for row in shown] == [False, False]
    both = rows([Overview(read(run.folder), Outcome()) for run in runs], [])
    assert [row["state"] for row in both] == ["2nd in the queue", "1st in the queue"]


def test_a_run_whose_own_images_are_gone_still_says_what_they_were_called(
    home: Path, tmp_path: Path
) -> None:
    own = kept(write_zip(tmp_path / "colors.zip", two_classes()), home).dataset
    settings = TrainingSettings(dataset=f"own:{own.id}")
    facts = {"data": {"title": "colors", "classes": ["blue", "red"]}}
    run = replace(RUN, settings=settings, facts=facts)
    shelf.rename(home, own.id, "renamed")
    assert words.data_of(run) == "renamed"
    shelf.delete(home, own.id)
    assert words.data_of(run) == "colors"
    assert words.data_title(settings) == "own images, gone"
    assert words.data_of(replace(run, facts={"data": "damaged"})) == "own images, gone"
