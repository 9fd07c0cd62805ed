"""Documents: saved architectures, one JSON file each.

A document's file is written at every edit, through a rename. A file that cannot be read is listed
with the reason and left as it is.
"""

import contextlib
import os
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from builder.files.document_file import Document, parse, to_text
from builder.files.drafts import Draft
from builder.files.entries import (
    Entry,
    moment,
    read_entry,
)
from builder.files.json_values import MAX_BYTES
from builder.network.architecture import Architecture
from builder.system.atomic import write_atomically
from builder.system.disk_errors import explained, reason
from builder.system.errors import BuilderError, FormatError
from builder.system.locks import Locks
from builder.system.removal import note_deleted
from builder.system.sentences import SentenceCode

_HEAD_BYTES = 160
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class DocumentCode(SentenceCode):
    """Why a document is not opened, saved, deleted or restored: codes of `FormatError`."""

    NO_SUCH_DOCUMENT = "there is no document {document!r}"
    NOT_DELETED = "there is no deleted document {document!r}"
    TOO_LARGE = (
        "the document would have more than {most:,} bytes, the most it can have",
        "use repeat or modules",
    )


class Stamp(NamedTuple):
    """Identifies a state of a document's file; no two states have the same stamp.

    Attributes:
        inode: The file's inode: a new one at every save, but old ones are reused.
        modified: Its modification time in nanoseconds, which may stand still for some milliseconds.
        size: In bytes.
        head: Its first bytes, which hold the number of saves and the time of the last one.
    """

    inode: int
    modified: int
    size: int
    head: bytes


class DocumentStore:
    """The folder of documents. Thread-safe; each write replaces a whole file.

    Args:
        home: The data folder; documents live in `documents` under it.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "documents"
        self.trash = home / "trash" / "documents"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.trash.mkdir(parents=True, exist_ok=True)
        self._locks = Locks(self.folder)
        self._listed: dict[Path, tuple[int, Entry]] = {}
        self._damaged: dict[str, tuple[Stamp, str]] = {}

    def entries(self) -> list[Entry]:
        """All documents, the latest saved first; a file is read again when it has changed."""
        found = [self._with_damage(self._entry(path)) for path in self.folder.glob("*.json")]
        return sorted(found, key=lambda entry: (entry.updated, entry.id), reverse=True)

    def deleted(self) -> list[Entry]:
        """The documents in the trash, the latest deleted first."""
        entries = {path: self._entry(path) for path in self.trash.glob("*.json")}
        found = [
            replace(entry, deleted=moment(self._listed[path][0]) if path in self._listed else "")
            for path, entry in entries.items()
        ]
        return sorted(found, key=lambda entry: (entry.deleted, entry.id), reverse=True)

    def exists(self, document_id: str) -> bool:
        """Whether a document with that id exists; any text may be given."""
        return _ID.fullmatch(document_id) is not None and self._path(document_id).exists()

    def load(self, document_id: str) -> Document:
        """Reads a document.

        Raises:
            FormatError: It does not exist, or its file is damaged.
        """
        return self.load_stamped(document_id)[0]

    def load_stamped(self, document_id: str) -> tuple[Document, Stamp]:
        """Reads a document and the stamp of its file; raises as `load` does."""
        if not self.exists(document_id):
            raise FormatError(DocumentCode.NO_SUCH_DOCUMENT, document=document_id)
        with (
            explained("the document cannot be read", error_type=FormatError),
            self._path(document_id).open("rb") as file,
        ):
            stamp = _stamp(file)
            file.seek(0)
            content = file.read(MAX_BYTES + 1)
        try:
            return replace(parse(content), id=document_id), stamp
        except BuilderError as error:
            self._damaged[document_id] = (stamp, str(error))
            raise

    def stamp(self, document_id: str) -> Stamp | None:
        """The present stamp of a document's file; None where it does not exist."""
        try:
            with self._path(document_id).open("rb") as file:
                return _stamp(file)
        except OSError:
            return None

    def lock(self, document_id: str) -> contextlib.AbstractContextManager[None]:
        """Keeps other threads and processes from changing a document; see `Locks.hold`."""
        return self._locks.hold(document_id)

    def wait_for_threads(self, document_id: str) -> contextlib.AbstractContextManager[object]:
        """Keeps other threads of this process from changing a document."""
        return self._locks.hold_in_process(document_id)

    def save(self, document: Document) -> Document:
        """Writes a document and returns it with its new revision and time.

        Raises:
            FormatError: It is too large to be opened again.
            OSError: The disk is full or cannot be written; the old file is untouched.
        """
        saved = replace(document, revision=document.revision + 1, updated=_now())
        text = to_text(saved)
        if len(text.encode()) > MAX_BYTES:
            raise FormatError(DocumentCode.TOO_LARGE, most=MAX_BYTES)
        write_atomically(self._path(saved.id), text)
        return saved

    def create(
        self,
        architecture: Architecture,
        training: dict[str, Any] | None = None,
        draft: Draft | None = None,
    ) -> Document:
        """Saves a new document under an id made from its title."""
        slug = _draft_stem(draft.document, draft.before.name) if draft else _slug(architecture.name)
        document_id = f"{slug}-{secrets.token_hex(3)}"
        while self._path(document_id).exists() or (self.trash / f"{document_id}.json").exists():
            document_id = f"{slug}-{secrets.token_hex(3)}"
        return self.save(Document(document_id, architecture, training, draft=draft))

    def drafts(self, document_id: str, block: str) -> list[str]:
        """The ids of the drafts of a block, the latest first.

        Args:
            document_id: The document that the block stands in; empty for the library.
            block: The block's name.
        """
        found = self.folder.glob(f"{_draft_stem(document_id, block)}-*.json")
        return sorted((path.stem for path in found), key=self.revision, reverse=True)

    def delete(self, document_id: str) -> None:
        """Moves a document to the trash, from where `restore` returns it.

        Raises:
            FormatError: It is not there.
        """
        if not self.exists(document_id):
            raise FormatError(DocumentCode.NO_SUCH_DOCUMENT, document=document_id)
        with self.lock(document_id):
            try:
                deleted = self._path(document_id).replace(self.trash / f"{document_id}.json")
            except FileNotFoundError:  # by another server, this very moment
                raise FormatError(DocumentCode.NO_SUCH_DOCUMENT, document=document_id) from None
            note_deleted(deleted)
            self._locks.forget(document_id)

    def restore(self, document_id: str) -> None:
        """Restores a deleted document.

        Raises:
            FormatError: It is not in the trash.
        """
        path = self.trash / f"{document_id}.json"
        if _ID.fullmatch(document_id) is None or not path.exists():
            raise FormatError(DocumentCode.NOT_DELETED, document=document_id)
        with self.lock(document_id):
            try:
                path.replace(self._path(document_id))
            except FileNotFoundError:  # by another server, this very moment
                raise FormatError(DocumentCode.NOT_DELETED, document=document_id) from None

    def revision(self, document_id: str) -> int:
        """A number that changes with the file; 0 where it does not exist."""
        try:
            return self._path(document_id).stat().st_mtime_ns
        except OSError:
            return 0

    def _entry(self, path: Path) -> Entry:
        try:
            modified = path.stat().st_mtime_ns
            known = self._listed.get(path)
            if known is None or known[0] != modified:
                known = (modified, read_entry(path))
                self._listed[path] = known
        except OSError as error:
            return Entry(path.stem, path.stem, "", f"it cannot be read: {reason(error)}")
        return known[1]

    def _with_damage(self, entry: Entry) -> Entry:
        """The entry with the problem found on opening the file, unless it has changed since."""
        damaged = self._damaged.get(entry.id)
        if damaged is None or entry.problem or damaged[0] != self.stamp(entry.id):
            return entry
        return replace(entry, name=entry.id, problem=damaged[1])

    def _path(self, document_id: str) -> Path:
        return self.folder / f"{document_id}.json"


def _stamp(file: BinaryIO) -> Stamp:
    found = os.fstat(file.fileno())
    return Stamp(found.st_ino, found.st_mtime_ns, found.st_size, file.read(_HEAD_BYTES))


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "document"


def _draft_stem(document_id: str, block: str) -> str:
    """The prefix of the ids of a block's drafts, so that they are found without being read."""
    return f"block-{sha256(f'{document_id}/{block}'.encode()).hexdigest()[:12]}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
