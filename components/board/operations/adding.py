"""Operations that make nodes; the new ones are selected."""

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from builder.files import clipboard
from builder.network import edits, insertion
from builder.network.architecture import Architecture
from components.board.operation import MAX_PASTED, BlockName, NodeId, Operation, Port
from components.board.operator import Operator


class Add(Operation):
    """Place a new block after a node; None places it before the first row."""

    op: Literal["add"] = "add"
    block: BlockName
    after: NodeId | None

    def perform(self, operator: Operator) -> str | None:
        def change(architecture: Architecture) -> Architecture:
            block = operator.new_block(architecture, self.block)
            if self.after is None and architecture.nodes:
                return insertion.add_first(architecture, block)
            return edits.add(architecture, block, self.after)

        return operator.create(change)


class AddOnEdge(Operation):
    """Place a new block on the connection from one node to an input of another one."""

    op: Literal["add_on_edge"] = "add_on_edge"
    block: BlockName
    source: NodeId
    target: NodeId
    port: Port

    def perform(self, operator: Operator) -> str | None:
        def change(architecture: Architecture) -> Architecture:
            block = operator.new_block(architecture, self.block)
            return insertion.add_on_edge(architecture, block, self.source, self.target, self.port)

        return operator.create(change)


class Attach(Operation):
    """Place a new block that reads `source` and is read by `target`, each None for none."""

    op: Literal["attach"] = "attach"
    block: BlockName
    source: NodeId | None = None
    target: NodeId | None = None

    def perform(self, operator: Operator) -> str | None:
        def change(architecture: Architecture) -> Architecture:
            block = operator.new_block(architecture, self.block)
            return insertion.attach(architecture, block, self.source, self.target)

        return operator.create(change)


class Paste(Operation):
    """Paste copied nodes after a node; None pastes them at the end."""

    op: Literal["paste"] = "paste"
    text: Annotated[StrictStr, Field(max_length=MAX_PASTED)]
    after: NodeId | None

    def perform(self, operator: Operator) -> str | None:
        clip = clipboard.parse(self.text)
        return operator.create(
            lambda architecture: clipboard.paste(architecture, clip, self.after, operator.document)
        )


class Duplicate(Operation):
    """Copy a node to the place right after it."""

    op: Literal["duplicate"] = "duplicate"
    node: NodeId

    def perform(self, operator: Operator) -> str | None:
        return operator.create(lambda architecture: edits.duplicate(architecture, self.node))
