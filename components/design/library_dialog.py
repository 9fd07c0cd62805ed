"""The dialog that shows the personal library of own blocks."""

from html import escape

import streamlit as st

from builder import edits
from builder.architecture import Architecture
from builder.codegen.own_function import own_function
from builder.own_blocks.library import LibraryEntry, find_block
from components import state
from components.design import changes, dialogs
from components.design.labels import literal
from components.shell import empty_state, notice
from components.shell import format as fmt

NAME = "library"
"""The dialog's name, as `dialogs.ask` takes it."""

_GONE = "cs-library-gone"
"""The blocks that were deleted since the dialog was opened, so that they can come back."""


def ask() -> None:
    """Opens the dialog when the page is drawn next."""
    st.session_state.pop(_GONE, None)
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Your blocks", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    _draw_gone()
    entries = state.workspace().library.entries()
    if not entries:
        empty_state(
            "No blocks of your own yet",
            "Select a block in the stack, then choose Make a block… in its settings.",
        )
    for entry in entries:
        _draw_entry(document, entry)


def _draw_entry(document: str, entry: LibraryEntry) -> None:
    with st.container(key=f"cs-library-{entry.name}", border=True):
        if entry.block is None:
            notice("error", f"{entry.name} cannot be used: {entry.problem}.")
            _draw_delete(entry.name)
            return
        definition = entry.block.definition
        names = ", ".join(parameter.name for parameter in definition.parameters)
        facts = fmt.plural(len(definition.nodes), "block") + " inside"
        st.html(
            f'<p class="cs-title">{escape(entry.name)}</p>'
            f'<p class="cs-lesson">{escape(entry.block.summary())}</p>'
            f'<p class="cs-reference">{facts}{", set by " + escape(names) if names else ""}</p>'
        )
        with st.expander("Code", key=f"cs-library-code-{entry.name}", type="compact"):
            st.code(own_function(definition), language="python")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Add to this network",
                key=f"cs-library-add-{entry.name}",
                on_click=_add,
                args=(document, entry.name),
            )
            _draw_delete(entry.name)


def _draw_delete(name: str) -> None:
    st.button(
        "Delete",
        key=f"cs-library-delete-{name}",
        type="tertiary",
        help="Networks that hold it keep it; this can be undone",
        on_click=_delete,
        args=(name,),
    )


def _draw_gone() -> None:
    for name in st.session_state.get(_GONE, ()):
        with st.container(key=f"cs-gone-{name}", horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted {literal(name)}")
            st.button("Undo", key=f"cs-library-undo-{name}", on_click=_restore, args=(name,))


def _add(document: str, name: str) -> None:
    library, selected = state.workspace().library, state.selection(document)
    made = ""

    def change(architecture: Architecture) -> Architecture:
        nonlocal made
        block = find_block(architecture, library, name).create({})
        after = edits.add(architecture, block, selected if selected in architecture else None)
        made = next(node.id for node in after if node.id not in architecture)
        return after

    if changes.attempt(lambda: changes.apply(document, change)):
        state.select(document, made)
        dialogs.close()


def _delete(name: str) -> None:
    if changes.attempt(lambda: state.workspace().library.delete(name)):
        st.session_state[_GONE] = (*st.session_state.get(_GONE, ()), name)


def _restore(name: str) -> None:
    if changes.attempt(lambda: state.workspace().library.restore(name)):
        gone = st.session_state.get(_GONE, ())
        st.session_state[_GONE] = tuple(other for other in gone if other != name)
