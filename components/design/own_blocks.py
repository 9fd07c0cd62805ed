"""A person's own blocks on the Design page: which there are, and what can be done with one."""

from pathlib import Path

import streamlit as st

from builder.architecture import Architecture
from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.errors import BuilderError
from builder.own_blocks.definition import OwnBlock, definitions_in, own_block
from builder.own_blocks.grouping import redefine, unpack
from builder.own_blocks.library import Library
from builder.storage.home import home
from components import state
from components.design import changes


def library() -> Library:
    """Gives the one library of this server."""
    return _library(str(home()))


@st.cache_resource(show_spinner=False)
def _library(folder: str) -> Library:
    return Library(Path(folder))


def available(architecture: Architecture) -> dict[str, type[OwnBlock]]:
    """The own blocks that can be placed, by name: those of the network, then of the library.

    Where both have a block of one name, the network's own counts.
    """
    inside = {own.name: own_block(own) for own in definitions_in(architecture)}
    blocks = library().blocks() | inside
    return {name: blocks[name] for name in sorted(blocks, key=str.lower)}


def find(architecture: Architecture, name: str) -> type[Block]:
    """Looks a block up by its name, own ones included.

    Raises:
        ParameterError: There is no such block.
    """
    return available(architecture).get(name) or block_type(name)


def take_apart(document: str, node: str) -> None:
    """Puts a module's content in its place; a refusal is shown as a message."""

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
    if changes.attempt(lambda: library().save(block.definition)):
        changes.say(f"{block.type_name()} is in your library")


def update(document: str, name: str) -> None:
    """Gives a network's block the content that the library has under its name."""

    def change(architecture: Architecture) -> Architecture:
        kept = library().blocks().get(name)
        if kept is None:
            raise BuilderError(f"the library has no block {name} any more")
        return redefine(architecture, kept.definition)

    changes.attempt(lambda: changes.apply(document, change))
