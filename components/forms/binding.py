"""Keeps a field's widgets and its value in sync: following, submitting, refusing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import streamlit as st

from builder.blocks.parameter import Parameter
from builder.system.errors import BuilderError, ParameterError
from components.forms.schema import Spec

OnChange = Callable[[Any], None]

NONE = "none"
"""The text of an optional field without a value."""


class _Mixed(Enum):
    MIXED = "mixed"


MIXED: Final = _Mixed.MIXED
"""Replaces a value: the field stands for several things whose values differ."""


@dataclass(frozen=True)
class Refusal:
    """Why a value was refused, the value that stayed, and the widget that holds what was typed."""

    message: str
    value: Any
    widget: str


@dataclass(frozen=True)
class Field:
    """What every widget of one field needs."""

    name: str
    spec: Spec
    value: Any
    help: str
    key: str
    on_change: OnChange
    label: str
    disabled: bool

    @property
    def mixed(self) -> bool:
        """Whether it stands for several things whose values differ."""
        return self.value is MIXED

    @property
    def placeholder(self) -> str | None:
        """The placeholder of an empty widget; None for Streamlit's own."""
        return MIXED.value if self.mixed else NONE if self.spec.optional else None

    def options(self) -> dict[str, Any]:
        """The arguments that all of Streamlit's widgets share."""
        return {"label": self.label, "help": self.help, "disabled": self.disabled}


def widget_key(key: str, same: Callable[[Any], bool], keep: bool = False) -> str:
    """Returns the key of the widget that shows a value; a changed value gets a new one.

    A value is given to a widget as its default, never through the session state: what is written
    there reaches the browser in one run only, and is lost when the next event interrupts that run.
    The browser would then show something else, and send it back as if a person had chosen it. So
    a value that changes elsewhere gets a new widget, and one changed in the widget itself keeps it.
    So does a field that was not on the page: the browser may still have what its widget showed.

    The browser sends the values of all its widgets with each event, those of widgets that it has
    been told to drop only a moment ago as well. To Streamlit such a value is a change, since the
    widget is gone, and it calls the widget's callback: see `is_current`.

    Args:
        key: The name of the field.
        same: Says whether the widget, where it is there, shows the value.
        keep: Keeps the widget whatever it shows.
    """
    current = current_key(key)
    if _counter(key) not in st.session_state:
        st.session_state[_counter(key)] = 0
    elif not keep and (current not in st.session_state or not same(st.session_state[current])):
        supersede(key)
    return current_key(key)


def supersede(key: str) -> None:
    """Gives a field a new widget when it is drawn next, and drops the content of the old one."""
    if _counter(key) in st.session_state:
        st.session_state[_counter(key)] += 1


def current_key(key: str) -> str:
    """The key of a field's widget as it was drawn last."""
    made = st.session_state.get(_counter(key), 0)
    return f"~{made}:{key}" if made else key


def is_current(widget: str) -> bool:
    """Whether a widget is the present one of its field.

    The content of an old one was chosen for a state that is gone, and must not overwrite the
    present one.

    Args:
        widget: A key that `widget_key` gave.
    """
    name = widget.partition(":")[2] if widget.startswith("~") else widget
    return widget == current_key(name)


def callback(widget: str, action: Callable[[Any], Any]) -> Callable[[], None]:
    """Makes a widget's callback: submits its value, unless it is superseded.

    Args:
        widget: Its key, which `widget_key` gave.
        action: Takes the value.
    """

    def hand_over() -> None:
        if is_current(widget):
            action(st.session_state[widget])

    return hand_over


def refusal(own: Field) -> Refusal | None:
    """The refusal to show; it ends when the value changes or the field is not drawn."""
    stored = st.session_state.get(f"{own.key}:refused")
    if stored is None:
        return None
    if stored.value != own.value or stored.widget not in st.session_state:
        del st.session_state[f"{own.key}:refused"]
        return None
    return stored


def parameter_key(owner: str, parameter: Parameter) -> str:
    """The name of a parameter's field, by which the board knows it (`session/inspected.ts`).

    Args:
        owner: What the parameter belongs to.
        parameter: The parameter.
    """
    return f"{owner}:p:{parameter.name}"


def is_refused(key: str) -> bool:
    """Whether a field shows a refused input instead of its value."""
    return f"{key}:refused" in st.session_state


def is_any_refused(keys: Iterable[str]) -> bool:
    """Whether one of some fields, or a field within one of them, shows a refused input."""
    told = [str(key) for key in st.session_state if str(key).endswith(":refused")]
    return any(name.startswith(f"{key}:") for key in keys for name in told)


def commit(own: Field, widget: str, read: Callable[[], Any]) -> None:
    """Reads the widgets and submits a changed value; a refusal is kept for the next drawing.

    The content of a superseded widget is ignored.
    """
    if not is_current(widget):
        return
    st.session_state.pop(f"{own.key}:refused", None)
    try:
        value = read()
        if value is not MIXED and value != own.value:
            own.on_change(value)
    except BuilderError as error:
        named = isinstance(error, ParameterError)
        reason = error.reason_for(own.name) if named else str(error)
        st.session_state[f"{own.key}:refused"] = Refusal(reason, own.value, widget)


def _counter(key: str) -> str:
    return f"{key}:made"
