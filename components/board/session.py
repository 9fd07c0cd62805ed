"""One document as one browser tab sees it: selection, what is unfolded, and the tab's operations.

Routes apply a tab's operations while its script runs, so all of this is thread-safe. What a page
reads is one immutable `View`, which is exchanged as a whole.
"""

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from builder.blocks.types import Shape
from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.network import connections, edits
from builder.network.architecture import Architecture
from builder.network.inference import infer
from components.board.changes import Changes, Delta
from components.board.foresight import foresee
from components.board.ledger import Known, Ledger
from components.board.log import Log
from components.board.operation import Operation
from components.board.operator import Operator
from components.board.payload import Foreseen, VerdictTold
from components.board.state import Shown, View, shown
from components.design.labels import sentence

Listener = Callable[[], None]

_TELL_SECONDS = 0.1
"""The longest that a script waits for its change to be sent."""
Wire = tuple[str, str, int]
"""A connection: the ids of the node that is read and of the one that reads it, and which input."""
_Judge = Callable[[Architecture, Mapping[str, Shape | None], str], dict[str, connections.Verdict]]


class Board:
    """One document in one browser tab. Thread-safe.

    Args:
        workspace: Where the document lives.
        document: Its id.
        author: The browser tab, as the author of edits.
        view: What is selected and unfolded at first.
    """

    def __init__(
        self, workspace: Workspace, document: str, author: Author, view: View | None = None
    ) -> None:
        self.workspace = workspace
        self.document = document
        self.author = author
        self._view = view or View()
        self._ledger = Ledger()
        self._messages: list[str] = []
        self._num_told = 0
        self._to_group: tuple[str, ...] = ()
        self._changes = Changes()
        self._shown: Shown | None = None
        self._listeners: set[Listener] = set()
        self._sent = 0
        self._told = threading.Condition()
        self._lock = threading.RLock()

    @property
    def id(self) -> str:
        """What the routes call it: random, and another one after each restart of the server."""
        return self._ledger.id

    @property
    def view(self) -> View:
        """What is selected and unfolded at this moment."""
        return self._view

    def select(self, node: str | None, others: tuple[str, ...] = ()) -> None:
        """Selects a node, or nothing, and others beside it."""
        with self._lock:
            self._see(replace(self._view, selection=node, others=others))

    def unfold(self, keys: tuple[str, ...]) -> None:
        """Unfolds these nodes and parts, and no others."""
        with self._lock:
            self._see(replace(self._view, opened=keys))

    def perform(self, operation: Operation) -> None:
        """Applies an operation that is in no browser's log: a button of the page."""
        with self._lock, self._operator() as operator:
            operator.perform(operation)

    def apply(self, log: Log) -> None:
        """Applies what is new in a browser's log, in order, each operation once.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        with self._lock, self._operator() as operator:
            operator.client = log.client
            self._ledger.apply(log, self.document, operator.perform, self._before)

    def shown(self) -> Shown:
        """All that follows from the document and the view; raises as `delta` does."""
        opened = self.workspace.open(self.document)
        with self._lock:
            return shown(opened, self.workspace.library, self._view, self._num_told)

    def delta(self, base: int | None) -> Delta:
        """What has changed since a version, together with how far operations are applied.

        Args:
            base: A version that this board gave; everything is told for None or an unknown one.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        with self._lock:
            self._look()
            return self._changes.since(base, self._ledger.answer(self.document))

    def version(self) -> int:
        """The number of what the board shows now; raises as `delta` does."""
        with self._lock:
            self._look()
            return self._changes.version

    def foresee(self, node: str, parameter: str, value: Any) -> Foreseen:
        """How nodes would look with another value of a parameter; see `foresight.foresee`.

        Raises:
            BuilderError: There is no such node, parameter or document.
        """
        with self._lock:
            self._look()
            now, version = self._shown, self._changes.version
        assert now is not None
        return foresee(now, version, node, parameter, value)

    def readers(self, source: str, moved: Wire | None = None) -> dict[str, VerdictTold]:
        """Whether each node may read a source, by id; none where it is gone.

        Args:
            source: The id of the node that is read.
            moved: The connection whose end is moved; None where one more is made.

        Raises:
            BuilderError: There is no such connection or document.
        """
        return self._verdicts(connections.readers, source, moved)

    def sources(self, reader: str, moved: Wire | None = None) -> dict[str, VerdictTold]:
        """Whether a reader may read each node, by id; likewise."""
        return self._verdicts(connections.sources, reader, moved)

    def _verdicts(self, judge: _Judge, node: str, moved: Wire | None) -> dict[str, VerdictTold]:
        architecture = self.workspace.open(self.document).architecture
        if node not in architecture:
            return {}
        shapes = {name: known.output_shape for name, known in infer(architecture).nodes.items()}
        if moved is not None:
            architecture = edits.disconnect(architecture, *moved)
        found = judge(architecture, shapes, node)
        return {
            name: VerdictTold(fit=verdict.fit, why=sentence(verdict.why))
            for name, verdict in found.items()
        }

    def take_messages(self) -> list[str]:
        """What the person has to be told, once."""
        with self._lock:
            taken, self._messages = self._messages, []
            return taken

    def take_group(self) -> tuple[str, ...]:
        """The nodes that the person wants to make a block of, once; empty for none."""
        with self._lock:
            taken, self._to_group = self._to_group, ()
            return taken

    def tell(self) -> None:
        """Waits a moment until the browser that listens has been sent what has changed.

        The script that made a change would hold that up by all that it draws: only one thread of
        Python's runs at a time.
        """
        if not self._listeners:
            return
        version = self.version()
        with self._told:
            self._told.wait_for(lambda: self._sent >= version, _TELL_SECONDS)

    def note_sent(self, version: int) -> None:
        """Notes that the browser was sent this version."""
        with self._told:
            self._sent = max(self._sent, version)
            self._told.notify_all()

    @contextmanager
    def listening(self, listener: Listener) -> Generator[None]:
        """Calls a function, from any thread, whenever something may have changed."""
        with ExitStack() as stack:
            stack.enter_context(self.workspace.watchers.watching(self.document, listener))
            self._listeners.add(listener)
            stack.callback(self._listeners.discard, listener)
            yield

    @contextmanager
    def _operator(self) -> Generator[Operator]:
        """Applies operations to what is selected and unfolded, and keeps what came of it."""
        view = self._view
        operator = Operator(
            self.workspace,
            self.document,
            selection=view.selection,
            others=view.others,
            opened=view.opened,
            author=self.author,
        )
        try:
            yield operator
        finally:
            self._to_group = operator.to_group or self._to_group
            self._messages += operator.messages
            self._num_told += len(operator.messages) + bool(operator.to_group)
            self._see(View(operator.selection, operator.others, operator.opened))

    def _see(self, view: View) -> None:
        self._view = view
        for listener in tuple(self._listeners):
            listener()

    def _before(self, client: str) -> Known:
        applied = self.workspace.applied(self.document, client)
        return (applied.number, applied.created) if applied else None

    def _look(self) -> None:
        """Notes what is shown now, as a new version where it has changed."""
        now = self.shown()
        if now != self._shown:
            self._shown = now
            self._changes.record(dict(now.fields()), now.rows())
