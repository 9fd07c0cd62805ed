"""Work that takes seconds, in a thread beside a page that is drawn again and again."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum, auto
from typing import Generic, TypeVar

from builder.system import helper_process
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError

Result = TypeVar("Result")


class JobState(StrEnum):
    """How a piece of work stands."""

    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    CANCELLED = auto()


class Background(Generic[Result]):
    """One piece of work, begun as soon as it is made.

    Args:
        work: Does it, and gives up with a BuilderError when the event is set.
        what: What it is, for a sentence about its failing: "the export".

    Attributes:
        state: How it stands.
        error: Why it failed.
        result: What the work returned, when it is done.
    """

    def __init__(self, work: Callable[[threading.Event], Result], what: str) -> None:
        self.state = JobState.RUNNING
        self.error: BuilderError | None = None
        self.result: Result | None = None
        self._work = work
        self._what = what
        self._cancel = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=what, daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._started

    @property
    def ahead(self) -> int:
        """How many other helpers have to end before its own can begin; 0 where it works."""
        return helper_process.ahead(self._thread.ident or 0)

    def cancel(self) -> None:
        """Ends it; it is over within a moment."""
        self._cancel.set()

    def wait(self, timeout: float | None = None) -> None:
        """Waits until it is over, in seconds at most."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            with explained(f"{self._what} failed"):
                self.result = self._work(self._cancel)
        except BuilderError as error:
            self._fail(error)
        except Exception:  # the page must not wait for ever; the log gets the rest
            self._fail(BuilderError(f"{self._what} failed; the server's log says why"))
            raise
        else:
            self.state = JobState.DONE

    def _fail(self, error: BuilderError) -> None:
        self.error = error
        self.state = JobState.CANCELLED if self._cancel.is_set() else JobState.FAILED
