"""The document bar, in the page's header: name, saved state, undo, redo, templates and the menu."""

import re
from functools import partial

import streamlit as st

from builder.blocks.catalogue import block_type
from builder.documents.session import DocumentState, Step
from builder.files.architecture_file import to_json
from builder.network import edits
from builder.network.architecture import Architecture
from components import state
from components.board.operations.history import describe_step
from components.design import (
    changes,
    compare_dialog,
    dialogs,
    document_menu,
    library_dialog,
    scaling_dialog,
)
from components.design.labels import literal
from components.offers import Offer, draw_link
from components.shell import format as fmt
from components.shell import top_bar
from components.studies import questions

_MENU = "cs-menu"
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
"""Names that Windows reserves for devices: no file can have one, whatever its ending."""


def draw(document: DocumentState) -> None:
    """Draws the bar of an open document."""
    own = document.document
    with top_bar():
        document_menu.draw(own)
        st.html(
            f'<span class="cs-saved cs-good" title="Saved {fmt.ago(own.updated)}; '
            'every edit is saved"><i class="cs-sign"></i>saved</span>'
        )
        _step("undo", "Undo", document.undoes, partial(changes.undo, own.id))
        _step("redo", "Redo", document.redoes, partial(changes.redo, own.id))
        st.button("Templates", key="cs-templates", on_click=dialogs.ask, args=("templates",))
        if own.draft is None:
            questions.draw_menu(own.id)
        _draw_menu(document)


def draw_without_document() -> None:
    """Draws the bar without an open document."""
    with top_bar():
        st.button("Open", key="cs-open", on_click=dialogs.ask, args=("open",))
        st.button("Templates", key="cs-templates", on_click=dialogs.ask, args=("templates",))


def _draw_menu(document: DocumentState) -> None:
    own = document.document
    with st.popover("Document menu", key=_MENU, on_change="rerun"):
        _item("New", new)
        _item("Open…", partial(dialogs.ask, "open"))
        _item("Upload…", partial(dialogs.ask, "upload"))
        _item("Your blocks…", library_dialog.ask)
        _item("Scale…", scaling_dialog.ask)
        _item("Compare…", compare_dialog.ask)
        text = partial(to_json, document.architecture)
        made = Offer(f"{file_stem(own.name)}.json", "application/json", text)
        with st.container(key="cs-menu-download"):
            draw_link("Download JSON", document.architecture, made)


def new() -> None:
    """Opens a new document that holds an Input only."""
    empty = edits.add(Architecture("untitled"), block_type("Input").create({}))
    changes.attempt(lambda: state.show(state.workspace().create(empty)))


def file_stem(name: str) -> str:
    """A document's name as a file's name, the same on every system."""
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
    stem = kept.strip("_")[:60] or "network"
    return f"{stem}_network" if _RESERVED.fullmatch(stem) else stem


def _step(key: str, label: str, step: Step | None, action) -> None:
    """A button whose help says what it would undo or redo."""
    words = f"{label} {describe_step(step, state.author())}" if step else f"Nothing to {key}"
    st.button(label, key=f"cs-{key}", help=literal(words), disabled=step is None, on_click=action)


def _item(label: str, action) -> None:
    def choose() -> None:
        _close_menu()
        action()

    key = f"cs-menu-{label.rstrip('…').lower().replace(' ', '-')}"
    st.button(label, key=key, type="tertiary", width="stretch", on_click=choose)


def _close_menu() -> None:
    st.session_state[_MENU] = False
