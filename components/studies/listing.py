"""The list of studies, the newest first."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlencode

import streamlit as st

from builder.studies import study_folder
from builder.studies.study import Study
from builder.system.home import home
from components import deleted_offer, state, trash
from components.runs import registry
from components.runs.words import browser_zone, moment
from components.shell import empty_state
from components.shell import format as fmt
from components.studies import questions
from components.studies.reading import results
from components.studies.standing import Shown, shown_of
from components.table import Cell, Column, Row, table

TABLE = "cs-studies"
EVERY = 2.5
"""Seconds between two looks; each costs a few milliseconds."""

_COLUMNS = (
    Column("study", "Study", "name"),
    Column("document", "Document", may_hide=True),
    Column("state", "State"),
    Column("done", "Trainings", "number", down_first=True),
    Column("left", "Time left", "number"),
    Column("begun", "Started", down_first=True),
)


def draw() -> None:
    """Draws the list, and how to begin another study."""
    _draw_list()
    deleted_offer.draw("study")


@st.fragment(run_every=EVERY)
def _draw_list() -> None:
    studies, damaged = study_folder.list_studies(home()), study_folder.damaged(home())
    names = {entry.id: entry.name for entry in state.workspace().entries()}
    with st.container(key="cs-studies-head", horizontal=True, vertical_alignment="center"):
        number = len(studies) + len(damaged)
        words = fmt.plural(number, "study", "studies") if number else ""
        st.html(f'<p class="cs-runs-words"><b>{words}</b></p>')
        document = state.document_id()
        questions.draw_menu(document, "New study", about=names.get(document, ""))
        trash.draw_button()
    if not studies and not damaged:
        empty_state(
            "No studies yet",
            "A study trains variants of a network with several seeds and says what may be "
            "concluded: begin one with Study on the Design page, or with New study above.",
        )
        return
    zone = browser_zone()
    rows = [_row(study, names, zone) for study in studies]
    rows += [_damaged_row(study_id, why) for study_id, why in damaged]
    with st.container(key="cs-studies-list"):
        opened = table(_COLUMNS, rows, label="Studies", key=TABLE)
    if any(row.id == opened for row in rows):
        st.switch_page(registry.STUDIES_PAGE, query_params={questions.STUDY: opened})


def _row(study: Study, names: Mapping[str, str], zone: tzinfo) -> Row:
    shown = shown_of(study, results(study))
    begun = _moment(study.created, zone)
    title = questions.QUESTIONS[study.question]
    cells = {
        "study": Cell(study.title, small=title, order=study.title.lower()),
        "document": Cell(names.get(study.document_id, study.architecture.name)),
        "state": Cell(shown.words, level=shown.level, order=shown.words),
        "done": Cell(
            f"{shown.ended:,} of {shown.planned:,}",
            order=shown.ended,
            progress=_progress(shown),
        ),
        "left": Cell(
            fmt.duration(shown.seconds_left) if shown.seconds_left else "",
            order=shown.seconds_left,
        ),
        "begun": Cell(moment(begun), title=study.created, order=study.created),
    }
    return Row(study.id, cells, href=_address(study.id))


def _damaged_row(study_id: str, why: str) -> Row:
    cells = {"study": Cell(study_id), "state": Cell("Damaged", title=why, level="error")}
    return Row(study_id, cells, is_quiet=True, href=_address(study_id))


def _address(study_id: str) -> str:
    return f"studies?{urlencode({questions.STUDY: study_id})}"


def _progress(shown: Shown) -> float | None:
    if not shown.is_conducted or not shown.planned:
        return None
    return shown.ended / shown.planned


def _moment(created: str, zone: tzinfo) -> datetime | None:
    try:
        when = datetime.fromisoformat(created)
    except ValueError:  # a damaged file may hold anything
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(zone)
