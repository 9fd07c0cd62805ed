"""How runs are put into words."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.training.overview import Outcome, Overview
from builder.training.run_folder import Run
from builder.training.run_state import RunState
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from components.runs import words
from components.runs.rows import MAX_POINTS, rows

RUN = Run("r", Path("r"), "net", "d", "2020-02-03T04:05:06+00:00", None, {}, RunState("finished"))


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


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (RunState("queued"), None),
        (RunState("running", started=100.0, updated=110.0), 50.0),
        (RunState("finished", started=100.0, updated=110.0, finished=130.0), 30.0),
        (RunState("lost", started=100.0, updated=110.0), 10.0),
    ],
)
def test_seconds_taken(state: RunState, seconds: float | None) -> None:
    assert words.seconds_taken(replace(RUN, state=state), now=150.0) == seconds


def test_moments() -> None:
    assert words.moment(datetime(2020, 2, 3, 4, 5, tzinfo=UTC)) == "3 Feb 2020 04:05"
    this_year = datetime.now(UTC).replace(month=2, day=3, hour=4, minute=5)
    assert words.moment(this_year) == "3 Feb 04:05"
    assert words.moment(None) == "–"


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    curve = tuple(float(value) for value in range(1_000))
    (row,) = rows([Overview(RUN, Outcome("loss", 0.0, 1, curve))], [])
    assert len(row["curve"]) <= MAX_POINTS
    assert row["curve"][-1] == 999.0
