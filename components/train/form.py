"""The form of the training settings, derived from their declaration."""

from collections.abc import Mapping
from functools import cache, partial
from html import escape
from typing import Any

import streamlit as st
from pydantic import TypeAdapter

from builder.checks.machine_check import WHY_NO_FLOAT16, precisions
from builder.datasets.published import known
from builder.system.devices import Device
from builder.training.counts import uses_given_validation
from builder.training.settings import TrainingSettings
from components import forms
from components.shell import format as fmt
from components.train import asked
from components.train.choice import choice

_SHOWN_INSIDE = frozenset({"momentum", "clipnorm"})
"""Parts of an optimizer that people set often; of the others only those that are on by default."""


def draw(
    document: str,
    settings: TrainingSettings,
    auto_loss: str,
    devices: list[Device],
    memory: str = "",
) -> None:
    """Draws all settings but the data set.

    Args:
        document: The document that they belong to.
        settings: As they are now.
        auto_loss: What the loss `auto` means here; empty where it is not known.
        devices: Those of this machine.
        memory: What the training needs of it, in words; empty where that is not known.
    """
    values = settings.values()
    with forms.form("training"):
        for name in ("optimizer", "learning_rate"):
            _draw(document, name, values)
        _draw_inside(document, "optimizer", values, folded=False)
        _draw(document, "schedule", values)
        _draw_inside(document, "schedule", values, folded=False)
        _draw(document, "loss", values)
        if settings.loss == "auto" and auto_loss:
            st.html(f'<p class="cs-means">auto: {auto_loss}</p>')
        for name in ("epochs", "batch_size"):
            _draw(document, name, values)
        if memory:
            st.html(f'<p class="cs-means">{escape(memory)}</p>')
        _draw_split(document, settings, values)
        if settings.split == "auto":
            split = "stratified" if settings.is_stratified else "random"
            st.html(f'<p class="cs-means">auto: {split}</p>')
        _draw(document, "seed", values)
        _draw_device(document, settings.device, devices)
        with st.expander("Speed", key="cs-training-speed", type="compact"):
            _draw_precision(document, settings, devices)
            for name in ("jit_compile", "steps_per_execution"):
                _draw(document, name, values)
        with st.expander("More", key="cs-training-more", type="compact"):
            for name in ("patience", "monitor", "keep_best", "resume_if_lost", "label_smoothing"):
                _draw(document, name, values)
            _draw_inside(document, "optimizer", values, folded=True)


def _draw_split(document: str, settings: TrainingSettings, values: Mapping[str, Any]) -> None:
    """Draws what decides on the parts; a share that has no effect is not offered."""
    data = known(settings.dataset)
    if data is not None and data.num_validation_images:
        _draw(document, "validation_set", values)
        if uses_given_validation(data, settings):
            given = fmt.plural(data.num_validation_images, "image")
            st.html(f'<p class="cs-means">given: {given} that came for validation</p>')
    if data is None or not uses_given_validation(data, settings):
        _draw(document, "validation_share", values)
    for name in ("test_share", "split"):
        _draw(document, name, values)


def refused(document: str, settings: TrainingSettings) -> list[str]:
    """The settings whose fields, as drawn now, show something that was refused."""
    values = settings.values()
    keys = {name: _key(document, name) for name in _declared()}
    for name in ("optimizer", "schedule"):
        spec = forms.describe(_declared()[name].schema)
        kind = values[name][spec.tag]
        for inner in forms.properties(dict(spec.branches)[kind]):
            keys[inner.name] = _key(document, name, kind, inner.name)
    return [name for name, key in keys.items() if forms.is_refused(key)]


def _key(document: str, *path: str) -> str:
    return ":".join((document, "t", *path))


def _draw(document: str, name: str, values: Mapping[str, Any]) -> None:
    """Draws a setting; of one that has kinds, the kind."""
    declared = _declared()[name]
    spec = forms.describe(declared.schema)
    key = _key(document, name)
    if not spec.tag:
        save = partial(asked.change, document, name)
        forms.field(name, declared.schema, values[name], declared.help, key=key, on_change=save)
        return
    kind = values[name][spec.tag]
    about = dict(spec.branches)[kind].get("description", "")
    forms.field(
        name,
        {"enum": list(spec.choices)},
        kind,
        f"{declared.help}\n\n{kind}: {about}",
        key=key,
        on_change=lambda chosen: asked.change(document, name, {spec.tag: chosen}),
    )


def _draw_inside(document: str, name: str, values: Mapping[str, Any], *, folded: bool) -> None:
    """Draws the fields of the kind that was chosen: those in the open, or the folded ones."""
    spec = forms.describe(_declared()[name].schema)
    value = values[name]
    kind = value[spec.tag]
    for inner in forms.properties(dict(spec.branches)[kind]):
        if _is_folded(name, inner) is folded:
            forms.field(
                inner.name,
                inner.schema,
                value[inner.name],
                inner.help,
                key=_key(document, name, kind, inner.name),
                on_change=partial(asked.change_inner, document, name, inner.name),
            )


def _is_folded(name: str, inner: forms.Property) -> bool:
    if name != "optimizer" or inner.name in _SHOWN_INSIDE:
        return False
    return inner.name != "weight_decay" or inner.default is None


def _draw_device(document: str, chosen: str, devices: list[Device]) -> None:
    """Offers what this machine has; a device that was chosen elsewhere stays, and is marked."""
    titles = {device.id: _device_title(device) for device in devices}
    titles.setdefault(chosen, f"{chosen} (not here)")
    choice(
        "device",
        titles,
        chosen,
        _declared()["device"].help,
        key=_key(document, "device"),
        on_change=partial(asked.change, document, "device"),
        facts={name: (name,) for name in titles},
    )


def _draw_precision(document: str, settings: TrainingSettings, devices: list[Device]) -> None:
    """Offers what the device computes with; what was chosen elsewhere stays."""
    declared = _declared()["precision"]
    offered = precisions(settings.device, devices)
    forms.field(
        "precision",
        {"enum": list(dict.fromkeys((*offered, settings.precision)))},
        settings.precision,
        declared.help,
        key=_key(document, "precision"),
        on_change=partial(asked.change, document, "precision"),
    )
    if "mixed_float16" not in offered:
        st.html(f'<p class="cs-means">{WHY_NO_FLOAT16}</p>')


def _device_title(device: Device) -> str:
    if not device.id.startswith("gpu") or not device.memory:
        return device.title
    return f"{device.title}, {fmt.size(device.free)} free"


@cache
def _declared() -> Mapping[str, forms.Property]:
    schema = TypeAdapter(TrainingSettings).json_schema()
    return {declared.name: declared for declared in forms.properties(schema)}
