"""The form of a new study: what it varies, how often and how long it trains, what it judges by."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from builder.actions.study_request import StudyRequest
from builder.blocks.declaration import Declared
from builder.blocks.parameter import Parameter
from builder.studies.factor import Subject
from builder.studies.study import Objective, Question
from builder.studies.variants import Budget
from builder.training.settings import TrainingSettings
from components import forms
from components.studies import asking_parts, asking_values
from components.studies.request_state import change, current

_OWN = {
    Question.ABLATION: ("combined", "seeds"),
    Question.DEGRADATION: ("depths", "seeds"),
    Question.SWEEP: ("drawn", "seeds"),
    Question.SEARCH: ("strategy", "seeds"),
    Question.SCALING: ("seeds",),
}
"""The fields of each question."""

_SETTINGS = ("epochs", "batch_size")
_INNER: dict[str, type[Declared]] = {"objective": Objective, "budget": Budget}

_LABELS = {
    "metric": "judged by",
    "at": "at which epoch",
    "params": "most parameters",
    "macs": "most MACs",
    "activation_bytes": "most memory",
}
"""What stands beside a field whose name says too little here."""


def draw(request: StudyRequest, base: Subject, key: str) -> None:
    """Draws the form.

    Args:
        request: What is filled in.
        base: The network, and how it is trained by itself.
        key: The name of the request.
    """
    if request.question is Question.ABLATION:
        asking_parts.draw(request, base.architecture, key)
    elif request.question in (Question.SWEEP, Question.SEARCH):
        asking_values.draw(request, base, key)
    with forms.form("study"):
        for name in _OWN[request.question]:
            _draw_field(name, request.values()[name], key)
        for name in _SETTINGS:
            shown = getattr(request, name) or getattr(base.settings, name)
            _draw_field(name, shown, key, partial(_set_setting, key, base, name))
        _draw_inner(request.objective, "objective", key)
        with st.expander("Budget", key="cs-study-budget", type="compact"):
            _draw_inner(request.budget, "budget", key)


def is_refused(request: StudyRequest, key: str) -> bool:
    """Whether a field of the form shows something that was refused."""
    names = [*_OWN[request.question], *_SETTINGS]
    inner: dict[str, Declared | type[Declared]] = {**_INNER, "strategy": request.strategy}
    names += [f"{name}:{one.name}" for name, kind in inner.items() for one in kind.parameters()]
    refused = any(forms.is_refused(f"{key}:{name}") for name in names)
    return refused or asking_values.is_refused(request, key)


def _draw_field(
    name: str, value: Any, key: str, on_change: Callable[[Any], None] | None = None
) -> None:
    parameter = next(one for one in StudyRequest.parameters() if one.name == name)
    forms.field(
        name,
        parameter.schema,
        value,
        parameter.help,
        key=f"{key}:{name}",
        label=parameter.label.replace("_", " "),
        on_change=on_change or (lambda chosen: change(key, **{name: chosen})),
    )


def _set_setting(key: str, base: Subject, name: str, value: Any) -> None:
    """Takes a setting of the trainings; none means as on Train.

    Raises:
        ParameterError: The training refuses it.
    """
    if value is not None:
        TrainingSettings.create(base.settings.values() | {name: value})
    change(key, **{name: value})


def _draw_inner(shown: Declared, name: str, key: str) -> None:
    """Draws the fields of a value within the request."""
    parameters: Sequence[Parameter] = shown.parameters()
    for parameter in parameters:
        forms.field(
            parameter.name,
            parameter.schema,
            shown.values()[parameter.name],
            parameter.help,
            key=f"{key}:{name}:{parameter.name}",
            label=_LABELS.get(parameter.name, parameter.label),
            on_change=partial(_set_inner, key, name, parameter.name),
        )


def _set_inner(key: str, name: str, inner: str, value: Any) -> None:
    """Gives a value within the request another one.

    Raises:
        BuilderError: It is refused, or cannot be saved; nothing has changed.
    """
    before: Declared = getattr(current(key), name)
    change(key, **{name: type(before).create(before.values() | {inner: value}).values()})
