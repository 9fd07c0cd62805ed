"""Fixes as the pages offer them: a button that says what it does, and a way back."""

from html import escape

import streamlit as st

from builder.documents.session import DocumentState
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import ChangeSetting, Fix
from components import state
from components.design import changes
from components.design.changes import attempting
from components.design.labels import literal

_APPLIED = "cs-mended"


def offer(opened: DocumentState, fix: Fix, *, key: str, help: str | None = None) -> None:
    """Draws the button that applies a fix to a document.

    Args:
        opened: The document.
        fix: What would mend it.
        key: Unlike any other on the page.
        help: What there is to know besides, shown when the pointer rests on it.
    """
    st.button(
        literal(fix.label(opened.architecture)),
        key=key,
        help=help,
        on_click=attempting(apply, opened.document.id, fix),
    )


def apply(document: str, fix: Fix) -> None:
    """Applies a fix to a document; a change of the network can be undone.

    Raises:
        BuilderError: It does not apply, or cannot be saved; nothing has changed.
    """
    with state.workspace().transaction(document):
        opened = state.workspace().open(document)
        if isinstance(fix, ChangeSetting):
            settings = TrainingSettings.create(opened.document.training or {})
            state.workspace().set_training(document, fix.apply(settings).values())
            return
        edited = state.workspace().edit(document, fix.apply, author=state.author().id)
    state.board(document).tell()
    effect = fix.effect(opened.architecture)
    st.session_state[_APPLIED] = (document, edited.architecture, effect)


def draw_applied(opened: DocumentState) -> None:
    """Says what the last fix did to the network, as long as it can be taken back."""
    document, architecture, effect = st.session_state.get(_APPLIED, ("", None, ""))
    if (document, architecture) != (opened.document.id, opened.architecture):
        return
    with st.container(key="cs-mended", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>Done: {escape(effect)}</p>")
        st.button("Undo", key="cs-unmend", type="tertiary", on_click=attempting(_undo, document))


def settle() -> None:
    """Takes the last fix for granted: what comes next, such as a training, relies on it."""
    st.session_state.pop(_APPLIED, None)


def _undo(document: str) -> None:
    settle()
    changes.undo(document)
