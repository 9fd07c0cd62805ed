"""The data set: its choice, eight pictures, the balance of its classes, its place."""

from functools import partial
from html import escape

import streamlit as st

from builder.actions.trash import restore as bring_back
from builder.datasets.availability import Reach, availability
from builder.datasets.data_titles import data_titles
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.published import Dataset, catalogue, known
from builder.system.errors import FormatError
from builder.system.home import home
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from components import forms
from components.design.changes import attempting
from components.shell import format as fmt
from components.shell import notice
from components.train import augmented, own_data, pictures, setup
from components.train.choice import choice

FITTING = 18
"""Characters of a title that the box shows for certain."""

_COLORS = {1: "gray", 3: "color"}


def draw(document: str, settings: TrainingSettings) -> None:
    """Draws the choice and what is chosen."""
    with forms.form("data"):
        _draw_choice(document, settings.dataset)
        st.button("Your own images …", key="cs-own", type="tertiary", on_click=own_data.ask)
    own_data.draw(document)
    chosen = known(settings.dataset)
    if chosen is None:
        _draw_none(settings.dataset)
        return
    present = availability(chosen.name).state == Reach.CACHED
    try:
        shown = pictures.strip(chosen, present)
    except FormatError as error:
        notice(Level.WARNING, f"{error.message}.", f"{error.fix}.")
        shown = pictures.strip(chosen, False)
    st.html(
        f'<div class="cs-data">{_whole(chosen.name)}{shown}{pictures.balance(chosen)}'
        f'<p title="{escape(chosen.summary)}">{_words(chosen, present)}</p></div>'
    )
    if present:
        augmented.draw(document, chosen)


def _draw_choice(document: str, name: str) -> None:
    titles = {data: _title(data, title) for data, title in data_titles().items()}
    titles.setdefault(name, "images that are gone" if name.startswith(OWN) else "none yet")
    choice(
        "data",
        titles,
        name,
        "What the network learns from. A share of the images is kept for validation.",
        key=f"{document}:t:dataset",
        on_change=partial(setup.change, document, ("dataset",)),
    )


def _whole(name: str) -> str:
    """The full title if the box cuts off its end, which may distinguish it from others."""
    title = data_titles().get(name, "")
    return f"<p><b>{escape(title)}</b></p>" if len(title) > FITTING else ""


def _draw_none(name: str) -> None:
    """Says why there is nothing to show."""
    if name.startswith(OWN):
        notice(Level.WARNING, availability(name).message)
        own_id = name.removeprefix(OWN)
        if shelf.find_deleted(home(), own_id) is not None:
            st.button(
                "Restore them",
                key="cs-own-restore",
                on_click=attempting(bring_back, home(), "images", own_id),
            )
    else:
        st.html('<p class="cs-hint">Choose the images that the network learns from.</p>')


def _title(name: str, title: str) -> str:
    """The title, and of data that are not here yet how much is to be downloaded."""
    data = catalogue().get(name)
    if data is None or availability(name).state == Reach.CACHED:
        return title
    return f"{title} ({fmt.size(data.download_bytes)})"


def _words(data: Dataset, present: bool) -> str:
    """The data in figures: how many images, of which kind, and whether they are here."""
    kind = _COLORS.get(data.channels, f"{data.channels} channels")
    parts = (
        f"<b>{data.num_images:,}</b> images",
        f"{fmt.shape((data.height, data.width))} {kind}",
        pictures.balance_words(data.class_counts),
    )
    if data.num_validation_images:
        parts = (*parts, f"{data.num_validation_images:,} of them came for validation")
    if data.has_own_test:
        parts = (*parts, f"{data.num_test_images:,} for a last test")
    missing = "" if present else ". Pictures come with the download."
    return ", ".join(parts) + missing
