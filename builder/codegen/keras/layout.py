"""Breaks a statement over several lines as ruff's formatter does, at 100 columns.

It handles what generated code needs: calls, lists, tuples and dictionaries of names, numbers and
strings. A bracket stays on its line if everything up to the next bracket fits; otherwise its
content moves to separate lines: a call's arguments to one line if they fit, everything else one
item per line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100
INDENT = "    "

_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class _Brackets:
    """A pair of brackets with its content."""

    flat: str
    items: tuple["_Parts", ...]
    is_call: bool


_Parts = tuple[str | _Brackets, ...]


def lay_out(statement: str, depth: int = 1) -> str:
    """Writes a statement at an indentation, on several lines if it is too long.

    Args:
        statement: Source text in one line, without indentation.
        depth: Levels of indentation.
    """
    margin = INDENT * depth
    if len(margin) + len(statement) <= WIDTH:
        return margin + statement
    parts, _ = _parse(statement, 0)
    return margin + _write(parts[0], depth, room_behind=0)


def _write(parts: _Parts, depth: int, room_behind: int) -> str:
    """Writes parts from the start of an indented line on; `room_behind` columns stay free."""
    written = ""
    column = len(INDENT * depth)
    for place, part in enumerate(parts):
        flat = part if isinstance(part, str) else part.flat
        behind = _until_break(parts[place + 1 :], room_behind)
        if isinstance(part, str) or column + len(flat) + behind <= WIDTH:
            written += flat
            column += len(flat)
        else:
            written += _open(part, depth)
            column = len(INDENT * depth) + 1  # the line goes on behind the closing bracket
    return written


def _until_break(parts: Sequence[str | _Brackets], room_behind: int) -> int:
    """The columns up to the next possible line break."""
    columns = 0
    for part in parts:
        if not isinstance(part, str):
            return columns + 1
        columns += len(part)
    return columns + room_behind


def _open(brackets: _Brackets, depth: int) -> str:
    inner = INDENT * (depth + 1)
    flat = ", ".join(_flat(item) for item in brackets.items)
    if brackets.is_call and len(inner) + len(flat) <= WIDTH:
        content = f"{inner}{flat}\n"
    elif brackets.is_call and len(brackets.items) == 1:
        content = f"{inner}{_write(brackets.items[0], depth + 1, room_behind=0)}\n"
    else:
        items = (_write(item, depth + 1, room_behind=1) for item in brackets.items)
        content = "".join(f"{inner}{item},\n" for item in items)
    return f"{brackets.flat[0]}\n{content}{INDENT * depth}{brackets.flat[-1]}"


def _flat(parts: _Parts) -> str:
    return "".join(part if isinstance(part, str) else part.flat for part in parts)


def _parse(text: str, start: int, closing: str = "") -> tuple[tuple[_Parts, ...], int]:
    """Reads items from `start` to the closing bracket or the end; returns the place of that."""
    items: list[_Parts] = []
    parts: list[str | _Brackets] = []
    place = begin = start
    while place < len(text) and text[place] != closing:
        character = text[place]
        if character in "\"'":
            place = _string_end(text, place)
        elif character in _CLOSING and text[place + 1] != _CLOSING[character]:
            is_call = place > 0 and (text[place - 1].isalnum() or text[place - 1] in "_)")
            inner, end = _parse(text, place + 1, _CLOSING[character])
            parts += [text[begin:place], _Brackets(text[place : end + 1], inner, is_call)]
            place = begin = end + 1
        elif character in _CLOSING:
            place += 2  # empty brackets never break
        elif closing and text.startswith(", ", place):
            items.append((*parts, text[begin:place]))
            parts = []
            place = begin = place + 2
        else:
            place += 1
    last = text[begin:place].removesuffix(",")  # of a tuple of one
    return (*items, (*parts, last)), place


def _string_end(text: str, start: int) -> int:
    place = start + 1
    while text[place] != text[start]:
        place += 2 if text[place] == "\\" else 1
    return place + 1
