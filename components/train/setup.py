"""The training settings of a document, and the changes that a person makes to them."""

from typing import Any

from builder.documents.session import DocumentState
from builder.training.setting_fields import with_setting
from builder.training.settings import TrainingSettings
from components import state


def settings(opened: DocumentState) -> TrainingSettings:
    """The settings of a document; the defaults where none were chosen yet.

    Raises:
        ParameterError: The document's settings are invalid.
    """
    return TrainingSettings.create(opened.document.training or {})


def change(document: str, path: tuple[str, ...], value: Any) -> None:
    """Gives one setting a new value.

    Args:
        document: The document that has it.
        path: Which one: `("epochs",)`, `("optimizer", "momentum")`.
        value: The value; of a choice such as the optimizer, the name of a kind.

    Raises:
        BuilderError: It is refused or cannot be saved; nothing has changed.
    """
    with state.workspace().transaction(document):
        values = settings(state.workspace().open(document)).values()
        keep(document, TrainingSettings.create(with_setting(values, path, value)))


def keep(document: str, chosen: TrainingSettings) -> None:
    """Saves settings with their document.

    Raises:
        BuilderError: They cannot be saved; nothing has changed.
    """
    state.workspace().set_training(document, chosen.values())
