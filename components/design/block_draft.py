"""Edits an own block wherever it is used: opens its inside, with a strip that says so."""

from html import escape

import streamlit as st

from builder.actions.own_blocks import open_draft
from builder.documents.session import DocumentState
from builder.files.drafts import Draft
from builder.network.architecture import Architecture
from builder.network.own_block import OwnBlock, definitions_in
from components import state
from components.design import block_draft_dialog, changes, deleted, dialogs
from components.design.block_draft_dialog import network_of
from components.shell import format as fmt


def begin(document: str, name: str) -> None:
    """Opens the inside of a document's block; a refusal is shown as a message."""
    if changes.attempt(lambda: state.show(open_draft(state.workspace(), document, name))):
        dialogs.close()


def draw_strip(opened: DocumentState) -> None:
    """Says which block's inside is open, with the possible actions; draws nothing for a network."""
    draft = opened.document.draft
    if draft is None:
        return
    with st.container(key="cs-draft", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="cs-draft-words">{_words(draft)}</p>')
        st.button("Save…", key="cs-draft-save", type="primary", on_click=block_draft_dialog.ask)
        st.button(
            "Discard",
            key="cs-draft-discard",
            help="The block stays as it is; this can be undone",
            on_click=_discard,
            args=(opened.document.id, opened.document.name, draft),
        )
        if draft.document:
            st.button(
                "Back",
                key="cs-draft-back",
                help="Go to the network; what is not saved is kept here",
                on_click=state.show,
                args=(draft.document,),
            )


def _words(draft: Draft) -> str:
    name = f"<b>{escape(draft.before.name)}</b>"
    network = network_of(draft)
    if network is None:
        where = "your library" if not draft.document else "a network that was deleted"
        return f"Inside of {name}, a block of {where}."
    number = len(_places(network, draft.before.name))
    places = f"all {fmt.plural(number, 'place')}" if number > 1 else "its place"
    if number == 0:
        return f"Inside of {name}, which <b>{escape(network.name)}</b> does not hold any more."
    return f"Inside of {name}. Saved, it changes in {places} of <b>{escape(network.name)}</b>."


def _places(network: Architecture, name: str) -> list[str]:
    """Where a block is used: in the network, and inside its other blocks."""
    nodes = [*network.nodes, *(n for own in definitions_in(network) for n in own.nodes)]
    return [node.id for node in nodes if _is(node.block, name)]


def _is(block: object, name: str) -> bool:
    return isinstance(block, OwnBlock) and block.definition.name == name


def _discard(document: str, title: str, draft: Draft) -> None:
    deleted.delete(document, title)
    if network_of(draft) is not None:
        state.show(draft.document)
