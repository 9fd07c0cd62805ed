"""The file of a document: an architecture with its settings and state, as JSON."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from builder.files.architecture_file import ARCHITECTURE, from_dict, to_dict
from builder.files.drafts import Draft, draft_from_dict, draft_to_dict
from builder.files.json_values import in_lines, is_object, load_json, wrong_value
from builder.network.architecture import Architecture, is_identifier
from builder.system.errors import FormatError
from builder.system.format_codes import FormatCode
from builder.system.formats import Content, Format, declare, other_file
from builder.training.settings import SETTINGS


def _with_title(values: Content) -> Content:
    """Version 1 had no title at its start; the list of documents took it from the network."""
    architecture = values.get("architecture")
    title = architecture.get("name", "untitled") if is_object(architecture) else "untitled"
    return {"title": title, "applied": {}, **values}


DOCUMENT = declare(
    Format(
        "document",
        ("documents/*.json",),
        version=2,
        migrations=(_with_title,),
        marker="convstack-document",
    )
)
LAST_OF_HEAD = "training"
"""The first field of a document's file that the list of documents does not need."""

MAX_REVISION = 2**53
MAX_CLIENTS = 16
"""How many browser pages are remembered with their operations."""
MAX_CREATED = 256
"""How many new nodes are remembered for a page; never more operations are on their way."""
MAX_REQUESTS = 16
"""How many studies can be filled in at a time: more than there are questions."""
_NUMBER = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True)
class Applied:
    """The progress of one browser page's operations in a document.

    It is saved with the document: if the server goes away before it answers, the page sends its
    operations again, and they are not applied twice.

    Attributes:
        number: The number of the last operation that changed the document.
        created: The nodes that the page's last operations made, by their numbers.
    """

    number: int
    created: Mapping[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True)
class Document:
    """An architecture with its settings and state.

    Attributes:
        id: The file's name without its ending.
        architecture: The network.
        training: The training settings as plain values, or None where none were chosen yet.
        revision: Counts the saves.
        updated: When it was saved last, ISO 8601 in UTC.
        applied: The progress of each browser page's operations, the latest page last.
        draft: The own block whose inside it is; None for a network of its own.
        requests: Studies that are filled in and not started: by question what was changed, as plain
            values.
    """

    id: str
    architecture: Architecture
    training: dict[str, Any] | None = None
    revision: int = 0
    updated: str = ""
    applied: Mapping[str, Applied] = field(default_factory=dict[str, Applied])
    draft: Draft | None = None
    requests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    @property
    def name(self) -> str:
        """The title."""
        return self.architecture.name


def to_text(document: Document) -> str:
    """The text of a document's file."""
    content = DOCUMENT.stamp(
        {
            "revision": document.revision,
            "updated": document.updated,
            "title": document.name,
            LAST_OF_HEAD: _kept_settings(document),
            "applied": {
                client: {"number": done.number, "created": dict(done.created)}
                for client, done in document.applied.items()
            },
            "architecture": to_dict(document.architecture),
        }
    )
    content |= {"draft": draft_to_dict(document.draft)} if document.draft else {}
    content |= {"requests": document.requests} if document.requests else {}
    return in_lines(content, levels=3) + "\n"


def _kept_settings(document: Document) -> Content | None:
    return None if document.training is None else SETTINGS.stamp(document.training)


def parse(text: str | bytes) -> Document:
    """Reads a document's or an architecture's file; the id is left empty.

    Raises:
        FormatError: The text is neither; the message says where and why.
    """
    content = load_json(text)
    if is_object(content) and ARCHITECTURE.is_marked(content):
        return Document("", from_dict(content))
    return _from_values(current_values(content))


def current_values(content: Any) -> Content:
    """The plain values of a document's file, as today's version has them.

    Raises:
        FormatError: They are something else, or of a later version.
    """
    if not is_object(content) or not DOCUMENT.is_marked(content):
        raise other_file("a Convstack file", DOCUMENT, ARCHITECTURE)
    return DOCUMENT.current(content)


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
        raise wrong_value("updated", value, "a date and time") from None


def _from_values(content: Content) -> Document:
    revision = content.get("revision")
    if type(revision) is not int or not 0 <= revision <= MAX_REVISION:
        raise wrong_value("revision", revision, "a number of saves")
    architecture = from_dict(content.get("architecture"))
    training, updated = _settings(content.get("training")), read_time(content.get("updated"))
    applied = _applied(content.get("applied"))
    draft = draft_from_dict(content["draft"]) if content.get("draft") is not None else None
    requests = _requests(content.get("requests"))
    return Document("", architecture, training, revision, updated, applied, draft, requests)


def _applied(value: Any) -> dict[str, Applied]:
    """Reads the progress of browser pages; unusable entries are dropped."""
    if not is_object(value):
        return {}
    found: dict[str, Applied] = {}
    for client, done in list(value.items())[-MAX_CLIENTS:]:
        if not is_object(done) or type(done.get("number")) is not int:
            continue
        created = done.get("created")
        listed = created.items() if is_object(created) and len(created) <= MAX_CREATED else ()
        nodes = {int(n): node for n, node in listed if _NUMBER.fullmatch(n) and is_identifier(node)}
        found[client] = Applied(done["number"], nodes)
    return found


def _settings(value: Any) -> dict[str, Any] | None:
    """Checks that settings can be written to a file again; their meaning is checked elsewhere."""
    if value is None:
        return None
    if not is_object(value) or not _is_shallow(value):
        raise wrong_value("training", value, "an object of plain values")
    if not _is_writable(value):
        raise FormatError(FormatCode.HALF_CHARACTER, where="training")
    return SETTINGS.current(value)


def _requests(value: Any) -> dict[str, dict[str, Any]]:
    """Reads studies that are filled in; unusable ones are dropped."""
    if not is_object(value):
        return {}
    return {
        question: asked
        for question, asked in list(value.items())[:MAX_REQUESTS]
        if is_object(asked) and _is_shallow(asked) and _is_writable({question: asked})
    }


def _is_writable(value: dict[str, Any]) -> bool:
    """Whether a file can hold all texts of a value: half a character it cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_shallow(value: Any, levels: int = 8) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = cast(Iterable[Any], value.values() if is_object(value) else value)
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in inner)
