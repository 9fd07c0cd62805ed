"""A request to a run whose worker may not listen yet: a pause or a stop, kept as a file.

A worker takes signals once it holds its lock; until then it imports what it needs, for seconds on a
busy machine, and a signal would kill it. So the asking process first leaves a request, then signals
a worker that holds the lock. A worker first takes its lock, then looks for a request. Whichever of
the two comes first, one of them sees the other.
"""

import contextlib
from pathlib import Path

from builder.runs.json_files import UNREADABLE, read_values, write_values
from builder.runs.status import RunStatus
from builder.system.formats import Format, declare

REQUEST = "request.json"
_REQUESTS = (RunStatus.PAUSING, RunStatus.STOPPING)
REQUEST_FORMAT = declare(Format("request to a run", (f"runs/*/{REQUEST}",)))


def leave(folder: Path, *, pause: bool) -> None:
    """Leaves a request in a run's folder; a stop that was asked for before stays one.

    Raises:
        OSError: It cannot be written.
    """
    if read_request(folder) != RunStatus.STOPPING:
        state = RunStatus.PAUSING if pause else RunStatus.STOPPING
        write_values(folder / REQUEST, REQUEST_FORMAT, {"state": state})


def read_request(folder: Path) -> RunStatus | None:
    """What the worker will do once it has begun: `pausing` or `stopping`; None for neither."""
    try:
        asked = read_values(folder / REQUEST, REQUEST_FORMAT).get("state")
    except UNREADABLE:
        return None
    return next((known for known in _REQUESTS if known == asked), None)


def forget(folder: Path) -> None:
    """Removes the request of an earlier session."""
    with contextlib.suppress(OSError):
        (folder / REQUEST).unlink(missing_ok=True)
