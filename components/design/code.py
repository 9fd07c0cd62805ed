"""The Code tab: the script, for the data that are chosen there, or the model alone."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from builder.actions.exports import FORMATS, Subject
from builder.checks.readiness import readiness
from builder.codegen.keras.script import trains
from builder.datasets.data_titles import data_titles
from builder.datasets.published import known
from builder.documents.session import DocumentState
from builder.network.inference import Inference, infer
from builder.system.errors import BuilderError
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from components.design import exports
from components.design.document_bar import file_stem
from components.design.labels import literal, sentence
from components.design.training import training_or_defaults
from components.offers import Offer, draw_link
from components.shell import format as fmt
from components.shell import notice
from components.train.choice import choice

RANDOM = "placeholder"
"""Stands for random images, to be replaced by one's own data."""

SCRIPT, MODEL = "keras", "model-code"
"""What the tab shows: two of the formats of an export."""

_CHOSEN = "cs-code-data"
_SHOWN = "cs-code-shown"


def chosen_settings(document: DocumentState) -> TrainingSettings:
    """What the exported code trains with: the document's settings, with the data chosen here."""
    settings = training_or_defaults(document.document.training)
    return replace(settings, dataset=_dataset(document, settings))


def draw(document: DocumentState, inference: Inference) -> None:
    """Draws the code of a network, or the errors that prevent it."""
    obstacle = FORMATS[SCRIPT].obstacle(inference)
    if obstacle is not None:
        exports.no_code_yet(document.architecture, obstacle)
        return
    try:
        with st.container(key="cs-code-bar", horizontal=True, vertical_alignment="center"):
            text = _draw_bar(document, inference)
    except BuilderError as error:
        notice(Level.WARNING, sentence(error.message), sentence(error.fix))
        return
    st.code(text, language="python")


def _draw_bar(document: DocumentState, inference: Inference) -> str:
    """Draws the switch and everything above the chosen code; returns the code."""
    titles = {
        SCRIPT: "Training script" if trains(inference) else "Script",
        MODEL: FORMATS[MODEL].title,
    }
    shown = st.segmented_control(
        "Code",
        (SCRIPT, MODEL),
        default=SCRIPT,
        required=True,
        format_func=titles.__getitem__,
        key=_SHOWN,
        label_visibility="collapsed",
    )
    return _draw_model_bar(document) if shown == MODEL else _draw_script_bar(document, inference)


def _draw_model_bar(document: DocumentState) -> str:
    """Draws what stands above the code of the model alone; returns the code."""
    text = exports.content(MODEL, Subject(document.architecture))
    use = "import it and call build_model(); data and training are left to code of your own."
    _draw_download(MODEL, text, use, document)
    return text


def _draw_script_bar(document: DocumentState, inference: Inference) -> str:
    """Draws what stands above the script; returns the script."""
    settings = chosen_settings(document)
    if trains(inference):
        _draw_choice(document, settings.dataset)
    text = exports.content(SCRIPT, Subject(document.architecture, settings))
    use = _use(document, inference, settings)
    _draw_download(SCRIPT, text, use, document)
    return text


def _draw_download(name: str, text: str, use: str, document: DocumentState) -> None:
    kind = FORMATS[name]
    lines = fmt.plural(text.count("\n"), "line")
    st.caption(literal(f"{lines} of Keras 3: {use}"))
    file = kind.file_name(file_stem(document.document.name))
    draw_link(f"Download .{kind.ending}", text, Offer(file, kind.media_type, lambda: text))


def _draw_choice(document: DocumentState, dataset: str) -> None:
    choice(
        "data",
        _titles(),
        dataset,
        "What the script loads; the document's own choice is made on the Train page",
        key=f"{document.document.id}:code:dataset",
        on_change=partial(_choose, document.document.id),
        bare=True,
    )


def _titles() -> Mapping[str, str]:
    return {**data_titles(), RANDOM: "Random images"}


def _choose(document: str, dataset: str) -> None:
    st.session_state[_CHOSEN] = (document, dataset)


def _dataset(document: DocumentState, settings: TrainingSettings) -> str:
    """The data chosen for a document, if they still exist; at first those it is trained on.

    Without a choice, the default data are used if the network fits them.
    """
    chosen_for, chosen = st.session_state.get(_CHOSEN, ("", ""))
    if chosen_for == document.document.id and (known(chosen) or chosen == RANDOM):
        return chosen
    own = document.document.training is not None
    if known(settings.dataset) and (own or readiness(infer(document.architecture), settings).ok):
        return settings.dataset
    return RANDOM


def _use(document: DocumentState, inference: Inference, settings: TrainingSettings) -> str:
    """What the script can be used for as it is."""
    if not trains(inference):
        return "builds the network; training it is left to code of your own."
    if settings.dataset == RANDOM:
        return "runs on its own on random images; put your own data in their place."
    found = readiness(inference, settings)
    if not found.ok:
        return f"it does not fit these data yet. {found.findings[0].message}"
    if settings == training_or_defaults(document.document.training):
        return "runs on its own, and is what a run trains."
    return "runs on its own on these data; a run trains on those chosen on the Train page."
