"""The page of a study: question, state, answer, picture, table of variants and curves."""

from html import escape

import streamlit as st

from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.winners import best_scaling
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from components import deleted_offer, state
from components.design import scaling_dialog
from components.design.labels import sentence
from components.runs import registry
from components.shell import notice
from components.studies import deleted, pictures, study_head, variant_dialog, variant_rows
from components.studies.reading import Reading, read
from components.studies.standing import shown_of
from components.table import table

TABLE = "cs-variants"
EVERY = 2.0
"""Seconds between two looks; each costs a few milliseconds."""


def draw(study_id: str) -> None:
    """Draws a study, and keeps it up to date."""
    _draw_live(study_id)
    variant_dialog.draw(study_id)
    deleted_offer.draw("study")


@st.fragment(run_every=EVERY)
def _draw_live(study_id: str) -> None:
    try:
        reading = read(study_id)
    except BuilderError as error:
        _draw_unreadable(study_id, error)
        return
    study_head.draw(reading)
    _draw_answer(reading)
    deleted.draw(reading, is_conducted=shown_of(reading.study, reading.known).is_conducted)
    _draw_use_scaling(reading)
    opened = pictures.draw_pictures(reading)
    opened = _draw_table(reading) or opened
    pictures.draw_curves(reading)
    if opened:
        variant_dialog.ask(study_id, opened)
        st.rerun()


def _draw_unreadable(study_id: str, error: BuilderError) -> None:
    """Says why there is no study to show; one that is damaged can be deleted."""
    notice(Level.ERROR, sentence(error.message), sentence(error.fix))
    with st.container(key="cs-study-unreadable", horizontal=True, vertical_alignment="center"):
        if any(damaged == study_id for damaged, _ in study_folder.damaged(home())):
            study_head.draw_delete(study_id, study_id)
        st.page_link(registry.STUDIES_PAGE, label="All studies")


def _draw_answer(reading: Reading) -> None:
    told = "".join(f"<p>{escape(line)}</p>" for line in answer(reading.study, reading.known))
    st.html(f'<div class="cs-answer" role="status">{told}</div>')
    for refused in (reading.known.refused if reading.known else ())[:3]:
        said = f"{refused.variant}, seed {refused.seed}: {refused.message}"
        notice(Level.ERROR, said, sentence(refused.fix))


def _draw_use_scaling(reading: Reading) -> None:
    """Draws the way from the best factors to the dialog that scales the network by them."""
    study, known = reading.study, reading.known
    best = best_scaling(study, known) if known is not None else None
    if best is None or not state.workspace().store.exists(study.document_id):
        return
    if st.button(
        "Use in Scale…", key="cs-study-scale", help="Opens the document with these factors"
    ):
        scaling_dialog.ask_with(best)
        st.switch_page(registry.DESIGN_PAGE, query_params={state.PARAMETER: study.document_id})


def _draw_table(reading: Reading) -> str:
    rows = variant_rows.rows(reading)
    if not rows:
        return ""
    with st.container(key="cs-variants-frame"):
        return table(variant_rows.columns(reading), rows, label="Variants", key=TABLE)
