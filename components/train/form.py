"""The form of the training settings, drawn from their declaration."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import get_args

import streamlit as st

from builder.checks.machine_check import WHY_NO_FLOAT16, precisions
from builder.datasets.published import known
from builder.system.devices import Device
from builder.training.setting_fields import ShownSetting, shown_settings
from builder.training.setting_types import DATA_SET
from builder.training.settings import Precision, TrainingSettings
from components import forms
from components.shell import format as fmt
from components.train import setup
from components.train.choice import choice

_CLUSTER_DEVICES = {
    "auto": "Automatic (a GPU where the cluster has one)",
    "cpu": "CPU",
    "gpu:0": "GPU",
}


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
    notes = _notes(settings, auto_loss, devices, memory)
    with forms.form("training"):
        forms.draw_sections(
            "training",
            [(part, shown) for part, shown in shown_settings(settings) if part != DATA_SET],
            lambda setting: _draw(document, setting, settings, devices, notes),
            key=partial(_key, document),
        )


def refused(document: str, settings: TrainingSettings) -> list[str]:
    """The settings whose fields, as drawn now, show something that was refused."""
    return [
        setting.parameter.name
        for _, shown in shown_settings(settings)
        for setting in shown
        if forms.is_refused(_key(document, setting))
    ]


def _notes(
    settings: TrainingSettings, auto_loss: str, devices: list[Device], memory: str
) -> Mapping[str, str]:
    """What stands below a setting, by its name: what its value means here."""
    notes = {"batch_size": memory}
    if settings.loss == "auto" and auto_loss:
        notes["loss"] = f"auto: {auto_loss}"
    if settings.split == "auto":
        notes["split"] = "auto: stratified" if settings.is_stratified else "auto: random"
    data = known(settings.dataset)
    if data is not None and settings.uses_given_validation(data):
        given = fmt.plural(data.num_validation_images, "image")
        notes["validation_set"] = f"given: {given} that came for validation"
    if "mixed_float16" not in _precisions(settings, devices):
        notes["precision"] = WHY_NO_FLOAT16
    return notes


def _key(document: str, setting: ShownSetting) -> str:
    name, *inner = setting.path
    return ":".join((document, "t", name, *((setting.owner, *inner) if inner else ())))


def _draw(
    document: str,
    setting: ShownSetting,
    settings: TrainingSettings,
    devices: list[Device],
    notes: Mapping[str, str],
) -> None:
    _draw_field(document, setting, settings, devices)
    if note := notes.get(setting.path[-1]):
        st.html(f'<p class="cs-means">{escape(note)}</p>')


def _draw_field(
    document: str, setting: ShownSetting, settings: TrainingSettings, devices: list[Device]
) -> None:
    """Draws a setting; of two, this machine decides on what can be chosen."""
    parameter = setting.parameter
    if parameter.name == "device":
        titles = _device_titles(devices) if settings.is_local else _CLUSTER_DEVICES
        _draw_device(document, setting, titles)
        return
    schema, about = parameter.schema, parameter.help
    if parameter.name == "precision":
        offered = _precisions(settings, devices)
        schema = {"enum": list(dict.fromkeys((*offered, settings.precision)))}
    elif parameter.tag:
        schema = {"enum": list(parameter.choices)}
        about = f"{about}\n\n{setting.value}: {parameter.variants[setting.value].__doc__}"
    forms.field(
        parameter.name,
        schema,
        setting.value,
        about,
        key=_key(document, setting),
        on_change=partial(setup.change, document, setting.path),
        label=parameter.label,
    )


def _precisions(settings: TrainingSettings, devices: list[Device]) -> Sequence[Precision]:
    """The precisions worth offering; of a cluster nothing is known, so all of them."""
    if settings.is_local:
        return precisions(settings.device, devices)
    return get_args(Precision)


def _device_titles(devices: list[Device]) -> Mapping[str, str]:
    return {device.id: _device_title(device) for device in devices}


def _draw_device(document: str, setting: ShownSetting, offered: Mapping[str, str]) -> None:
    """Offers the devices; one that was chosen elsewhere stays, and is marked."""
    titles = {setting.value: f"{setting.value} (not here)"} | dict(offered)
    titles = {name: titles[name] for name in (*offered, *titles)}
    choice(
        "device",
        titles,
        setting.value,
        setting.parameter.help,
        key=_key(document, setting),
        on_change=partial(setup.change, document, setting.path),
        facts={name: (name,) for name in titles},
    )


def _device_title(device: Device) -> str:
    if not device.id.startswith("gpu") or not device.memory:
        return device.title
    return f"{device.title}, {fmt.size(device.free)} free"
