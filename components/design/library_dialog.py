"""The dialog that shows the personal library of own blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st

from builder.actions.own_blocks import rename_kept
from builder.codegen.keras.own_function import own_function
from builder.custom_blocks.changing import rename_block
from builder.documents.library import LibraryEntry, find_block
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.own_block import OwnBlock, definitions_in
from builder.network.own_block_type import own_block
from builder.system.level import Level
from components import forms, state
from components.design import block_draft, changes, dialogs, own_blocks
from components.design.labels import literal
from components.shell import empty_state, notice
from components.shell import format as fmt

NAME = "library"
"""The dialog's name, as `dialogs.ask` takes it."""

_GONE = "cs-library-gone"
"""The blocks that were deleted since the dialog was opened, which can be restored."""

_RENAMED = "cs-library-renamed"


@dataclass(frozen=True)
class _Renamed:
    """The renaming that can be undone: `inside` says whether it included the network's block."""

    old: str
    new: str
    inside: bool


def ask() -> None:
    """Opens the dialog when the page is drawn next."""
    st.session_state.pop(_GONE, None)
    st.session_state.pop(_RENAMED, None)
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Your blocks", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    _draw_gone()
    _draw_renamed(document)
    entries = state.workspace().library.entries()
    inside = _only_inside(document, [entry.block for entry in entries])
    taken = {block.type_name() for block in inside}
    if not entries and not inside:
        empty_state(
            "No blocks of your own yet",
            "Select a block in the stack, then choose Make a block… in its settings.",
        )
    for entry in entries:
        _draw_entry(document, entry, is_taken=entry.name in taken)
    if inside:
        st.markdown("###### Only in this network")
    for block in inside:
        _draw_inside(document, block)


def _only_inside(document: str, kept: Sequence[type[OwnBlock] | None]) -> list[type[OwnBlock]]:
    """The network's own blocks that the library does not have, or has with another content."""
    architecture = state.workspace().open(document).architecture
    blocks = [own_block(definition) for definition in definitions_in(architecture)]
    return [block for block in blocks if block not in kept]


def _draw_entry(document: str, entry: LibraryEntry, *, is_taken: bool) -> None:
    """Draws a block of the library; `is_taken` says that the network has another of its name."""
    with st.container(key=f"cs-library-{entry.name}", border=True):
        if entry.block is None:
            notice(Level.ERROR, f"{entry.name} cannot be used: {entry.problem}.")
            _draw_delete(entry.name)
            return
        _draw_facts(entry.block, "library")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Add to this network",
                key=f"cs-library-add-{entry.name}",
                disabled=is_taken,
                help="This network has another block of this name: rename one"
                if is_taken
                else None,
                on_click=_add,
                args=(document, entry.name),
            )
            _draw_edit(document, entry.name, "library", disabled=is_taken)
            _draw_rename(entry.name, "library", partial(_rename, document, entry.block))
            _draw_delete(entry.name)


def _draw_inside(document: str, block: type[OwnBlock]) -> None:
    name = block.type_name()
    is_taken = name in state.workspace().library.blocks()
    with st.container(key=f"cs-inside-{name}", border=True):
        _draw_facts(block, "inside")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Keep in library",
                key=f"cs-inside-keep-{name}",
                disabled=is_taken,
                help="Your library has another block of this name: rename one"
                if is_taken
                else "So that it can be placed in other networks as well",
                on_click=own_blocks.keep,
                args=(block,),
            )
            _draw_edit(document, name, "inside")
            _draw_rename(name, "inside", partial(_rename_inside, document, name))


def _draw_facts(block: type[OwnBlock], place: str) -> None:
    definition, name = block.definition, block.type_name()
    names = ", ".join(parameter.name for parameter in definition.parameters)
    facts = fmt.plural(len(definition.nodes), "block") + " inside"
    st.html(
        f'<p class="cs-title">{escape(name)}</p>'
        f'<p class="cs-lesson">{escape(block.summary())}</p>'
        f'<p class="cs-reference">{facts}{", set by " + escape(names) if names else ""}</p>'
    )
    with st.expander("Code", key=f"cs-{place}-code-{name}", type="compact"):
        st.code(own_function(definition), language="python")


def _draw_edit(document: str, name: str, place: str, *, disabled: bool = False) -> None:
    st.button(
        "Edit…",
        key=f"cs-{place}-edit-{name}",
        type="tertiary",
        disabled=disabled,
        help="This network has another block of this name: edit that one, or rename one"
        if disabled
        else "Open its inside; saved, it changes wherever it stands",
        on_click=block_draft.begin,
        args=(document, name),
    )


def _draw_rename(name: str, place: str, rename: Callable[[str], None]) -> None:
    with (
        st.popover("Rename", key=f"cs-{place}-rename-{name}", type="tertiary"),
        forms.form(f"rename-{place}-{name}"),
    ):
        key = f"cs-{place}:{name}:name"
        forms.field("name", {"type": "string"}, name, key=key, on_change=rename)


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
    """Offers to restore deleted blocks whose names are still free."""
    kept = state.workspace().library.blocks()
    for name in st.session_state.get(_GONE, ()):
        if name in kept:
            continue
        with st.container(key=f"cs-gone-{name}", horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted {literal(name)}")
            st.button("Undo", key=f"cs-library-undo-{name}", on_click=_restore, args=(name,))


def _draw_renamed(document: str) -> None:
    """Says what was renamed last, and offers to undo it."""
    renamed: _Renamed | None = st.session_state.get(_RENAMED)
    if renamed is None:
        return
    with st.container(key="cs-renamed", horizontal=True, vertical_alignment="center"):
        where = " here and in your library" if renamed.inside else " in your library"
        st.markdown(f"Renamed {literal(renamed.old)} to {literal(renamed.new)}{where}")
        st.button("Undo", key="cs-rename-undo", on_click=_take_back, args=(document, renamed))


def _rename(document: str, block: type[OwnBlock], new: str) -> None:
    """Renames a block of the library, and in the network where it holds this very block.

    Raises:
        BuilderError: The name cannot be used, or it cannot be saved; nothing has changed.
    """
    old, new = block.type_name(), new.strip()
    inside = block.definition in definitions_in(state.workspace().open(document).architecture)
    _rename_kept(document if inside else "", old, new)
    st.session_state[_RENAMED] = _Renamed(old, new, inside)


def _rename_kept(document: str, old: str, new: str) -> None:
    rename_kept(state.workspace(), old, new, document=document, author=state.author().id)


def _rename_inside(document: str, old: str, new: str) -> None:
    changes.apply(document, lambda architecture: rename_block(architecture, old, new.strip()))


def _take_back(document: str, renamed: _Renamed) -> None:
    where = document if renamed.inside else ""
    if changes.attempt(lambda: _rename_kept(where, renamed.new, renamed.old)):
        st.session_state.pop(_RENAMED, None)


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
