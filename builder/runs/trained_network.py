"""The network that a run trained, as its folder keeps it."""

from pathlib import Path

from builder.files.document_file import parse
from builder.files.json_values import MAX_BYTES
from builder.network.architecture import Architecture
from builder.runs.run_state import ARCHITECTURE
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError


def trained_network(folder: Path) -> Architecture:
    """Reads it.

    Args:
        folder: The run's folder.

    Raises:
        BuilderError: It cannot be read.
    """
    path = folder / ARCHITECTURE
    with explained("the run's network cannot be read"):
        if path.stat().st_size > MAX_BYTES:
            raise BuilderError(f"the run's network cannot be read: more than {MAX_BYTES:,} bytes")
        return parse(path.read_bytes()).architecture
