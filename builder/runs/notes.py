"""A person's note about a run; its words with a leading # are tags.

The app writes it, never the worker. It is kept in the run's folder and moves with it.
"""

import re
from pathlib import Path

from builder.system.atomic import write_atomically
from builder.system.errors import ParameterError

NOTE = "note.txt"
MAX_LENGTH = 500
_TAG = re.compile(r"(?<!\S)#([\w-]+)(?!\S)")
_MAX_BYTES = 4 * MAX_LENGTH + 8


def read_note(folder: Path) -> str:
    """The note of a run; empty where there is none, or its file is damaged."""
    try:
        with (folder / NOTE).open("rb") as file:
            text = file.read(_MAX_BYTES).decode("utf-8")
    except (OSError, ValueError):
        return ""
    return tidy(text)[:MAX_LENGTH]


def write_note(folder: Path, text: str) -> None:
    """Replaces the note of a run; an empty one removes it.

    Raises:
        ParameterError: It is too long.
        OSError: It cannot be written.
    """
    note = tidy(text)
    if len(note) > MAX_LENGTH:
        raise ParameterError(
            f"the note has {len(note):,} characters, expected {MAX_LENGTH} at most", "shorten it"
        )
    if not note:
        (folder / NOTE).unlink(missing_ok=True)
        return
    write_atomically(folder / NOTE, note)


def split_tags(note: str) -> tuple[str, tuple[str, ...]]:
    """The note's words without its tags, and the tags without their #, each once.

    A tag is a word with a # in front: `#paper`.
    """
    found = dict.fromkeys(_TAG.findall(note))
    return tidy(_TAG.sub("", note)), tuple(found)


def tidy(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
