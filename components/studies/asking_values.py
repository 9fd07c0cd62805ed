"""The choice of what a sweep varies, each with its values: a list or a range."""

from functools import lru_cache, partial

import streamlit as st

from builder.actions.study_request import StudyRequest
from builder.network.architecture import Architecture
from builder.studies.factor import Subject
from builder.studies.naming import read_factor
from builder.studies.variables import Variable, variables
from builder.training.settings import TrainingSettings
from components import forms
from components.design import changes
from components.studies.request_state import change, current

_SCHEMA = {"type": "string"}
_HOW = "A list such as 16, 32, 64, or a range such as 1..4 or 1e-4..1e-2 log."


def draw(request: StudyRequest, base: Subject, key: str) -> None:
    """Draws a field for each thing that is varied, and the choice of another one.

    Args:
        request: What is filled in.
        base: The network, and how it is trained by itself.
        key: The name of the request.
    """
    known = {one.name: one for one in _variables(base.architecture, base.settings)}
    st.html('<p class="cs-study-label">Vary</p>')
    with forms.form("study-vary"):
        for place, text in enumerate(request.vary):
            _draw_levels(text, place, base.architecture, known, key)
    chosen = {_name_of(text) for text in request.vary}
    free = {name: one for name, one in known.items() if name not in chosen}
    widget = forms.widget_key(f"{key}:add", lambda there: there is None)
    st.selectbox(
        "Vary",
        list(free),
        index=None,
        key=widget,
        placeholder="Add a number or a choice",
        format_func=lambda name: f"{name}, now {_written(free[name])}" if name in free else name,
        label_visibility="collapsed",
        on_change=forms.callback(widget, partial(_add, key, free)),
    )


def take_asked(key: str, base: Subject, name: str) -> None:
    """Adds what a link asked to be varied, where it can be and is not yet."""
    known = {one.name: one for one in _variables(base.architecture, base.settings)}
    chosen = {_name_of(text) for text in current(key).vary}
    if name in known and name not in chosen:
        _add(key, known, name)


def is_refused(request: StudyRequest, key: str) -> bool:
    """Whether a field shows levels that were refused."""
    return any(forms.is_refused(f"{key}:vary:{_name_of(text)}") for text in request.vary)


def _draw_levels(
    text: str, place: int, architecture: Architecture, known: dict[str, Variable], key: str
) -> None:
    name, _, levels = text.partition("=")
    now = f"Now {_written(known[name])}. " if name in known else ""
    with st.container(
        key=f"cs-vary-{place}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        forms.field(
            name,
            _SCHEMA,
            levels,
            f"{now}{_HOW}",
            key=f"{key}:vary:{name}",
            on_change=partial(_set_levels, key, architecture, name),
        )
        st.button(
            "Remove",
            key=f"cs-unvary-{place}",
            type="tertiary",
            help=f"Leaves {name} as it is",
            on_click=_remove,
            args=(key, name),
        )


@lru_cache(maxsize=16)
def _variables(architecture: Architecture, settings: TrainingSettings) -> tuple[Variable, ...]:
    return variables(architecture, settings)


def _written(variable: Variable) -> str:
    value = variable.value
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _name_of(text: str) -> str:
    return text.partition("=")[0]


def _set_levels(key: str, architecture: Architecture, name: str, levels: str) -> None:
    """Takes the levels of one variable.

    Raises:
        BuilderError: They are no levels.
    """
    text = f"{name}={levels}"
    read_factor(text, architecture)
    change(key, vary=[text if _name_of(old) == name else old for old in current(key).vary])


def _add(key: str, free: dict[str, Variable], name: str | None) -> None:
    if name is not None and name in free:
        more = [*current(key).vary, f"{name}={free[name].levels}"]
        changes.attempt(lambda: change(key, vary=more))


def _remove(key: str, name: str) -> None:
    others = [text for text in current(key).vary if _name_of(text) != name]
    changes.attempt(lambda: change(key, vary=others))
