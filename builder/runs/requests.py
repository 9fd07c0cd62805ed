"""What somebody asks of a run whose worker may not listen yet: a pause or a stop, kept as a file.

A worker takes signals once it holds its lock; until then it imports what it needs, for seconds on a
busy machine, and a signal would kill it. So whoever asks first leaves a request, then signals a
worker that holds the lock. A worker first takes its lock, then looks for a request. Whichever of
the two comes first, one of them sees the other.
"""

import contextlib
from pathlib import Path

from builder.runs.run_state import REQUEST, read_request, write_json


def leave(folder: Path, *, pause: bool) -> None:
    """Leaves a request in a run's folder; a stop that was asked for before stays one.

    Raises:
        OSError: It cannot be written.
    """
    if read_request(folder) != "stopping":
        write_json(folder / REQUEST, {"state": "pausing" if pause else "stopping"})


def forget(folder: Path) -> None:
    """Takes the request of an earlier session away."""
    with contextlib.suppress(OSError):
        (folder / REQUEST).unlink(missing_ok=True)
