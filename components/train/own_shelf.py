"""The person's own data sets: use, rename, delete and undo."""

from functools import partial
from html import escape

import streamlit as st

from builder.actions.trash import Deleted
from builder.actions.trash import delete as move_to_trash
from builder.actions.trash import restore as bring_back
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.own_images.shelf import OwnDataset
from builder.system.distinct import distinct
from builder.system.home import home
from components import forms, trash
from components.design import changes, dialogs
from components.design.changes import attempting
from components.design.labels import literal
from components.shell import format as fmt
from components.train import setup

_DELETED = "cs-own-deleted"


def draw(document: str) -> None:
    """Draws the list, and the offer to undo the last deletion."""
    found = shelf.own_datasets(home())
    deleted = _deleted()
    gone = [item for item in trash.contents("images") if deleted is None or item.id != deleted.id]
    if not found and deleted is None and not gone:
        return
    with st.container(key="cs-own-shelf"):
        if found or deleted is not None:
            st.html("<h6>Already here</h6>")
        if deleted is not None:
            _draw_undo(deleted)
        facts = {own.id: _facts(own) for own in found}
        about = distinct({own.id: _words(own) for own in found}, facts)
        for own in found:
            _draw_row(document, own, about[own.id])
        if gone:
            st.html("<h6>Deleted</h6>")
            trash.draw_rows(gone, _bring_back)


def _draw_row(document: str, own: OwnDataset, about: str) -> None:
    with st.container(key=f"cs-own-{own.id}", horizontal=True, vertical_alignment="center"):
        key = forms.widget_key(f"cs-own-name-{own.id}", lambda there: there == own.title)
        st.text_input(
            f"Name of {literal(own.title)}",
            value=own.title,
            key=key,
            max_chars=shelf.MAX_TITLE,
            label_visibility="collapsed",
            on_change=attempting(forms.callback(key, partial(shelf.rename, home(), own.id))),
        )
        st.html(f"<p>{escape(about)}</p>")
        st.button("Use", key=f"cs-own-use-{own.id}", on_click=partial(_use, document, own))
        st.button(
            "Delete",
            key=f"cs-own-delete-{own.id}",
            type="tertiary",
            on_click=attempting(_delete, own),
        )


def _deleted() -> OwnDataset | None:
    """What was deleted last, for as long as it lies in the trash."""
    own: OwnDataset | None = st.session_state.get(_DELETED)
    if own is not None and not any(item.id == own.id for item in trash.contents("images")):
        _forget()
        return None
    return own


def _draw_undo(own: OwnDataset) -> None:
    with st.container(key="cs-own-undo-row", horizontal=True, vertical_alignment="center"):
        st.text(f"Deleted {own.title}")
        st.button("Undo", key="cs-own-undo", on_click=attempting(_restore, own))
        items = [item for item in trash.contents("images") if item.id == own.id]
        trash.draw_for_good("cs-own-purge", items, _forget)


def _words(own: OwnDataset) -> str:
    kind = "gray" if own.channels == 1 else "color"
    return (
        f"{fmt.plural(len(own.classes), 'class', 'classes')}, {_images(own)}, "
        f"{fmt.shape((own.height, own.width))} {kind}, {fmt.size(own.num_bytes)}"
    )


def _images(own: OwnDataset) -> str:
    """How many there are, and how many of them came for validation and for a test."""
    validation, test = sum(own.validation_class_counts), sum(own.test_class_counts)
    parts = [fmt.plural(own.num_images - validation, "image")]
    parts += [f"{validation:,} for validation"] if validation else []
    parts += [f"{test:,} for a last test"] if test else []
    return " + ".join(parts)


def _facts(own: OwnDataset) -> tuple[str, ...]:
    """What tells data sets apart whose figures are the same."""
    return own.source, f"added {own.created[:16].replace('T', ' ')}", own.id[:6]


def _use(document: str, own: OwnDataset) -> None:
    if changes.attempt(lambda: setup.change(document, ("dataset",), OWN + own.id)):
        dialogs.close()


def _delete(own: OwnDataset) -> None:
    """Moves it to the trash, unless a run needs it now."""
    move_to_trash(home(), "images", own.id)
    st.session_state[_DELETED] = own


def _restore(own: OwnDataset) -> None:
    bring_back(home(), "images", own.id)
    _forget()


def _bring_back(item: Deleted) -> None:
    changes.attempt(lambda: bring_back(home(), "images", item.id))


def _forget() -> None:
    st.session_state.pop(_DELETED, None)
