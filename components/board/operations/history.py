"""Undo and redo, and whose edit it was."""

from collections.abc import Callable
from typing import Literal

from builder.documents.session import Author, DocumentState, Stamp, Step
from builder.network.architecture import Architecture
from components.board.operation import Operation
from components.board.operator import Operator


class Undo(Operation):
    """Undo the last edit."""

    op: Literal["undo"] = "undo"

    def perform(self, operator: Operator) -> None:
        _step(operator, operator.workspace.undo, "Undone", lambda before: before.undoes)


class Redo(Operation):
    """Redo the edit that was undone last."""

    op: Literal["redo"] = "redo"

    def perform(self, operator: Operator) -> None:
        _step(operator, operator.workspace.redo, "Done again", lambda before: before.redoes)


def describe_step(step: Step, author: Author) -> str:
    """What an edit did, and where it was made if not in the author's page."""
    if not step.is_foreign(author):
        return step.words
    return f"{step.words} (made {'in another tab' if step.author else 'by another program'})"


def _step(
    operator: Operator,
    step: Callable[[str, Stamp | None], DocumentState],
    word: str,
    what: Callable[[DocumentState], Step | None],
) -> None:
    """Undoes or redoes, and says so if another page had made the edit in the meantime.

    The nodes that come back are selected. If there are none and the selected node disappears, the
    row before it is.
    """
    with operator.workspace.transaction(operator.document):
        opened = operator.workspace.open(operator.document)
        after = step(operator.document, operator.stamp).architecture
    before, made = opened.architecture, what(opened)
    if made is not None and made.is_foreign(operator.author):
        operator.messages.append(f"{word}: {describe_step(made, operator.author)}")
    back = [node.id for node in after if node.id not in before]
    if back:
        operator.selection, operator.others = back[-1], tuple(back[:-1])
    elif operator.selection not in after:
        operator.selection = _row_before(before, after, operator.selection)
        operator.others = ()


def _row_before(before: Architecture, after: Architecture, node: str | None) -> str | None:
    """The nearest existing row above a removed node."""
    if node is None or node not in before:
        return None
    above = before.nodes[: before.index(node)]
    return next((row.id for row in reversed(above) if row.id in after), None)
