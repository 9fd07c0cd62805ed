"""The Runs page, put together from its parts."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from builder.runs.overview import Overview
from builder.runs.status import RunStatus
from builder.scheduler import queue
from builder.scheduler.starting import start_next
from builder.system.home import home
from components import deleted_offer, trash
from components.design.changes import show_said
from components.runs import compare, registry
from components.runs.rows import LETTERS, rows
from components.runs.table import table, ticked
from components.shell import empty_state
from components.shell import format as fmt
from components.studies import questions

TABLE = "cs-runs"
EVERY = 2.5
"""Seconds between two looks at the runs; each costs a few milliseconds."""


def draw() -> None:
    """Draw all runs, and what differs between those that are ticked."""
    st.html(f"<style>{_style_sheet()}</style>")
    _draw_runs()
    deleted_offer.draw("run")
    trash.draw_dialog()
    show_said()


@st.fragment(run_every=EVERY)
def _draw_runs() -> None:
    overviews = registry.overviews()
    if any(known.run.state.state == RunStatus.QUEUED for known in overviews):
        start_next(home(), patience=registry.QUEUE_PATIENCE)
    if not overviews:
        empty_state("No runs yet", "Start a training on the Train page: it appears here.")
        trash.draw_button()
        return
    by_id = {known.run.id: known for known in overviews}
    chosen = [by_id[run_id] for run_id in ticked(TABLE) if run_id in by_id][: len(LETTERS)]
    ids = [known.run.id for known in chosen]
    comparing = len(chosen) >= 2
    with st.container(key="cs-runs-head", horizontal=True, vertical_alignment="center"):
        _draw_words(overviews, len(chosen))
        trash.draw_button()
    described = rows(overviews, ids)
    with st.container(key="cs-runs-short" if comparing else "cs-runs-long"):
        done = table(described, ids, most=len(LETTERS), key=TABLE)
    if comparing:
        compare.draw(chosen)
    if done.open in by_id:
        run = by_id[done.open].run
        st.switch_page(registry.TRAIN_PAGE, query_params=registry.address(run.id, run.document_id))
    elif done.open and any(row["id"] == done.open for row in described):
        st.switch_page(registry.STUDIES_PAGE, query_params={questions.STUDY: done.open})
    if found := [by_id[run_id].run for run_id in done.delete if run_id in by_id]:
        deleted_offer.delete("run", [(run.id, run.name) for run in found])
        st.rerun()


def _draw_words(overviews: Sequence[Overview], num_chosen: int) -> None:
    """Says how many runs there are, and what ticking is for."""
    waiting = len(queue.waiting(known.run for known in overviews))
    active = sum(known.run.is_active for known in overviews) - waiting
    parts = [f"<b>{fmt.plural(len(overviews), 'run')}</b>"]
    parts += [f"{active} training"] if active else []
    parts += [f"{waiting} waiting"] if waiting else []
    hints = ["Tick two or more to compare them.", "Tick one more to compare."]
    hint = hints[num_chosen] if num_chosen < 2 <= len(overviews) else ""
    st.html(f'<p class="cs-runs-words"><span>{", ".join(parts)}</span> <span>{hint}</span></p>')


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "runs.css").read_text(encoding="utf-8")
