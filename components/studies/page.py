"""The Studies page: a study that is asked, a study with its results, or the list of all."""

from functools import cache
from pathlib import Path

import streamlit as st

from builder.studies.study import Question
from components import forms, trash
from components.design.changes import show_said
from components.live_chart import charts_soon
from components.shell import figures_soon
from components.studies import asking, listing, questions, study_page


def draw() -> None:
    """Draws what the address names."""
    st.html(f"<style>{_style_sheet()}</style>")
    forms.style()
    asked = st.query_params.get(questions.NEW, "")
    study_id = st.query_params.get(questions.STUDY, "")
    if asked in list(Question):
        asking.draw(Question(asked))
        _figures_soon()
    elif study_id:
        study_page.draw(study_id)
    else:
        listing.draw()
        _figures_soon()
    trash.draw_dialog()
    show_said()


def _figures_soon() -> None:
    """Draws nothing; prepares here and in the browser what the figures of a study need."""
    charts_soon()
    figures_soon()


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "studies.css").read_text(encoding="utf-8")
