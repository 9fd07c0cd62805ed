"""A document in memory: its network with earlier and undone ones, and the edits between them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import uuid4

from builder.documents.document_store import Stamp as FileStamp
from builder.documents.history import History
from builder.files.document_file import Document
from builder.network.architecture import Architecture
from builder.network.differences import describe


@dataclass(frozen=True)
class Stamp:
    """Identifies the operation of a browser page that an edit belongs to.

    Attributes:
        client: The page's log.
        number: The operation's number in it.
    """

    client: str
    number: int


@dataclass(frozen=True)
class Author:
    """A browser page that edits.

    Attributes:
        id: Unique among all pages.
        since: When it was opened, on the monotonic clock, in seconds.
    """

    id: str = field(default_factory=lambda: uuid4().hex)
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Step:
    """An edit as undo describes it.

    Attributes:
        words: What it did, such as `set filters of conv_3`.
        author: The id of the page that made it; empty for another program.
        moment: When it was made, on the monotonic clock, in seconds.
    """

    words: str
    author: str
    moment: float

    def is_foreign(self, author: Author) -> bool:
        """Whether another page made it while this one was open.

        Earlier edits are the history that the page found, whether the same person made them or not.
        """
        return self.author != author.id and self.moment > author.since


@dataclass(frozen=True)
class DocumentState:
    """A document as the screen needs it.

    Attributes:
        document: The saved document.
        undoes: The edit that undo would revert; None where there is none.
        redoes: The edit that redo would do again; None where there is none.
    """

    document: Document
    undoes: Step | None = None
    redoes: Step | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self.undoes is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to redo."""
        return self.redoes is not None

    @property
    def architecture(self) -> Architecture:
        """The network."""
        return self.document.architecture


@dataclass(frozen=True)
class Version:
    """A network, and the edit that led to it; None for how it was found."""

    architecture: Architecture
    step: Step | None = None

    def then(self, architecture: Architecture, author: str) -> "Version":
        """The version after an edit; this one where nothing has changed."""
        if architecture == self.architecture:
            return self
        words = describe(self.architecture, architecture)
        return Version(architecture, Step(words, author, time.monotonic()))


@dataclass(frozen=True)
class Session:
    """A document in memory, with its history.

    Attributes:
        document: The saved document.
        history: Its network, with earlier and undone ones.
        saved: The stamp of its file.
    """

    document: Document
    history: History[Version]
    saved: FileStamp | None

    def origin(self, look: Callable[[Architecture], object]) -> Step | None:
        """The edit since which `look` sees what it sees now; None where none is remembered."""
        versions = (*self.history.past, self.history.present)
        for version, before in pairwise(reversed(versions)):
            if look(before.architecture) != look(version.architecture):
                return version.step
        return None

    @property
    def state(self) -> DocumentState:
        """The document as the screen needs it."""
        history = self.history
        undoes = history.present.step if history.past else None
        redoes = history.future[-1].step if history.future else None
        return DocumentState(self.document, undoes, redoes)
