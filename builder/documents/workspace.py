"""The workspace: documents as they are being edited, shared by every browser of one server.

Each edit is applied to the present document, under its lock, and saved before it is shown. So two
browsers on one document never overwrite each other, nor do two servers on one data folder: what the
other one saved is read first and becomes a step of the history like any other.

See docs/decisions/0020-two-servers.md.
"""

import contextlib
import re
from collections.abc import Callable, Collection, Generator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from builder.documents.document_store import DocumentStore
from builder.documents.history import History
from builder.documents.library import Library
from builder.documents.recent import Recent
from builder.documents.session import DocumentState, Session, Stamp, Step, Version
from builder.documents.watchers import Watchers
from builder.files.document_file import MAX_CLIENTS, MAX_CREATED, Applied, Document
from builder.files.drafts import Draft
from builder.files.entries import Entry
from builder.network.architecture import Architecture
from builder.system.disk_errors import explained

Edit = Callable[[Architecture], Architecture]

_READ_OUTSIDE = 3
"""How often to read a document before taking its lock; if it keeps changing, under the lock."""


class Workspace:
    """Opens, edits and saves documents, and keeps own blocks. Thread-safe.

    Undo reaches back as far as this server has seen the document. It belongs to the document, not
    to a page: it reverts the latest edit, whichever page made it.

    Attributes:
        store: The documents' files.
        library: The own blocks that are kept across documents.
        watchers: Those who want to know when a document changes.

    Args:
        home: The data folder.
    """

    def __init__(self, home: Path) -> None:
        self.watchers = Watchers()
        self.store = DocumentStore(home)
        self.library = Library(home)
        self._recent = Recent(home)
        self._sessions: dict[str, Session] = {}

    def entries(self) -> list[Entry]:
        """All documents, the last used first."""
        opened = self._recent.opened()
        entries = (replace(e, opened=opened.get(e.id, "")) for e in self.store.entries())
        return sorted(entries, key=lambda entry: entry.used, reverse=True)

    def deleted(self) -> list[Entry]:
        """The deleted documents that can be restored, the latest deleted first."""
        return self.store.deleted()

    def note_opened(self, document_id: str) -> None:
        """Records that a document is opened now, for the order of the list."""
        if self.store.exists(document_id):
            self._recent.note(document_id)

    def open(self, document_id: str) -> DocumentState:
        """Returns a document as it is now.

        Raises:
            FormatError: It is not there, or its file is damaged.
        """
        return self._session(document_id).state

    def edit(
        self, document_id: str, edit: Edit, stamp: Stamp | None = None, author: str = ""
    ) -> DocumentState:
        """Applies an edit and saves the result together with the operation that it belongs to.

        Args:
            document_id: The document's id.
            edit: The edit to apply.
            stamp: The operation of a page's log; None for none.
            author: The id of the page that makes it; empty for a program.

        Raises:
            BuilderError: The edit is refused; nothing has changed.
            DiskError: It could not be saved; nothing has changed.
        """
        with self.transaction(document_id):
            session = self._session(document_id)
            present = session.history.present
            history = session.history.push(present.then(edit(present.architecture), author))
            return self._advance(session, history, stamp)

    def origin(self, document_id: str, look: Callable[[Architecture], object]) -> Step | None:
        """The edit since which `look` sees what it sees now; None where none is remembered."""
        return self._session(document_id).origin(look)

    def undo(self, document_id: str, stamp: Stamp | None = None) -> DocumentState:
        """Undoes the last edit, if there is one."""
        with self.transaction(document_id):
            session = self._session(document_id)
            return self._advance(session, session.history.undo(), stamp)

    def redo(self, document_id: str, stamp: Stamp | None = None) -> DocumentState:
        """Redoes the edit that was undone last, if there is one."""
        with self.transaction(document_id):
            session = self._session(document_id)
            return self._advance(session, session.history.redo(), stamp)

    def set_training(self, document_id: str, training: dict[str, Any]) -> DocumentState:
        """Keeps training settings with a document; they are not part of undo."""
        with self.transaction(document_id):
            session = self._session(document_id)
            if training != session.document.training:
                changed = replace(session.document, training=training)
                session = self._save(session.history, changed)
            return session.state

    def set_request(
        self, document_id: str, question: str, request: dict[str, Any]
    ) -> DocumentState:
        """Keeps what a person has filled in of a new study; it is not part of undo.

        Args:
            document_id: The document's id.
            question: What the study asks.
            request: What was changed, as plain values; empty where nothing was.
        """
        with self.transaction(document_id):
            session = self._session(document_id)
            requests = {k: v for k, v in session.document.requests.items() if k != question}
            requests |= {question: request} if request else {}
            if requests != session.document.requests:
                session = self._save(session.history, replace(session.document, requests=requests))
            return session.state

    def create(
        self,
        architecture: Architecture,
        training: dict[str, Any] | None = None,
        draft: Draft | None = None,
    ) -> str:
        """Saves a new document and returns its id.

        Raises:
            DiskError: It cannot be saved.
        """
        with _saving():
            return self.store.create(architecture, training, draft).id

    def duplicate(self, document_id: str) -> str:
        """Saves a copy of a document and returns the copy's id.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        document = self.open(document_id).document
        title = _copy_name(document.name, {entry.name for entry in self.entries()})
        return self.create(replace(document.architecture, name=title), document.training)

    def delete(self, document_id: str) -> None:
        """Moves a document to the trash; its history is kept in case it is restored.

        Raises:
            FormatError: It is not there.
            DiskError: It cannot be moved.
        """
        with _saving():
            self.store.delete(document_id)
        self.watchers.tell(document_id)

    def restore(self, document_id: str) -> None:
        """Brings a deleted document back.

        Raises:
            FormatError: It is not in the trash.
            DiskError: It cannot be moved.
        """
        with _saving():
            self.store.restore(document_id)
        self.watchers.tell(document_id)

    def applied(self, document_id: str, client: str) -> Applied | None:
        """How far a browser page's operations are in a document; None for none.

        Raises:
            FormatError: The document is not there, or its file is damaged.
        """
        return self.open(document_id).document.applied.get(client)

    @contextlib.contextmanager
    def transaction(self, document_id: str) -> Generator[None]:
        """Keeps other threads and processes from changing a document during several calls.

        What another server has saved is read before taking the lock, since that may take a while.

        Raises:
            FormatError: The document is not there, or its file is damaged.
            BuilderError: Another server has the lock and does not let go of it.
            DiskError: The lock cannot be taken, or what is written under it cannot be saved.
        """
        with _saving(), contextlib.ExitStack() as held:
            for _ in range(_READ_OUTSIDE):
                saved = self._session(document_id).saved
                held.enter_context(self.store.lock(document_id))
                if saved == self.store.stamp(document_id):
                    break
                held.close()
            else:
                held.enter_context(self.store.lock(document_id))
            yield

    def _session(self, document_id: str) -> Session:
        """The document as in its file; what another server has saved is an edit like any other."""
        session = self._sessions.get(document_id)
        if session is not None and session.saved == self.store.stamp(document_id):
            return session
        document, saved = self.store.load_stamped(document_id)
        with self.store.wait_for_threads(document_id):  # one of them may have just saved that
            session = self._sessions.get(document_id)
            if session is not None and session.saved == self.store.stamp(document_id):
                return session
            history = History(Version(document.architecture))
            if session is not None:
                present = session.history.present
                history = session.history.push(present.then(document.architecture, ""))
            session = self._sessions[document_id] = Session(document, history, saved)
        self.watchers.tell(document_id)
        return session

    def _advance(
        self, session: Session, history: History[Version], stamp: Stamp | None
    ) -> DocumentState:
        if history is session.history:
            return session.state
        document, now = session.document, history.present.architecture
        applied = _noted(document, now, stamp) if stamp else document.applied
        return self._save(history, replace(document, architecture=now, applied=applied)).state

    def _save(self, history: History[Version], document: Document) -> Session:
        saved = self.store.save(document)
        session = Session(saved, history, self.store.stamp(document.id))
        self._sessions[document.id] = session
        self.watchers.tell(document.id)
        return session


def _saving() -> contextlib.AbstractContextManager[None]:
    """Turns an OSError into the reason why a document cannot be saved."""
    return explained("this cannot be saved", "nothing has changed")


def _noted(document: Document, after: Architecture, stamp: Stamp) -> dict[str, Applied]:
    """The progress of the browsers once an operation is done; the latest one is last."""
    done = dict(document.applied)
    before = done.pop(stamp.client, Applied(0))
    made = [node.id for node in after if node.id not in document.architecture]
    new = made[-1] if made else None
    created = {**before.created, **({stamp.number: new} if new else {})}
    latest = dict(list(created.items())[-MAX_CREATED:])
    done[stamp.client] = Applied(stamp.number, latest)
    return dict(list(done.items())[-MAX_CLIENTS:])


def _copy_name(name: str, taken: Collection[str]) -> str:
    """`net copy`, then `net copy 2` and so on, for a copy as well; at most 80 characters."""
    stem = re.sub(r" copy( \d+)?$", "", name)
    ends = (" copy" if k == 1 else f" copy {k}" for k in count(1))
    titles = (stem[: 80 - len(end)] + end for end in ends)
    return next(title for title in titles if title not in taken)
