"""What the two sides of a run on a cluster say to each other. Both are of one version.

The side here asks, several times a second; the side on the cluster answers with what is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from builder.runs.metrics_tables import NewRows
from builder.system.errors import BuilderError


class ClusterError(BuilderError):
    """The cluster cannot be used: it does not answer, refuses, or is gone."""


class NodeLostError(ClusterError):
    """The machine of the cluster that trained, or its process, is gone; the cluster may live."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the side here has already.

    Attributes:
        log: Bytes of the log.
        metrics: The highest key of each table that grows.
    """

    log: int = 0
    metrics: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files on the cluster that belong together, and stay until they are released.

    Attributes:
        number: Names it.
        sizes: The files' bytes, by their paths in the run's folder.
        checkpoint: The name of the checkpoint among them; empty for none.
    """

    number: int
    sizes: Mapping[str, int]
    checkpoint: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is new on the cluster.

    Attributes:
        state: The content of `state.json`; empty where it cannot be read at this moment.
        log: What was added to the log.
        metrics: What was added to the metrics.
        snapshot: Files to be fetched, the same until they are released; None for none.
        exit_code: How the worker ended; None while it lives.
        is_complete: Whether nothing will come any more.
    """

    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    log: bytes = b""
    metrics: NewRows = field(default_factory=NewRows)
    snapshot: Snapshot | None = None
    exit_code: int | None = None
    is_complete: bool = False


class Remote(Protocol):
    """The side on the cluster.

    Every method raises NodeLostError or ClusterError where there is no answer.
    """

    def put(self, name: str, content: bytes) -> None:
        """Adds bytes to the end of a file in the run's folder."""
        ...

    def start(self) -> None:
        """Starts the worker, once all files are there."""
        ...

    def report(self, known: Known) -> Report:
        """Says what is new."""
        ...

    def read(self, number: int, name: str, offset: int, size: int) -> bytes:
        """Reads a part of a file of a snapshot."""
        ...

    def release(self, number: int) -> None:
        """Forgets a snapshot, whose files have been fetched."""
        ...

    def ask(self, *, pause: bool) -> None:
        """Asks the worker for a pause or a stop."""
        ...


def inside(folder: Path, name: str) -> Path:
    """A file in a folder.

    Raises:
        ValueError: The name leads elsewhere.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"received the file name {name!r}, expected one within the run's folder")
    return folder.joinpath(*path.parts)
