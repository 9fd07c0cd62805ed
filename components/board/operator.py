"""Applies a person's operations to a document, without widgets or drawing.

Every edit goes through the workspace, which locks, saves and remembers it for undo. A refused edit
changes nothing; its message is kept to be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from builder.blocks.base import Block
from builder.documents.library import find_block
from builder.documents.session import Author, DocumentState, Stamp
from builder.documents.workspace import Workspace
from builder.network.architecture import Architecture
from builder.system.errors import BuilderError
from components.board.operation import Operation

Edit = Callable[[Architecture], Architecture]


@dataclass
class Operator:
    """Applies operations to one document and tracks the selection.

    Attributes:
        workspace: Where the document lives.
        document: Its id.
        selection: The id of the selected node; changes as operations are carried out.
        others: The ids of the other selected nodes; likewise.
        opened: The keys of the nodes and parts that are unfolded; likewise.
        to_group: The ids of the nodes to make a block from.
        messages: Messages for the person, in order: why operations were refused, and which undone
            edits were made in other pages.
        client: The log that the operations come from; None where they come from elsewhere.
        author: The browser page that they come from.
        stamp: Identifies the operation that is being applied; None where no log holds it.
    """

    workspace: Workspace
    document: str
    selection: str | None = None
    others: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    to_group: tuple[str, ...] = ()
    messages: list[str] = field(default_factory=list)
    client: str | None = None
    author: Author = field(default_factory=Author)
    stamp: Stamp | None = None

    def perform(self, operation: Operation) -> str | None:
        """Applies one operation; a refusal becomes a message.

        Returns:
            The id of the node that it created, if any.
        """
        self.stamp = Stamp(self.client, operation.n) if self.client else None
        try:
            return operation.perform(self)
        except BuilderError as error:
            self.messages.append(str(error))
            return None

    def edit(self, change: Edit) -> DocumentState:
        """Applies an edit to the document and saves it; raises as `Workspace.edit` does."""
        return self.workspace.edit(self.document, change, self.stamp, self.author.id)

    def create(self, change: Edit) -> str | None:
        """Applies an edit that makes nodes, and selects them; the last one is the main one."""
        before: set[str] = set()

        def remember(architecture: Architecture) -> Architecture:
            before.update(architecture.by_id)
            return change(architecture)

        after = self.edit(remember).architecture
        created = [node.id for node in after if node.id not in before]
        if not created:
            return None
        self.selection, self.others = created[-1], tuple(created[:-1])
        return self.selection

    def new_block(self, architecture: Architecture, name: str) -> Block:
        """A block of this name with its defaults; raises `ParameterError` where there is none."""
        return find_block(architecture, self.workspace.library, name).create({})
