"""The questions that a study can ask, as links that begin one."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.studies.study import Question
from builder.studies.variables import Variable
from components import state
from components.design.labels import literal
from components.runs import registry

NEW = "new"
"""The query parameter with the question of a study that is asked."""
STUDY = "study"
"""The query parameter with the id of a study."""

VARY = "vary"
"""The query parameter with what a new study varies."""

QUESTIONS = {
    Question.ABLATION: "What is each part worth?",
    Question.DEGRADATION: "Plain or residual?",
    Question.SWEEP: "Which values?",
    Question.SEARCH: "Which architecture?",
    Question.SCALING: "Which scaling factors?",
}
"""All questions in words."""

_ABOUT = {
    Question.ABLATION: "Trains the network with and without each of its parts: shortcuts, "
    "normalization, dropout and others",
    Question.DEGRADATION: "Trains the network at several depths, with and without its shortcuts",
    Question.SWEEP: "Trains the network with several values of any number: filters, learning rate, "
    "depth and others",
    Question.SEARCH: "Proposes values and blocks, trains them, and learns from what they came to",
    Question.SCALING: "Makes the network deeper, wider or finer at twice its cost, as EfficientNet",
}
"""What each question does."""


def draw_menu(document: str, label: str = "Study", about: str = "") -> None:
    """Draws the menu with a link for each question about a document.

    Args:
        document: The document that it is about.
        label: The words of the button.
        about: The name of the document, where the page does not show it.
    """
    menu = st.popover(label, key="cs-study-menu", on_change="rerun", help="Train variants of it")
    if not menu.open:
        return
    with menu:
        if about:
            st.html(f'<p class="cs-study-asked">About <b>{escape(about)}</b></p>')
        _draw_links(document)


def draw_vary_menu(document: str, offered: Sequence[Variable], about: str) -> None:
    """Draws the menu that begins a study over one number.

    Args:
        document: The document that it is about.
        offered: What can be varied.
        about: What these are: `this block`.
    """
    menu = st.popover(
        "Vary…",
        type="tertiary",
        key="cs-vary-menu",
        on_change="rerun",
        help=f"Train the network with several values of a number of {about}",
    )
    if not menu.open:
        return
    with menu, st.container(key="cs-vary-list"):
        for one in offered:
            st.page_link(
                registry.STUDIES_PAGE,
                label=literal(one.name),
                help=literal(f"Begin with {one.levels}"),
                query_params={
                    NEW: Question.SWEEP.value,
                    state.PARAMETER: document,
                    VARY: one.name,
                },
            )


def _draw_links(document: str) -> None:
    for question, about in _ABOUT.items():
        st.page_link(
            registry.STUDIES_PAGE,
            label=QUESTIONS[question],
            help=about,
            query_params={NEW: question.value, state.PARAMETER: document},
        )
