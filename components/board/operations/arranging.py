"""Operations on the nodes that are there."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from builder.network import edits
from builder.network.architecture import Architecture
from components.board.operation import NodeId, NodeIds, Operation
from components.board.operator import Operator


class Move(Operation):
    """Move a node to the place after another; None moves it to the top."""

    op: Literal["move"] = "move"
    node: NodeId
    after: NodeId | None

    def perform(self, operator: Operator) -> None:
        operator.edit(lambda architecture: edits.move(architecture, self.node, self.after))


class Remove(Operation):
    """Remove a node, and others with it."""

    op: Literal["remove"] = "remove"
    node: NodeId
    others: NodeIds = ()

    def perform(self, operator: Operator) -> None:
        neighbor: str | None = None

        def change(architecture: Architecture) -> Architecture:
            nonlocal neighbor
            neighbor = _neighbor(architecture, self.node, self.others)
            there = [node for node in self.others if node in architecture]
            return edits.remove(architecture, [self.node, *there])

        operator.edit(change)
        operator.others = tuple(node for node in operator.others if node not in self.others)
        if operator.selection in (self.node, *self.others):
            operator.selection = neighbor


class Repeat(Operation):
    """Repeat a node `times` times in a row."""

    op: Literal["repeat"] = "repeat"
    node: NodeId
    times: Annotated[StrictInt, Field(ge=1, le=1_000_000)]

    def perform(self, operator: Operator) -> None:
        operator.edit(lambda architecture: edits.repeat(architecture, self.node, self.times))


class Group(Operation):
    """Ask to make a block of a node and others."""

    op: Literal["group"] = "group"
    node: NodeId
    others: NodeIds = ()

    def perform(self, operator: Operator) -> None:
        operator.to_group = (self.node, *self.others)


def _neighbor(architecture: Architecture, node: str, others: tuple[str, ...]) -> str | None:
    """The row that is selected after a removed one: the next one, otherwise the one before."""
    if node not in architecture:
        return None
    place = architecture.index(node)
    gone = {node, *others}
    behind = [row.id for row in architecture.nodes[place:] if row.id not in gone]
    before = [row.id for row in architecture.nodes[:place] if row.id not in gone]
    return next(iter(behind + before[::-1]), None)
