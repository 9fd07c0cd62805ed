"""Applies edits from widgets to the open document, and shows their errors where they belong."""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import streamlit as st

from builder.documents.library import find_block
from builder.documents.session import DocumentState
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.edit_codes import EditCode
from builder.network.placing import find
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError, EditError
from components import state
from components.board import Edit
from components.board.operations import Redo, Undo
from components.design import replaced
from components.design.labels import literal, sentence

_SAID = "cs-said"


def apply(document: str, change: Edit) -> DocumentState:
    """Applies an edit and saves it; says so where it replaces what another tab has set unseen.

    Raises:
        BuilderError: It is refused or cannot be saved; nothing has changed.
    """
    workspace, author = state.workspace(), state.author()
    replaces = ""

    def noting(architecture: Architecture) -> Architecture:
        nonlocal replaces
        changed = change(architecture)
        replaces = replaced.words(workspace, document, author, architecture, changed)
        return changed

    try:
        edited = workspace.edit(document, noting, author=author.id)
    except EditError as error:
        if error.problem.code is EditCode.NO_SUCH_NODE:  # its fields are gone, and cannot say it
            say(str(error))
        raise
    if replaces:
        say(replaces)
    state.board(document).tell()
    return edited


def attempt(action: Callable[[], Any]) -> bool:
    """Performs an action; a refusal is shown as a short message.

    Returns:
        Whether it succeeded.
    """
    try:
        with explained("this cannot be saved", "nothing has changed"):
            action()
    except BuilderError as error:
        say(str(error))
        return False
    return True


def attempting(action: Callable[..., Any], *values: object) -> Callable[[], None]:
    """Turns an action into a widget's callback; a refusal is shown as a short message."""

    def callback() -> None:
        attempt(lambda: action(*values))

    return callback


def say(message: str) -> None:
    """Shows a message for a moment, when something is drawn next.

    Callbacks say things before anything is drawn, and those of a dialog must not draw.
    """
    said = st.session_state.setdefault(_SAID, [])
    if message not in said:
        said.append(message)


def show_said() -> None:
    """Shows what was said since; for the end of a page, and for what is drawn without it."""
    said = st.session_state.get(_SAID, [])
    while said:
        st.toast(literal(sentence(said[0])), duration="long")
        said.pop(0)  # only now: another event may cut the run short before the toast is sent


def set_parameter(document: str, nodes: tuple[str, ...], name: str, value: Any) -> None:
    """Gives one parameter of one or several nodes a new value; raises as `apply` does."""
    apply_to_all(document, nodes, lambda a, node: edits.set_parameters(a, node, {name: value}))


def apply_to_all(
    document: str, nodes: tuple[str, ...], change: Callable[[Architecture, str], Architecture]
) -> None:
    """Applies one change to each of several nodes, as one edit; raises as `apply` does."""
    apply(document, lambda architecture: reduce(change, nodes, architecture))


def rename_node(document: str, node: str, name: str) -> None:
    """Gives a node the person's own name; raises as `apply` does."""
    apply(document, lambda architecture: edits.rename(architecture, node, name.strip()))


def set_inputs(document: str, node: str, sources: list[str]) -> None:
    """Gives a node its inputs, in order; raises as `apply` does."""
    apply(document, lambda architecture: edits.set_inputs(architecture, node, sources))


def connect(document: str, source: str, node: str, port: int | None = None) -> None:
    """Connects a node to another one; a refusal is shown as a message."""
    change = partial(_connect, source=source, node=node, port=port)
    attempt(lambda: apply(document, change))


def replace_block(document: str, node: str, block: str) -> None:
    """Replaces a node's block by another type and selects it; raises as `apply` does."""
    replace_blocks(document, (node,), block)


def replace_blocks(document: str, nodes: tuple[str, ...], block: str) -> None:
    """Replaces the blocks of nodes by another type, as one edit, and selects the result.

    Nodes of this type stay as they are. Raises as `apply` does.
    """
    places: list[int] = []
    library = state.workspace().library

    def change(architecture: Architecture) -> Architecture:
        found = find_block(architecture, library, block)
        for node in nodes:
            kept = type(find(architecture, node).block) is found
            places.append(architecture.index(node))
            architecture = architecture if kept else edits.replace_block(architecture, node, found)
        return architecture

    after = apply(document, change).architecture
    first, *others = (after.nodes[place].id for place in places)
    state.select(document, first, tuple(others))


def use_alternative(document: str, node: str, block: str) -> None:
    """Switches to a layer that does the same job; a refusal is shown as a message."""
    attempt(lambda: replace_block(document, node, block))


def repeat(document: str, node: str, times: int) -> None:
    """Repeats a node; raises as `apply` does."""
    apply(document, lambda architecture: edits.repeat(architecture, node, times))


def undo(document: str) -> None:
    """Undoes the last edit; the selection follows as on the board."""
    _perform(document, Undo(n=1))


def redo(document: str) -> None:
    """Redoes an edit; the selection follows as on the board."""
    _perform(document, Redo(n=1))


def _perform(document: str, step: Undo | Redo) -> None:
    board = state.board(document)
    board.perform(step)
    board.tell()


def _connect(architecture: Architecture, source: str, node: str, port: int | None) -> Architecture:
    return edits.connect(architecture, source, node, port)
