"""Operations on the connections between nodes."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from builder.network import edits
from components.board.operation import NodeId, Operation
from components.board.operator import Operator


class Connect(Operation):
    """Connect a node to another one; `port` is the input that is replaced, None adds one."""

    op: Literal["connect"] = "connect"
    source: NodeId
    target: NodeId
    port: Annotated[StrictInt, Field(ge=0, le=1_000)] | None = None

    def perform(self, operator: Operator) -> None:
        operator.edit(
            lambda architecture: edits.connect(architecture, self.source, self.target, self.port)
        )


class Disconnect(Operation):
    """Remove the connection from one node to another."""

    op: Literal["disconnect"] = "disconnect"
    source: NodeId
    target: NodeId

    def perform(self, operator: Operator) -> None:
        operator.edit(lambda architecture: edits.disconnect(architecture, self.source, self.target))
