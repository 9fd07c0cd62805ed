"""The training settings of a document, and the changes that a person makes to them."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from builder.checks.readiness import mend
from builder.documents.workspace import DocumentState
from builder.training.settings import TrainingSettings
from components import state

_MENDED = "cs-mended"


def settings(opened: DocumentState) -> TrainingSettings:
    """The settings of a document; the defaults where none were chosen yet.

    Raises:
        ParameterError: The document holds settings that are none.
    """
    return TrainingSettings.create(opened.document.training or {})


def change(document: str, name: str, value: Any) -> None:
    """Gives one setting a new value.

    Raises:
        BuilderError: It is refused or cannot be saved; nothing has changed.
    """
    _change(document, lambda values: {name: value})


def change_inner(document: str, name: str, inner: str, value: Any) -> None:
    """Gives a part of the optimizer or of the schedule a new value; raises as `change` does."""
    _change(document, lambda values: {name: {**values[name], inner: value}})


def _change(document: str, changes: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Gives some settings new values, from those that they have at this moment."""
    with state.workspace().transaction(document):
        values = settings(state.workspace().open(document)).values()
        keep(document, TrainingSettings.create({**values, **changes(values)}))


def keep(document: str, chosen: TrainingSettings) -> None:
    """Saves settings with their document.

    Raises:
        BuilderError: They cannot be saved; nothing has changed.
    """
    state.workspace().set_training(document, chosen.values())


def repair(document: str, fix: Mapping[str, Any], label: str) -> None:
    """Carries out the fix of a finding; a change of the network can be undone.

    Raises:
        BuilderError: It does not apply, or cannot be saved; nothing has changed.
    """
    workspace = state.workspace()
    with workspace.transaction(document):
        opened = workspace.open(document)
        before = settings(opened)
        architecture, after = mend(opened.architecture, before, fix)
        if architecture == opened.architecture:
            keep(document, after)
            return
        workspace.edit(document, lambda _: architecture, author=state.author().id)
    st.session_state[_MENDED] = (document, architecture, label)


def mended(opened: DocumentState) -> str:
    """What the last repair did to the network, while it can be taken back; else empty."""
    document, architecture, label = st.session_state.get(_MENDED, ("", None, ""))
    return label if (document, architecture) == (opened.document.id, opened.architecture) else ""


def unmend(document: str) -> None:
    """Takes the last repair back."""
    st.session_state.pop(_MENDED, None)
    state.workspace().undo(document)
