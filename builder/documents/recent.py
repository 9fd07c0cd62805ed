"""When each document was last opened: one small file, kept beside the documents.

Only the order of a list depends on it, so failing to read or write it is not an error.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder.files.json_values import is_object, load_json
from builder.system.atomic import write_atomically
from builder.system.errors import BuilderError
from builder.system.formats import Content, Format, NewerVersionError, declare
from builder.system.locks import Locks

MAX_REMEMBERED = 1_000
_MAX_LETTERS = 100


def _named(values: Content) -> Content:
    """Version 1 held the documents' ids and times, and nothing else."""
    return {"opened": values}


RECENT = declare(
    Format("list of recent documents", ("recent.json",), version=2, migrations=(_named,))
)


class Recent:
    """The file that says when documents were opened.

    Args:
        home: The data folder; the file is `recent.json` in it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "recent.json"
        self._locks = Locks(home)

    def opened(self) -> dict[str, str]:
        """When documents were last opened, ISO 8601 in UTC, by their ids; the latest is last."""
        try:
            return self._read()
        except (OSError, BuilderError):
            return {}

    def note(self, document_id: str) -> None:
        """Records that a document is opened now."""
        try:
            with self._locks.hold("recent"):
                known = self._known()
                known.pop(document_id, None)
                known[document_id] = datetime.now(UTC).isoformat(timespec="microseconds")
                self._write(dict(list(known.items())[-MAX_REMEMBERED:]))
        except (OSError, BuilderError):
            return  # a document can be opened on a full disk

    def _known(self) -> dict[str, str]:
        """The entries to write together with a new one; none of a damaged file.

        Raises:
            NewerVersionError: A later version of Convstack wrote it; it must not be replaced.
        """
        try:
            return self._read()
        except NewerVersionError:
            raise
        except (OSError, BuilderError):
            return {}

    def _write(self, opened: dict[str, str]) -> None:
        text = json.dumps(RECENT.stamp({"opened": opened}), indent=1)
        write_atomically(self._path, text + "\n")

    def _read(self) -> dict[str, str]:
        content: Any = load_json(self._path.read_bytes())
        opened: Any = RECENT.current(content).get("opened") if is_object(content) else None
        listed = list(opened.items()) if is_object(opened) else []
        return {
            document: moment
            for document, moment in listed[-MAX_REMEMBERED:]
            if isinstance(moment, str) and len(moment) <= _MAX_LETTERS
        }
