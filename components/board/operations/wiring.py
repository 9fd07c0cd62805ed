"""Operations on the connections between nodes."""

from typing import Literal

from builder.network import edits
from components.board.operation import NodeId, Operation, Port
from components.board.operator import Operator


class Connect(Operation):
    """Connect a node to another one; `port` is the input that is replaced, None adds one."""

    op: Literal["connect"] = "connect"
    source: NodeId
    target: NodeId
    port: Port | None = None

    def perform(self, operator: Operator) -> None:
        operator.edit(
            lambda architecture: edits.connect(architecture, self.source, self.target, self.port)
        )


class Redirect(Operation):
    """Lead the connection from one node to an input of another one to a third node instead."""

    op: Literal["redirect"] = "redirect"
    source: NodeId
    target: NodeId
    port: Port
    reader: NodeId

    def perform(self, operator: Operator) -> None:
        operator.edit(
            lambda architecture: edits.redirect(
                architecture, self.source, self.target, self.port, self.reader
            )
        )


class SwapInputs(Operation):
    """Lead the connection from one node to an input of another one to another of its inputs.

    The connection that holds that input takes the one that becomes free.
    """

    op: Literal["swap_inputs"] = "swap_inputs"
    source: NodeId
    target: NodeId
    port: Port
    inlet: Port

    def perform(self, operator: Operator) -> None:
        operator.edit(
            lambda architecture: edits.swap_inputs(
                architecture, self.source, self.target, self.port, self.inlet
            )
        )


class Disconnect(Operation):
    """Remove the connection from one node to an input of another one."""

    op: Literal["disconnect"] = "disconnect"
    source: NodeId
    target: NodeId
    port: Port

    def perform(self, operator: Operator) -> None:
        operator.edit(
            lambda architecture: edits.disconnect(architecture, self.source, self.target, self.port)
        )
