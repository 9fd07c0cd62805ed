"""What a training came to: its figures, its files, and the ways on from it."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, cast

import streamlit as st

from builder.runs.metric_rows import EpochMetrics
from builder.runs.metrics import MetricsReader
from builder.runs.outcome import kept_epoch
from builder.runs.overview import Overview
from builder.runs.run_folder import Run
from builder.runs.run_state import BEST, HISTORY, LOG, MODEL, PREDICTIONS, SCRIPT
from components.routes import archive_url, file_url
from components.runs import words
from components.shell import Fact, facts
from components.shell import format as fmt
from components.train import evaluation, first_filters, try_it

_FILES = {
    MODEL: ("Model", ".keras", "The trained model, for keras.models.load_model"),
    BEST: ("Best model", ".keras", "The model of the epoch with the best {monitor}"),
    PREDICTIONS: ("Predictions", ".csv", "Each validation image: its file, class and prediction"),
    HISTORY: ("History", ".csv", "One row an epoch, all metrics"),
    SCRIPT: ("Script", ".py", "What was trained; runs on its own with python train.py"),
    LOG: ("Log", ".txt", "All that the training printed"),
}
_HIDDEN = frozenset({"seconds", "images_per_second", "learning_rate"})


def draw(overview: Overview) -> None:
    """Draws the figures, the table of the best and the last epoch, and the downloads."""
    run = overview.run
    rows = MetricsReader(run.folder).epochs()
    with st.container(key="cs-results"):
        facts(_figures(overview, rows), key="cs-results-facts")
        if rows:
            table = _table(rows, overview.outcome.best_epoch, kept_epoch(run, rows))
            st.html(f'<div class="cs-scroll">{table}</div>')
        st.html(f'<p class="cs-downloads">{downloads(run)}</p>')
        evaluation.draw(run)
        try_it.draw(run)
        first_filters.draw(run)


def downloads(run: Run) -> str:
    """Links to the files that the run has left, with their sizes."""
    links: list[str] = []
    monitor = words.metric_name(run.settings.monitor) if run.settings else "value"
    for name, (label, ending, about) in _FILES.items():
        try:
            size = (run.folder / name).stat().st_size
        except OSError:
            continue
        title = about.format(monitor=monitor)
        links.append(
            f'<a class="cs-button" href="{escape(file_url(run.id, name))}" download'
            f' title="{title}">{label} <small>{ending}, {fmt.size(size)}</small></a>'
        )
    if links and not run.is_active:
        links.append(
            f'<a class="cs-button" href="{escape(archive_url(run.id))}" download'
            ' title="All of it, with event files for TensorBoard and how to train it once more">'
            "Everything <small>.zip</small></a>"
        )
    return "".join(links)


def _figures(overview: Overview, rows: Iterable[EpochMetrics]) -> list[Fact]:
    run, outcome = overview.run, overview.outcome
    found: list[Fact] = []
    if outcome.best is not None:
        found.append(
            Fact(
                words.metric_value(outcome.monitor, outcome.best),
                f"best {words.metric_name(outcome.monitor)}, epoch {outcome.best_epoch}",
                words.metric_exact(outcome.monitor, outcome.best),
            )
        )
    tested = run.state.results.get("test")
    if isinstance(tested, dict):
        found += [
            Fact(words.metric_value(name, value), f"test {name}", words.metric_exact(name, value))
            for name, value in cast(dict[str, Any], tested).items()
            if name == "accuracy"
        ]
    if speed := words.speed(rows):
        found.append(Fact(speed, "images/s", "over all epochs, without their validation"))
    params = run.facts.get("params")
    if isinstance(params, int):
        found.append(Fact(fmt.count(params), "params"))
    images = run.facts.get("train_images")
    if isinstance(images, int):
        found.append(Fact(fmt.count(images), "training images"))
    return found


def _table(rows: Sequence[EpochMetrics], best: int, kept: int | None) -> str:
    """The metrics of the best epoch, of the best model's where that is another, and of the last."""
    by_epoch = {row.epoch: row for row in rows}
    roles: dict[int, list[str]] = {}
    for role, epoch in (("best", best), ("best model", kept), ("last", rows[-1].epoch)):
        if epoch in by_epoch and (role != "best model" or epoch != best):
            roles.setdefault(epoch, []).append(role)
    names = sorted(rows[-1].metrics.keys() - _HIDDEN, key=_place)
    heads = "".join(f"<th>{escape(words.metric_name(name))}</th>" for name in names)
    body = "".join(
        f"<tr><td>{' and '.join(shown).capitalize()}, epoch {epoch}</td>"
        + "".join(_cell(name, by_epoch[epoch].metrics.get(name)) for name in names)
        + "</tr>"
        for epoch, shown in roles.items()
    )
    return (
        f'<table class="cs-table"><thead><tr><th></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _place(name: str) -> tuple[bool, bool, str]:
    """Training before validation, the loss before the rest."""
    return name.startswith("val_"), not name.endswith("loss"), name


def _cell(name: str, value: Any) -> str:
    exact = escape(words.metric_exact(name, value))
    return f'<td title="{exact}">{words.metric_value(name, value)}</td>'
