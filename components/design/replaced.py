"""What an edit replaces that another tab has set, and that this page did not show yet.

A field goes by the network that the page was drawn with. Where another tab changes a value, the
page is drawn again, which takes a moment; whoever presses in that moment does not know of it:

    drawn  filters 32   what the field shows
    now    filters 48   another tab has set it
    then   filters 33   a press on +: it replaces what nobody has seen here, and that is said
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from builder.documents.session import Author, Step
from builder.documents.workspace import Workspace
from builder.network.architecture import Architecture, Node
from components.board.operations.history import describe_step

_DRAWN = "cs-drawn"

_MISSING = object()


@dataclass(frozen=True)
class Setting:
    """One thing that is set of a node: a parameter, or `#name`, `#inputs` or `#repeat`."""

    node: str
    name: str

    def of(self, architecture: Architecture) -> Any:
        """Its value in a network; unlike any other where there is no such setting."""
        node = architecture.by_id.get(self.node)
        return _MISSING if node is None else _settings(node).get(self.name, _MISSING)


def note_drawn(document: str, architecture: Architecture) -> None:
    """Notes the network that the page's fields show."""
    st.session_state[_DRAWN] = (document, architecture)


def words(
    workspace: Workspace,
    document: str,
    author: Author,
    now: Architecture,
    then: Architecture,
) -> str:
    """Says what an edit replaces; empty where it replaces nothing that another tab has set unseen.

    Args:
        workspace: Where the document lives; it is as before the edit.
        document: Its id.
        author: Who makes the edit.
        now: The network before the edit.
        then: And after it.
    """
    shown, drawn = st.session_state.get(_DRAWN, (None, None))
    if shown != document or drawn is now:
        return ""
    for setting in _changed(now, then):
        value = setting.of(now)
        if setting.of(drawn) in (_MISSING, value):
            continue
        made = workspace.origin(document, setting.of)
        if made is not None and made.is_foreign(author):
            return f"Replaced: {_told(made, author, setting, value)}. Undo brings it back"
    return ""


def _told(made: Step, author: Author, setting: Setting, value: Any) -> str:
    """What the other tab did, with the value where it gave one parameter a plain one."""
    alone = f"set {setting.name.lstrip('#')} of "
    if isinstance(value, str | int | float) and made.words.startswith(alone):
        made = replace(made, words=f"{made.words} to {value}")
    return describe_step(made, author)


def _changed(now: Architecture, then: Architecture) -> Iterator[Setting]:
    """The settings of which an edit changes the value."""
    for node in now:
        other = then.by_id.get(node.id)
        if other is None or other == node:
            continue
        before, after = _settings(node), _settings(other)
        yield from (
            Setting(node.id, name)
            for name, value in before.items()
            if after.get(name, _MISSING) != value
        )


def _settings(node: Node) -> dict[str, Any]:
    own = {"name": node.name, "inputs": node.inputs, "repeat": node.repeat}
    return {f"#{name}": value for name, value in own.items()} | node.block.values()
