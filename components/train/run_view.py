"""One run, live or ended: how far it is, its curves, its results, its log and its script."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.documents.session import DocumentState
from builder.runs.metrics import MetricsReader
from builder.runs.overview import Overview
from builder.runs.run_folder import Run
from builder.runs.run_state import SCRIPT
from builder.runs.status import BROKEN, RunStatus
from builder.runs.trained_network import trained_network
from builder.scheduler import queue
from builder.scheduler.resuming import may_go_on
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state
from components.design.changes import attempting
from components.design.labels import sentence
from components.live_chart import live_chart, live_log, live_progress
from components.runs import registry, words
from components.shell import notice
from components.train import controls, gradients, note, results, setup
from components.train.choice import choice

CHART_HEIGHT = 320
SMALL_HEIGHT = 130
_SIBLINGS = 50
_RESUMED = '<p class="cs-changes">Resumed by itself once: its process was lost, as its log says</p>'


def draw(
    overview: Overview,
    opened: DocumentState | None,
    siblings: Sequence[Overview],
    devices: Sequence[Device],
) -> None:
    """Draws a run; of one that failed, the end of its log comes first.

    Args:
        overview: The run.
        opened: The document that stands beside it, if it could be opened.
        siblings: The document's runs, the newest first.
        devices: Those of this machine.
    """
    run = overview.run
    _draw_head(overview, opened, siblings)
    live_progress(run.id, key="cs-progress", state=run.state)
    if run.is_active and not queue.is_waiting(run):
        controls.draw_deaf(run)
    note.draw(run)
    broken = run.state.state in BROKEN
    if broken:
        _draw_failure(run)
    controls.draw_standing(run, devices)
    if overview.damage:
        notice(
            Level.ERROR,
            f"{overview.damage}.",
            "Its model, its script and its log are as they were.",
        )
    if broken:
        _draw_log(run)
    if run.is_active or MetricsReader(run.folder).last_step() >= 0:
        _draw_charts(run)
        gradients.draw(run)
    if not run.is_active and run.settings is not None:
        results.draw(overview)
    if not broken:
        _draw_log(run)
    _draw_script(run)


def _draw_head(
    overview: Overview, opened: DocumentState | None, siblings: Sequence[Overview]
) -> None:
    run = overview.run
    with st.container(key="cs-run-head", horizontal=True, vertical_alignment="center"):
        about = words.settings_line(run.settings, run.state.device) if run.settings else ""
        begun = words.moment(words.created(run))
        st.html(
            f'<div class="cs-run-title"><b>{escape(run.name)}</b> <span>{begun}</span>'
            f'<p title="{escape(about)}">{escape(about)}</p>{_changes(run)}</div>'
        )
        if run.is_active:
            controls.draw_active(run)
        _draw_ways_on(run, opened)
        _draw_siblings(run, siblings)


def _changes(run: Run) -> str:
    line = escape(words.change_line(run))
    changed = f'<p class="cs-changes" title="{line}">Changed: {line}</p>' if line else ""
    return changed + (_RESUMED if run.state.auto_resumes else "")


def _draw_ways_on(run: Run, opened: DocumentState | None) -> None:
    """Offers to train once more with the same settings, and to edit the network as it was."""
    if run.settings is None:
        return
    if opened is not None and not run.is_active and _training(opened) != run.settings.values():
        st.button(
            "Use its settings",
            key="cs-use-settings",
            help="Puts the settings of this run into the form on the left",
            on_click=attempting(setup.keep, opened.document.id, run.settings),
        )
    if st.button(
        "Open as a new document",
        key="cs-open-run",
        help="The network as this run trained it, whatever became of its document since",
    ):
        _open(run)


def _draw_siblings(run: Run, siblings: Sequence[Overview]) -> None:
    """Offers the other runs of the same document."""
    titles = {known.run.id: _sibling(known) for known in siblings[:_SIBLINGS]}
    if run.id not in titles or len(titles) < 2:
        return
    choice(
        "Run",
        titles,
        run.id,
        "The runs of this document",
        # Another title makes another widget: a browser keeps the words of what stays chosen.
        key=f"{titles[run.id]}:cs-siblings",
        on_change=registry.show_run,
        facts={name: (name.rpartition("-")[2],) for name in titles},
        bare=True,
    )


def _sibling(known: Overview) -> str:
    begun = words.moment(words.created(known.run))
    best = known.outcome.best
    if best is None or known.run.is_active:
        # The page is not drawn again when it has begun.
        begins = known.run.state.state == RunStatus.STARTING
        return f"{begun}, {'training' if begins else words.state_name(known.run).lower()}"
    return f"{begun}, {words.metric_value(known.outcome.monitor, best)}"


def _draw_failure(run: Run) -> None:
    message, advice = run.state.message, run.state.advice
    if run.state.state == RunStatus.DAMAGED:
        resume = "Resume it: what its checkpoint holds is whole."
        way_on = resume if may_go_on(run) else "Delete it on the Runs page, or repair the file."
        notice(Level.ERROR, f"A file of this run is damaged: {message}.", way_on)
    else:
        says = "may say" if run.state.state == RunStatus.LOST else "says"
        way_on = sentence(advice) or f"The end of its log {says} more."
        notice(Level.ERROR, sentence(message), way_on)


def _draw_charts(run: Run) -> None:
    with st.container(key="cs-charts"):
        for name in ("loss", "accuracy"):
            _draw_chart(run, name, [name, f"val_{name}"], CHART_HEIGHT)
        for name in ("learning_rate", "images_per_second"):
            _draw_chart(run, name, [name], SMALL_HEIGHT, from_zero=True)


def _draw_chart(
    run: Run, name: str, series: list[str], height: int, *, from_zero: bool = False
) -> None:
    with st.container(key=f"cs-chart-{name}"):
        live_chart(
            run.id,
            series=series,
            title=name.replace("_", " ").capitalize(),
            key=f"cs-live-{name}",
            height=height,
            from_zero=from_zero,
        )


def _draw_log(run: Run) -> None:
    broken = run.state.state in BROKEN
    with st.expander("Log", expanded=broken, key=f"cs-log-{run.id}-{broken}", type="compact"):
        live_log(run.id, key=f"cs-log-end-{run.id}")


def _draw_script(run: Run) -> None:
    """Shows the script; it is read only while its part of the page is open."""
    panel = st.expander("Script", key="cs-run-script", on_change="rerun", type="compact")
    if not panel.open:
        return
    with panel:
        try:
            st.code((run.folder / SCRIPT).read_text(encoding="utf-8"), language="python")
        except (OSError, ValueError):
            notice(Level.WARNING, f"{SCRIPT} of this run cannot be read.")


def _open(run: Run) -> None:
    """Makes a document from what the run trained, and goes there."""
    training = run.settings.values() if run.settings else None
    try:
        made = state.workspace().create(trained_network(run.folder), training)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
    else:
        st.switch_page(registry.DESIGN_PAGE, query_params={state.PARAMETER: made})


def _training(opened: DocumentState) -> object:
    try:
        return setup.settings(opened).values()
    except BuilderError:
        return None
