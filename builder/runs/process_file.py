"""The process of a run, as recorded by the process that started it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.runs.json_files import UNREADABLE, read_values, write_values
from builder.system.formats import Format, declare

PROCESS = "process.json"
PROCESS_FORMAT = declare(Format("process of a run", (f"runs/*/{PROCESS}",)))

ENDED_ON_REQUEST = "ended_on_request"
"""The key that says whether a person had it killed."""


def read_process(folder: Path) -> dict[str, Any]:
    """Reads the record: `pid`, `started`, `boot`, and once it has ended `exit`.

    Raises:
        OSError: There is no process, or the file cannot be read.
        ValueError: The file holds something else.
        FormatError: It is of a later version.
    """
    return read_values(folder / PROCESS, PROCESS_FORMAT)


def write_process(folder: Path, notes: Mapping[str, Any]) -> None:
    """Replaces the record.

    Raises:
        OSError: It cannot be written.
    """
    write_values(folder / PROCESS, PROCESS_FORMAT, notes)


def was_ended_on_request(folder: Path) -> bool:
    """Whether a person had the run's last process killed."""
    try:
        return bool(read_process(folder).get(ENDED_ON_REQUEST))
    except UNREADABLE:
        return False
