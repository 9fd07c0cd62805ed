"""The list of documents: title and time of each, without reading the whole of it.

A document's file begins with what the list shows. Of a file that was written before that was so,
the text is parsed once, but no architecture is made. What is found to be damaged when a document is
opened is told in the list as well.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder.files.architecture_file import FORMAT as ARCHITECTURE_FORMAT
from builder.files.architecture_file import MAX_BYTES, is_object, load_json
from builder.network.architecture import title
from builder.system.errors import BuilderError, FormatError, shown

FORMAT = "convstack-document"
VERSION = 1
LAST_OF_HEAD = "training"
"""The first field of a document's file that the list has no use for."""

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
        problem: Why the file cannot be read; empty where it can, as far as is known.
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


def check_version(content: Any) -> None:
    """Checks that plain values are those of a document's file.

    Raises:
        FormatError: They are something else, or of another version.
    """
    if not is_object(content) or content.get("format") != FORMAT:
        raise FormatError(
            "this is not a Convstack file",
            f'expected "format": "{FORMAT}" or "{ARCHITECTURE_FORMAT}" at the top',
        )
    if type(content.get("version")) is not int or content["version"] != VERSION:
        raise FormatError(
            f"the document's version is not {VERSION}",
            "open it with the version of Convstack that wrote it",
        )


def read_time(value: Any) -> str:
    """Reads when a document was saved; empty for one that never was.

    Raises:
        FormatError: It is not a date and time.
    """
    if value == "":
        return ""
    try:
        return datetime.fromisoformat(value).isoformat(timespec="microseconds")
    except (TypeError, ValueError):
        raise FormatError(f"updated: received {shown(value)}, expected a date and time") from None


def _head(start: bytes) -> dict[str, Any] | None:
    """The fields at the start of a document's file; None where it begins with others."""
    head, mark, _ = start.partition(_MARK)
    try:
        content: Any = json.loads(head.rstrip(b", \n") + b"}") if mark else None
    except ValueError:
        return None
    return content if is_object(content) and "title" in content else None


def _shown(content: Any) -> tuple[str, str]:
    """The title, and when it was saved."""
    if is_object(content) and content.get("format") == ARCHITECTURE_FORMAT:
        return title(content.get("name", "untitled")), ""
    check_version(content)
    updated = read_time(content.get("updated"))
    architecture = content.get("architecture")
    inside = architecture.get("name", "untitled") if is_object(architecture) else None
    return title(content.get("title", inside)), updated
