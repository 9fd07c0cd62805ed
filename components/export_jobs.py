"""Exports that take seconds: made in a background thread, then fetched by the browser.

A finished export is a file in a temporary folder, which is removed with the server; its id cannot
be guessed and is only in its address. Some of the newest are kept.
"""

import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from pathlib import Path

from builder.system.background import Background
from builder.system.disk_errors import explained
from builder.system.temporary import system_prefix

KEPT = 6
KEPT_BYTES = 1_000_000_000
"""The newest is kept, whatever its size; older ones as far as space allows."""

Make = Callable[[Path, threading.Event], None]
"""Writes the file, and gives up with a BuilderError when the event is set."""

_finished: "OrderedDict[str, Job]" = OrderedDict()
_lock = threading.Lock()


class Job(Background[None]):
    """One export in the making.

    Args:
        make: What writes the file.
        name: Under which the browser saves it.
        media_type: Its MIME type.
        kind: Which export it is.
        subject: What is exported, to tell later whether that has changed.
    """

    def __init__(self, make: Make, name: str, media_type: str, kind: str, subject: object) -> None:
        self.id = secrets.token_urlsafe(16)
        self.name = name
        self.media_type = media_type
        self.kind = kind
        self.subject = subject
        self.path = _folder() / self.id
        self._make = make
        super().__init__(self._write, "the export")

    def _write(self, cancel: threading.Event) -> None:
        with explained("the export failed", where=self.path.parent):
            try:
                self._make(self.path, cancel)
            except OSError:
                self.path.unlink(missing_ok=True)
                raise
        _keep(self)


def find(job_id: str) -> Job | None:
    """The finished export of an id; None where there is none, or no longer."""
    return _finished.get(job_id)


def _keep(job: Job) -> None:
    """Keeps a finished export, and forgets the oldest of too many."""
    with _lock:
        _finished[job.id] = job
        while len(_finished) > 1 and (len(_finished) > KEPT or _kept_bytes() > KEPT_BYTES):
            _, oldest = _finished.popitem(last=False)
            oldest.path.unlink(missing_ok=True)


def _kept_bytes() -> int:
    return sum(job.path.stat().st_size for job in _finished.values())


def _folder() -> Path:
    return Path(_temporary().name)


@cache
def _temporary() -> "tempfile.TemporaryDirectory[str]":
    """The folder of this server, which is removed when it ends."""
    return tempfile.TemporaryDirectory(prefix=system_prefix("exports"))
