"""Applies a person's operations to a document, without widgets or drawing.

Every edit goes through the workspace, which locks, saves and remembers it for undo. A refused edit
changes nothing; its message is kept to be shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod

from builder.documents.library import find_block
from builder.documents.session import Author, DocumentState, Stamp, Step
from builder.documents.workspace import Workspace
from builder.files import clipboard
from builder.network import edits
from builder.network.architecture import Architecture
from builder.system.errors import BuilderError, EditError
from components.editor import (
    Add,
    AddOnEdge,
    Attach,
    Connect,
    Disconnect,
    Duplicate,
    Group,
    Ledger,
    Log,
    Move,
    Open,
    Operation,
    Paste,
    Redo,
    Remove,
    Repeat,
    Select,
    Undo,
)

Edit = Callable[[Architecture], Architecture]


@dataclass
class Operator:
    """Applies operations to one document and tracks the selection.

    Attributes:
        workspace: Where the document lives.
        document: Its id.
        selection: The id of the selected node; changes as operations are carried out.
        others: The ids of the other selected nodes; likewise.
        to_group: The ids of the nodes to make a block from.
        opened: The keys of the nodes and parts that are unfolded; likewise.
        messages: Messages for the person, in order: why operations were refused, and which undone
            edits were made in other pages.
        client: The log that the operations come from; None where they come from elsewhere.
        author: The browser page that they come from.
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
    _stamp: Stamp | None = None

    def perform(self, operation: Operation) -> str | None:
        """Applies one operation.

        Returns:
            The id of the node that it created, if any.
        """
        self._stamp = Stamp(self.client, operation.n) if self.client else None
        try:
            return self._perform(operation)
        except BuilderError as error:
            self.messages.append(str(error))
            return None

    @singledispatchmethod
    def _perform(self, operation: object) -> str | None:
        raise EditError(f"there is no operation {type(operation).__name__}")

    @_perform.register
    def _(self, operation: Add) -> str | None:
        after = operation.after

        def change(architecture: Architecture) -> Architecture:
            found = find_block(architecture, self.workspace.library, operation.block)
            block = found.create({})
            if after is None and architecture.nodes:
                return edits.add_first(architecture, block)
            return edits.add(architecture, block, after)

        return self._create(change)

    @_perform.register
    def _(self, operation: AddOnEdge) -> str | None:
        source, target = operation.source, operation.target

        def change(architecture: Architecture) -> Architecture:
            found = find_block(architecture, self.workspace.library, operation.block)
            return edits.add_on_edge(architecture, found.create({}), source, target)

        return self._create(change)

    @_perform.register
    def _(self, operation: Attach) -> str | None:
        source, target = operation.source, operation.target

        def change(architecture: Architecture) -> Architecture:
            found = find_block(architecture, self.workspace.library, operation.block)
            return edits.attach(architecture, found.create({}), source, target)

        return self._create(change)

    @_perform.register
    def _(self, operation: Paste) -> str | None:
        clip, after = clipboard.parse(operation.text), operation.after
        return self._create(
            lambda architecture: clipboard.paste(architecture, clip, after, self.document)
        )

    @_perform.register
    def _(self, operation: Connect) -> str | None:
        source, target, port = operation.source, operation.target, operation.port
        self._edit(lambda architecture: edits.connect(architecture, source, target, port))

    @_perform.register
    def _(self, operation: Disconnect) -> str | None:
        source, target = operation.source, operation.target
        self._edit(lambda architecture: edits.disconnect(architecture, source, target))

    @_perform.register
    def _(self, operation: Duplicate) -> str | None:
        return self._create(lambda architecture: edits.duplicate(architecture, operation.node))

    @_perform.register
    def _(self, operation: Select) -> str | None:
        self.selection = operation.node
        self.others = operation.others

    @_perform.register
    def _(self, operation: Group) -> str | None:
        self.to_group = (operation.node, *operation.others)

    @_perform.register
    def _(self, operation: Open) -> str | None:
        self.opened = operation.parts

    @_perform.register
    def _(self, operation: Move) -> str | None:
        self._edit(lambda architecture: edits.move(architecture, operation.node, operation.after))

    @_perform.register
    def _(self, operation: Repeat) -> str | None:
        self._edit(lambda architecture: edits.repeat(architecture, operation.node, operation.times))

    @_perform.register
    def _(self, operation: Remove) -> str | None:
        neighbor: str | None = None

        def change(architecture: Architecture) -> Architecture:
            nonlocal neighbor
            neighbor = _neighbor(architecture, operation.node, operation.others)
            there = [node for node in operation.others if node in architecture]
            return edits.remove(architecture, [operation.node, *there])

        self._edit(change)
        self.others = tuple(node for node in self.others if node not in operation.others)
        if self.selection in (operation.node, *operation.others):
            self.selection = neighbor

    @_perform.register
    def _(self, operation: Undo) -> str | None:
        self._step(self.workspace.undo, "Undone", lambda before: before.undoes)

    @_perform.register
    def _(self, operation: Redo) -> str | None:
        self._step(self.workspace.redo, "Done again", lambda before: before.redoes)

    def _edit(self, change: Edit) -> DocumentState:
        return self.workspace.edit(self.document, change, self._stamp, self.author.id)

    def _create(self, change: Edit) -> str | None:
        """Applies an edit that makes nodes, and selects them; the last one is the main one."""
        before: set[str] = set()

        def remember(architecture: Architecture) -> Architecture:
            before.update(architecture.by_id)
            return change(architecture)

        after = self._edit(remember).architecture
        created = [node.id for node in after if node.id not in before]
        if not created:
            return None
        self.selection, self.others = created[-1], tuple(created[:-1])
        return self.selection

    def _step(
        self,
        step: Callable[[str, Stamp | None], DocumentState],
        word: str,
        what: Callable[[DocumentState], Step | None],
    ) -> None:
        """Undoes or redoes, and says so if another page had made the edit in the meantime.

        If the selected node disappears, the restored ones are selected, otherwise the row before.
        """
        with self.workspace.transaction(self.document):
            opened = self.workspace.open(self.document)
            after = step(self.document, self._stamp).architecture
        before, made = opened.architecture, what(opened)
        if made is not None and made.is_foreign(self.author):
            self.messages.append(f"{word}: {describe_step(made, self.author)}")
        if self.selection not in after:
            back = [node.id for node in after if node.id not in before]
            self.others = tuple(back[:-1])
            self.selection = back[-1] if back else _row_before(before, after, self.selection)


def describe_step(step: Step, author: Author) -> str:
    """What an edit did, and where it was made if not in the author's page."""
    if not step.is_foreign(author):
        return step.words
    return f"{step.words} (made {'in another tab' if step.author else 'by another program'})"


def apply_operations(operator: Operator, log: Log | None, ledger: Ledger) -> int:
    """Applies what is new in a browser's log, in order, each operation once.

    Returns:
        How many operations were new.
    """
    operator.client = log.client if log else None

    def before(client: str) -> tuple[int, Mapping[int, str]] | None:
        applied = operator.workspace.applied(operator.document, client)
        return (applied.number, applied.created) if applied else None

    return ledger.apply(log, operator.document, operator.perform, before)


def _neighbor(architecture: Architecture, node: str, others: tuple[str, ...]) -> str | None:
    """The row that is selected after a removed one: the next one, otherwise the one before."""
    if node not in architecture:
        return None
    place = architecture.index(node)
    gone = {node, *others}
    behind = [row.id for row in architecture.nodes[place:] if row.id not in gone]
    before = [row.id for row in architecture.nodes[:place] if row.id not in gone]
    return next(iter(behind + before[::-1]), None)


def _row_before(before: Architecture, after: Architecture, node: str | None) -> str | None:
    """The nearest existing row above a removed node."""
    if node is None or node not in before:
        return None
    above = before.nodes[: before.index(node)]
    return next((row.id for row in reversed(above) if row.id in after), None)
