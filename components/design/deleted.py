"""Deleted documents: the offer to undo a deletion, and the list of all of them."""

import time
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from builder.files.entries import Entry
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state, trash
from components.design import changes
from components.design.labels import sentence
from components.shell import format as fmt
from components.shell import notice

_DELETED = "cs-deleted"

_OFFER_SECONDS = 60
"""How long undoing a deletion is offered; afterwards the next redrawing drops the offer."""

_SHOWN = 50
"""How many documents the list shows; the search finds the others."""


def delete(document: str, name: str) -> None:
    """Moves a document to the trash, opens another one, and offers to undo this."""
    if changes.attempt(lambda: state.workspace().delete(document)):
        st.session_state[_DELETED] = (document, name, time.monotonic())
        state.leave()


def draw_offer() -> None:
    """Draws the offer to restore the document that was deleted last."""
    deleted = st.session_state.get(_DELETED)
    if deleted is None or time.monotonic() - deleted[2] > _OFFER_SECONDS:
        return
    if not any(entry.id == deleted[0] for entry in state.workspace().deleted()):
        _forget()  # it was restored, or removed for good, somewhere else
        return
    with st.container(key="cs-deleted", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>Deleted <b>{escape(deleted[1])}</b></p>")
        st.button("Undo", key="cs-deleted-undo", on_click=_restore, args=(deleted[0],))
        st.button("Dismiss", key="cs-deleted-dismiss", type="tertiary", on_click=_forget)


def why_not_opened(document: str, error: BuilderError) -> str:
    """Says why a document cannot be opened, and which one where its file is there."""
    if state.workspace().store.exists(document):
        return sentence(f"the document {document!r} cannot be read: {error.message}")
    return sentence(error.message)


def draw_restore(document: str) -> bool:
    """Offers to restore a deleted document whose address was opened.

    Returns:
        Whether it was deleted; otherwise nothing is drawn.
    """
    found = next((e for e in state.workspace().deleted() if e.id == document), None)
    if found is None:
        return False
    words = f"{found.name} was deleted {fmt.ago(found.deleted)}."
    notice(Level.INFO, words, "Restore it, or open another document.")
    with st.container(key="cs-restore", horizontal=True, gap="small"):
        st.button(
            "Restore", key="cs-restore-here", type="primary", on_click=_restore, args=(document,)
        )
        st.button("Open the latest", key="cs-open-latest", on_click=state.leave)
    return True


def draw_list(entries: Sequence[Entry], searched: bool, done: Callable[[], None]) -> None:
    """Draws the trash, folded.

    Args:
        entries: The documents, the latest deleted first.
        searched: Whether they are the results of a search.
        done: Called when one of them has been restored.
    """
    if not entries:
        return
    folded = st.expander("Deleted documents", key="cs-trash", type="compact", on_change="rerun")
    if not folded.open:
        return
    with folded, st.container(key="cs-trash-list"):
        found = {item.id: item for item in trash.contents("document")}
        items = [found[entry.id] for entry in entries[:_SHOWN] if entry.id in found]
        trash.draw_rows(items, lambda item: _restore(item.id, done))
    if len(entries) > _SHOWN:
        more = fmt.plural(len(entries) - _SHOWN, "more document")
        hint = "they come as those above are restored" if searched else "search to find them"
        st.caption(f"{more} deleted earlier: {hint}.")


def _restore(document: str, done: Callable[[], None] = lambda: None) -> None:
    if not changes.attempt(lambda: state.workspace().restore(document)):
        return
    if st.session_state.get(_DELETED, ("",))[0] == document:
        _forget()
    state.show(document)
    done()


def _forget() -> None:
    st.session_state.pop(_DELETED, None)
