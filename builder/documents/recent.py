"""When each document was last opened: one small file, kept beside the documents.

Nothing depends on it but the order of a list, so a file that cannot be read or written is no error.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder.files.architecture_file import is_object, load_json
from builder.system.atomic import write_atomically
from builder.system.errors import BuilderError
from builder.system.locks import Locks

MAX_REMEMBERED = 1_000
_MAX_LETTERS = 100


class Recent:
    """The file of when documents were opened.

    Args:
        home: The data folder; the file is `recent.json` in it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "recent.json"
        self._locks = Locks(home)

    def opened(self) -> dict[str, str]:
        """When documents were opened last, ISO 8601 in UTC, by their ids; the latest is last."""
        try:
            content: Any = load_json(self._path.read_bytes())
        except (OSError, BuilderError):
            return {}
        listed = list(content.items()) if is_object(content) else []
        return {
            document: moment
            for document, moment in listed[-MAX_REMEMBERED:]
            if isinstance(moment, str) and len(moment) <= _MAX_LETTERS
        }

    def note(self, document_id: str) -> None:
        """Remembers that a document is opened now."""
        try:
            with self._locks.hold("recent"):
                known = self.opened()
                known.pop(document_id, None)
                known[document_id] = datetime.now(UTC).isoformat(timespec="microseconds")
                latest = dict(list(known.items())[-MAX_REMEMBERED:])
                write_atomically(self._path, json.dumps(latest, indent=1) + "\n")
        except (OSError, BuilderError):
            return  # a full disk must not keep a document from being looked at
