"""How a field's widgets and its value stay together: following, handing over, refusing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from builder.errors import BuilderError
from components.forms.schema import Spec

OnChange = Callable[[Any], None]


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

    def options(self) -> dict[str, Any]:
        """The arguments that all of Streamlit's widgets share."""
        return {"label": self.label, "help": self.help, "disabled": self.disabled}


def widget_key(key: str, same: Callable[[Any], bool], keep: bool = False) -> str:
    """Gives the key of the widget that shows a value: another one once the value has changed.

    A value is given to a widget as its default, never through the session state: what is written
    there reaches the browser in one run only, and is lost when the next event interrupts that run.
    The browser would then show something else, and send it back as if a person had chosen it. So
    a value that changes elsewhere gets a new widget, and one changed in the widget itself keeps it.

    Args:
        key: The name of the field.
        same: Says whether the widget, where it is there, shows the value.
        keep: Keeps the widget whatever it shows.
    """
    counter = f"{key}:made"
    made = st.session_state.get(counter, 0)
    current = f"~{made}:{key}" if made else key
    if keep or current not in st.session_state or same(st.session_state[current]):
        return current
    st.session_state[counter] = made + 1
    return f"~{made + 1}:{key}"


def refusal(own: Field) -> Refusal | None:
    """The refusal to show; it is over when the value has changed, or the field was away."""
    stored = st.session_state.get(f"{own.key}:refused")
    if stored is None:
        return None
    if stored.value != own.value or stored.widget not in st.session_state:
        del st.session_state[f"{own.key}:refused"]
        return None
    return stored


def is_refused(key: str) -> bool:
    """Whether a field shows something other than its value, since what was typed was refused."""
    return f"{key}:refused" in st.session_state


def commit(own: Field, widget: str, read: Callable[[], Any]) -> None:
    """Reads the widgets and hands a changed value over; a refusal is kept for the next drawing."""
    st.session_state.pop(f"{own.key}:refused", None)
    try:
        value = read()
        if value != own.value:
            own.on_change(value)
    except BuilderError as error:
        message = str(error).rpartition(f"{own.name}: ")[2]
        st.session_state[f"{own.key}:refused"] = Refusal(message, own.value, widget)
