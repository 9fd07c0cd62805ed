"""The ticket of a run that waits for its device; the queue is made of these files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.runs.json_files import UNREADABLE, read_values, write_values
from builder.system.formats import Format, NewerVersionError, declare

TICKET = "ticket.json"
TICKET_FORMAT = declare(Format("ticket of a run", (f"runs/*/{TICKET}",)))


def read_ticket(folder: Path) -> dict[str, Any]:
    """A run's ticket: its `number` and the state `before`; empty where there is none, or damaged.

    Raises:
        NewerVersionError: A later version of Convstack wrote it.
    """
    try:
        return read_values(folder / TICKET, TICKET_FORMAT)
    except NewerVersionError:
        raise
    except UNREADABLE:
        return {}


def write_ticket(folder: Path, ticket: Mapping[str, Any]) -> None:
    """Replaces a run's ticket.

    Raises:
        OSError: It cannot be written.
    """
    write_values(folder / TICKET, TICKET_FORMAT, ticket)
