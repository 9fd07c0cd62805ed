"""The actions for own blocks and modules on the Design page."""

import streamlit as st

from builder.blocks.module import Module
from builder.custom_blocks.changing import redefine
from builder.custom_blocks.grouping import unpack
from builder.network.architecture import Architecture, Node
from builder.network.connections import takes_input
from builder.network.own_block import OwnBlock
from builder.system.errors import BuilderError
from components import state
from components.design import block_draft, changes, group_dialog
from components.design.labels import literal


def draw_actions(document: str, node: Node) -> None:
    """Draws the actions for a node as a block: make one of it, unpack it, keep it."""
    if not takes_input(node.block):
        return
    with st.container(key="cs-block-actions", horizontal=True, gap="small"):
        _draw_make((node.id,))
        if isinstance(node.block, Module):
            st.button(
                "Unpack",
                key="cs-unpack",
                help="Put what is inside in its place",
                on_click=take_apart,
                args=(document, node.id),
            )
        if isinstance(node.block, OwnBlock):
            _draw_edit(document, node.block.type_name())
            _draw_library(document, type(node.block))


def draw_group_action(nodes: tuple[str, ...]) -> None:
    """Offers to make a block of several nodes."""
    with st.container(key="cs-block-actions", horizontal=True, gap="small"):
        _draw_make(nodes)


def _draw_make(nodes: tuple[str, ...]) -> None:
    st.button(
        "Make a block…",
        key="cs-make-block",
        help="Turn this and other blocks into a block of your own"
        if len(nodes) == 1
        else "Turn these blocks into a block of your own",
        on_click=group_dialog.ask,
        args=(nodes,),
    )


def _draw_edit(document: str, name: str) -> None:
    st.button(
        "Edit this block…",
        key="cs-edit-block",
        help=f"Open the inside of {literal(name)}; saved, it changes wherever it stands",
        on_click=block_draft.begin,
        args=(document, name),
    )


def _draw_library(document: str, block: type[OwnBlock]) -> None:
    """Offers to keep a network's own block, or to replace it by the library's."""
    name = block.type_name()
    kept = state.workspace().library.blocks().get(name)
    if kept is block:
        return
    st.button(
        "Keep in library" if kept is None else "Replace in library",
        key="cs-keep-block",
        help="So that it can be placed in other networks as well"
        if kept is None
        else f"Your library has another {literal(name)}; it would be replaced",
        on_click=keep,
        args=(block,),
    )
    if kept is not None:
        st.button(
            "Update from library",
            key="cs-update-block",
            help=f"Your library has another {literal(name)}; all of this network's change to it",
            on_click=update,
            args=(document, name),
        )


def take_apart(document: str, node: str) -> None:
    """Replaces a module by its content; a refusal is shown as a message."""

    def change(architecture: Architecture) -> Architecture:
        nonlocal first
        after = unpack(architecture, node)
        first = next((n.id for n in after if n.id not in architecture), None)
        return after

    first: str | None = None
    if changes.attempt(lambda: changes.apply(document, change)):
        state.select(document, first)


def keep(block: type[OwnBlock]) -> None:
    """Keeps a network's block in the library."""
    if changes.attempt(lambda: state.workspace().library.save(block.definition)):
        changes.say(f"Your library has {block.type_name()} now")


def update(document: str, name: str) -> None:
    """Replaces a network's block by the library's block with its name."""

    def change(architecture: Architecture) -> Architecture:
        kept = state.workspace().library.blocks().get(name)
        if kept is None:
            raise BuilderError(f"the library has no block {name} any more")
        return redefine(architecture, kept.definition)

    changes.attempt(lambda: changes.apply(document, change))
