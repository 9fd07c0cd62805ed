"""How a run is put into words: its state, its metrics, its settings, its times."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from statistics import harmonic_mean
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from builder.datasets.data_titles import data_titles
from builder.datasets.names import OWN
from builder.runs.changes import Change
from builder.runs.metric_rows import EpochMetrics
from builder.runs.run_folder import Run
from builder.runs.status import RunStatus
from builder.training.settings import LOCAL, TrainingSettings
from components.shell import format as fmt

STATES = {
    RunStatus.QUEUED: "Waiting",
    RunStatus.STARTING: "Starting",
    RunStatus.RUNNING: "Training",
    RunStatus.PAUSING: "Pausing",
    RunStatus.PAUSED: "Paused",
    RunStatus.STOPPING: "Stopping",
    RunStatus.STOPPED: "Stopped",
    RunStatus.FINISHED: "Finished",
    RunStatus.FAILED: "Failed",
    RunStatus.LOST: "Interrupted",
    RunStatus.DAMAGED: "Damaged",
    RunStatus.NEWER: "Newer",
}
"""Each state in one word."""

_GONE = "own images, gone"

RATE_HELP = {
    True: "From now on; noted beside the script, which stays as it is",
    False: "What the schedule starts from: all its values are scaled with it",
}
"""What a new learning rate does, for a constant one and for a schedule."""


def why(run: Run) -> str:
    """What went wrong with a run, and what to do about it; empty where nothing did."""
    return run.state.why.line


def state_name(run: Run) -> str:
    """A run's state in one word."""
    return STATES[run.state.state]


def ordinal(number: int) -> str:
    """A place in an order: `1st`, `2nd`, `11th`."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number:,}{ending}"


def metric_name(name: str) -> str:
    """A metric as people say it: `validation accuracy`, `loss`."""
    plain = name.replace("_", " ")
    return f"validation {plain.removeprefix('val ')}" if name.startswith("val_") else plain


def metric_value(name: str, value: float | None) -> str:
    """A metric's value as its kind is written: accuracies as percent, all else to four digits."""
    return fmt.percent(value) if name.endswith("accuracy") else fmt.metric(value)


def metric_exact(name: str, value: float | None) -> str:
    """The exact value, for a tooltip."""
    return "" if value is None else f"{metric_name(name)} {value:.6g}"


def data_title(settings: TrainingSettings | None, titles: Mapping[str, str] | None = None) -> str:
    """The data set's name as people write it.

    Args:
        settings: What was asked for.
        titles: Those of all data sets, from who asks for many; None looks for them.
    """
    if settings is None:
        return fmt.UNKNOWN
    title = (data_titles() if titles is None else titles).get(settings.dataset)
    if title is not None:
        return title
    return _GONE if settings.dataset.startswith(OWN) else settings.dataset


def data_of(run: Run, titles: Mapping[str, str] | None = None) -> str:
    """The same of a run, which has kept what its images were called."""
    title = data_title(run.settings, titles)
    return str(kept_of_data(run).get("title", title)) if title == _GONE else title


def kept_of_data(run: Run) -> Mapping[str, Any]:
    """What a run has kept of images of one's own: `title` and `classes`; empty for others."""
    kept = run.facts.get("data")
    return cast(Mapping[str, Any], kept) if isinstance(kept, dict) else {}


def settings_line(settings: TrainingSettings, device: str = "", *, with_data: bool = True) -> str:
    """The settings that matter most, in one line.

    Args:
        settings: What was asked for.
        device: What it runs on, as Keras reports it, where that is known.
        with_data: Whether the data set stands in front.
    """
    schedule = settings.schedule.name
    parts = (
        data_title(settings) if with_data else "",
        f"{settings.optimizer.name} {settings.learning_rate:g}",
        schedule if schedule != "Constant" else "",
        fmt.plural(settings.epochs, "epoch"),
        f"batch {settings.batch_size:,}",
        f"seed {settings.seed}",
        settings.precision if settings.precision != "float32" else "",
        "XLA" if settings.jit_compile == "on" else "",
        (device or settings.device).upper().replace("AUTO", "").replace(":", " "),
        "" if settings.is_local else _where(settings.run_on),
    )
    return " · ".join(part for part in parts if part)


def speed(epochs: Iterable[EpochMetrics]) -> str:
    """Images a second over all epochs, without their validation: all images by all seconds."""
    rate = speed_value(epochs)
    return f"{rate:,.0f}" if rate is not None else ""


def speed_value(epochs: Iterable[EpochMetrics]) -> float | None:
    """The same as a number; None where it is not known."""
    rates = [rate for row in epochs if (rate := row.metrics.get("images_per_second") or 0) > 0]
    return harmonic_mean(rates) if rates else None


def metric_difference(name: str, value: float | None) -> str:
    """How far a metric is from another one's value: `+0.0123`, accuracies in percent points."""
    if value is None:
        return ""
    if name.endswith("accuracy"):
        return f"{100 * value:+.1f} points".replace("-", "−")
    sign = "−" if value < 0 else "+"
    return f"{sign}{fmt.metric(abs(value))}"


def count_difference(value: float | None) -> str:
    """How far a count is from another one: `+2`."""
    return "" if value is None else f"{value:+,.0f}".replace("-", "−")


def change(value: float | None) -> str:
    """A change as a share of what was before: `+12 %`; of several times as much `4.2×`."""
    if value is None:
        return ""
    if value >= 2:
        return f"{value + 1:,.1f}×"
    return f"{100 * value:+.0f} %".replace("-", "−")


def change_line(run: Run) -> str:
    """What was changed of a run since its start, in one line; empty where nothing was."""
    return " · ".join(_change(change) for change in run.changes)


def _change(change: Change) -> str:
    parts: list[str] = []
    if change.learning_rate is not None:
        parts.append(f"learning rate {change.learning_rate:g}")
    if change.epochs is not None:
        parts.append(f"{fmt.plural(change.epochs, 'epoch')} in all")
    if change.run_on is not None:
        parts.append(_where(change.run_on))
    batch = f", batch {change.batch:,}" if change.batch else ""
    return f"{', '.join(parts)} since epoch {change.epoch:,}{batch}"


def _where(run_on: str) -> str:
    """Which machine trains, from the setting `run_on`."""
    return "on this machine" if run_on == LOCAL else f"on the Ray cluster at {run_on}"


def seconds_taken(run: Run, now: float) -> float | None:
    """How long a run has trained, or took, in seconds."""
    state = run.state
    if state.seconds:
        return state.seconds
    if state.started is None:
        return None
    end = now if state.is_active else state.finished or state.updated
    seconds = math.nan if end is None else end - state.started
    return max(0.0, seconds) if math.isfinite(seconds) else None


def created(run: Run, zone: tzinfo | None = None) -> datetime | None:
    """When a run was made, in a time zone, else the browser's; None where that is not known."""
    try:
        moment = datetime.fromisoformat(run.created)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(zone or browser_zone())
    except (ValueError, OverflowError):  # a damaged file may hold anything
        return None


def moment(when: datetime | None) -> str:
    """A moment as a table shows it: `22 Nov 08:11`, with the year where it is another one."""
    if when is None:
        return fmt.UNKNOWN
    year = f" {when.year}" if when.year != datetime.now(when.tzinfo).year else ""
    return f"{when.day} {when:%b}{year} {when:%H:%M}"


def browser_zone() -> tzinfo:
    """The time zone of the browser; UTC where that is not known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
