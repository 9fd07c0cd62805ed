"""The training settings of a document, and the changes that a person makes to them."""

from collections.abc import Callable, Mapping
from typing import Any

from builder.documents.workspace import DocumentState
from builder.training.settings import TrainingSettings
from components import state


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
