"""The workspace: documents as they are being edited, shared by every browser of one server.

Each edit is applied to the document as it is now, under the document's lock, and saved before it is
shown. So two browsers on one document never overwrite each other.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.architecture import Architecture
from builder.history import History
from builder.own_blocks.library import Library
from builder.storage.documents import (
    MAX_CLIENTS,
    MAX_CREATED,
    Applied,
    Document,
    DocumentStore,
    Entry,
)

Edit = Callable[[Architecture], Architecture]


@dataclass(frozen=True)
class Stamp:
    """Which operation of which browser page an edit is.

    Attributes:
        client: The page's log.
        number: The operation's number in it.
    """

    client: str
    number: int


@dataclass(frozen=True)
class DocumentState:
    """A document as the screen needs it.

    Attributes:
        document: What is saved.
        can_undo: Whether there is an edit to take back.
        can_redo: Whether there is one to do again.
    """

    document: Document
    can_undo: bool
    can_redo: bool

    @property
    def architecture(self) -> Architecture:
        """The network."""
        return self.document.architecture


@dataclass
class _Session:
    """A document in memory, with its history."""

    document: Document
    history: History[Architecture]
    stamp: int


class Workspace:
    """Opens, edits and saves documents, and keeps own blocks. Safe for several threads.

    Undo reaches back as far as this server has seen the document.

    Args:
        home: The data folder.
    """

    def __init__(self, home: Path) -> None:
        self.store = DocumentStore(home)
        self.library = Library(home)
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.RLock()

    def entries(self) -> list[Entry]:
        """All documents, the latest saved first."""
        return self.store.entries()

    def open(self, document_id: str) -> DocumentState:
        """Gives a document as it is now.

        Raises:
            FormatError: It is not there, or its file is damaged.
        """
        with self._lock:
            return _state(self._session(document_id))

    def edit(self, document_id: str, edit: Edit, stamp: Stamp | None = None) -> DocumentState:
        """Applies an edit and saves the result, and with it whose operation it was.

        Raises:
            BuilderError: The edit is refused; nothing has changed.
            OSError: It could not be saved; nothing has changed.
        """
        with self._lock:
            session = self._session(document_id)
            history = session.history.push(edit(session.history.present))
            return self._advance(session, history, stamp)

    def undo(self, document_id: str, stamp: Stamp | None = None) -> DocumentState:
        """Takes the last edit back, where there is one."""
        with self._lock:
            session = self._session(document_id)
            return self._advance(session, session.history.undo(), stamp)

    def redo(self, document_id: str, stamp: Stamp | None = None) -> DocumentState:
        """Does the edit that was taken back again, where there is one."""
        with self._lock:
            session = self._session(document_id)
            return self._advance(session, session.history.redo(), stamp)

    def set_training(self, document_id: str, training: dict[str, Any]) -> DocumentState:
        """Keeps training settings with a document; they are not part of undo."""
        with self._lock:
            session = self._session(document_id)
            if training != session.document.training:
                self._save(session, replace(session.document, training=training))
            return _state(session)

    def create(self, architecture: Architecture, training: dict[str, Any] | None = None) -> str:
        """Saves a new document and gives its id."""
        return self.store.create(architecture, training).id

    def duplicate(self, document_id: str) -> str:
        """Saves a copy of a document and gives the copy's id.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        document = self.open(document_id).document
        title = f"{document.name[:75]} copy"
        return self.create(replace(document.architecture, name=title), document.training)

    def delete(self, document_id: str) -> None:
        """Moves a document to the trash; its history stays, for when it is restored.

        Raises:
            FormatError: It is not there.
        """
        with self._lock:
            self.store.delete(document_id)

    def restore(self, document_id: str) -> None:
        """Brings a deleted document back.

        Raises:
            FormatError: It is not in the trash.
        """
        self.store.restore(document_id)

    def applied(self, document_id: str, client: str) -> Applied | None:
        """How far a browser page's operations are in a document; None for none.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        return self.open(document_id).document.applied.get(client)

    def transaction(self) -> threading.RLock:
        """The lock to hold while several of the methods above belong together."""
        return self._lock

    def _session(self, document_id: str) -> _Session:
        session = self._sessions.get(document_id)
        stamp = self.store.revision(document_id)
        if session is None or session.stamp != stamp:
            document = self.store.load(document_id)
            history = History(document.architecture)
            if session is not None:  # changed on disk by another process: an edit like any other
                history = session.history.push(document.architecture)
            session = _Session(document, history, stamp)
            self._sessions[document_id] = session
        return session

    def _advance(
        self, session: _Session, history: History[Architecture], stamp: Stamp | None
    ) -> DocumentState:
        if history is not session.history:
            document = session.document
            applied = _noted(document, history.present, stamp) if stamp else document.applied
            changed = replace(document, architecture=history.present, applied=applied)
            self._save(session, changed)
            session.history = history
        return _state(session)

    def _save(self, session: _Session, document: Document) -> None:
        session.document = self.store.save(document)
        session.stamp = self.store.revision(document.id)


def _noted(document: Document, after: Architecture, stamp: Stamp) -> dict[str, Applied]:
    """How far the browsers are once an operation is done; the latest one stands last."""
    done = dict(document.applied)
    before = done.pop(stamp.client, Applied(0))
    made = [node.id for node in after if node.id not in document.architecture]
    new = made[-1] if made else None
    created = {**before.created, **({stamp.number: new} if new else {})}
    latest = dict(list(created.items())[-MAX_CREATED:])
    done[stamp.client] = Applied(stamp.number, latest)
    return dict(list(done.items())[-MAX_CLIENTS:])


def _state(session: _Session) -> DocumentState:
    history = session.history
    return DocumentState(session.document, bool(history.past), bool(history.future))
