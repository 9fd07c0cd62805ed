"""The states that a run can be in, and which of them go together."""

from enum import StrEnum


class RunStatus(StrEnum):
    """What a run is doing, or how it ended; `state.json` holds the values."""

    QUEUED = "queued"
    """It waits for a device, or was made a moment ago."""
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    LOST = "lost"
    """Its process ended without saying so; given by the reader, as are the next two."""
    DAMAGED = "damaged"
    """A file of it cannot be read."""
    NEWER = "newer"
    """A later version of Convstack wrote one of its files."""


ACTIVE = frozenset(
    {
        RunStatus.QUEUED,
        RunStatus.STARTING,
        RunStatus.RUNNING,
        RunStatus.PAUSING,
        RunStatus.STOPPING,
    }
)
"""States that may change by themselves."""

UNREAD = frozenset({RunStatus.DAMAGED, RunStatus.NEWER})
"""States that the reader gives to runs of which it cannot read a file."""

BROKEN = frozenset({RunStatus.FAILED, RunStatus.LOST, *UNREAD})
"""States that nobody asked for."""
