"""Operations on what one browser tab shows; they change no document."""

from typing import Annotated, Literal

from pydantic import Field

from components.board.operation import MAX_OPEN, NodeId, NodeIds, Operation, PartKey
from components.board.operator import Operator


class Select(Operation):
    """Select a node, or nothing; `others` are selected as well."""

    op: Literal["select"] = "select"
    node: NodeId | None
    others: NodeIds = ()

    def perform(self, operator: Operator) -> None:
        operator.selection, operator.others = self.node, self.others


class Open(Operation):
    """Unfold these nodes and parts, and no others."""

    op: Literal["open"] = "open"
    parts: Annotated[tuple[PartKey, ...], Field(max_length=MAX_OPEN)]

    def perform(self, operator: Operator) -> None:
        operator.opened = self.parts
