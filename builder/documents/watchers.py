"""Tells those who watch a document that it has changed, or may have."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

Watcher = Callable[[], None]


class Watchers:
    """Those who watch documents of this server. Thread-safe.

    What another server saves is told of when this one reads it.
    """

    def __init__(self) -> None:
        self._watchers: dict[str, list[Watcher]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, document_id: str, watcher: Watcher) -> Generator[None]:
        """Calls a function at each change of a document for as long as the context is open.

        Args:
            document_id: The document's id.
            watcher: Is called by the thread that made the change, under the document's lock: it
                must return at once.
        """
        with self._lock:
            self._watchers.setdefault(document_id, []).append(watcher)
        try:
            yield
        finally:
            with self._lock:
                left = self._watchers[document_id]
                left.remove(watcher)
                if not left:
                    del self._watchers[document_id]

    def tell(self, document_id: str) -> None:
        """Calls all who watch a document."""
        with self._lock:
            watchers = tuple(self._watchers.get(document_id, ()))
        for watcher in watchers:
            watcher()
