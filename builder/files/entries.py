"""The list of documents: title and time of each, without reading the whole file.

A document's file begins with what the list shows. The text of an older file is parsed once, but no
architecture is made. Damage that is found when a document is opened shows in the list as well.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder.files.architecture_file import ARCHITECTURE
from builder.files.document_file import LAST_OF_HEAD, current_values, read_time
from builder.files.json_values import MAX_BYTES, is_object, load_json
from builder.network.architecture import title
from builder.system.errors import BuilderError

_HEAD_BYTES = 1_024
_MARK = f'\n "{LAST_OF_HEAD}": '.encode()
_END = b"}\n"


@dataclass(frozen=True)
class Entry:
    """One line of the list of documents.

    Attributes:
        id: The document's id.
        name: Its title; the id where the file cannot be read.
        updated: When it was saved last, ISO 8601 in UTC.
        problem: Why the file cannot be read; empty where it can be, as far as is known.
        opened: When it was opened last, ISO 8601 in UTC; empty where that is not known.
        deleted: When it was moved to the trash, ISO 8601 in UTC; empty where it was not.
    """

    id: str
    name: str
    updated: str
    problem: str = ""
    opened: str = ""
    deleted: str = ""

    @property
    def used(self) -> str:
        """When it was saved or opened last."""
        return max(self.updated, self.opened)


def read_entry(path: Path) -> Entry:
    """Reads one line of the list.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        modified = moment(found.st_mtime_ns)
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, found.st_size - len(_END)))
        content = _head(head) if file.read() == _END else None
        try:
            if content is None:
                file.seek(0)
                content = load_json(file.read(MAX_BYTES + 1))
            name, updated = _shown(content)
        except BuilderError as error:
            return Entry(path.stem, path.stem, modified, str(error))
    return Entry(path.stem, name, updated or modified)


def moment(stamp: int) -> str:
    """A file's time, nanoseconds since 1970, in ISO 8601."""
    return datetime.fromtimestamp(stamp / 1e9, UTC).isoformat(timespec="microseconds")


def _head(start: bytes) -> dict[str, Any] | None:
    """The fields at the start of a document's file; None where it starts with others."""
    head, mark, _ = start.partition(_MARK)
    try:
        content: Any = json.loads(head.rstrip(b", \n") + b"}") if mark else None
    except ValueError:
        return None
    return content if is_object(content) and "title" in content else None


def _shown(content: Any) -> tuple[str, str]:
    """The title, and when it was saved."""
    if is_object(content) and ARCHITECTURE.is_marked(content):
        return title(content.get("name", "untitled")), ""
    values = current_values(content)
    return title(values["title"]), read_time(values.get("updated"))
