"""Why files and folders are not used, and lists of them by reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_LISTED = 5
"""How many files are named if several have the same problem."""

TAKEN = "PNG, JPEG, BMP, GIF, TIFF or WebP"
"""The formats that are decoded."""


class Reason(StrEnum):
    """Why a file or folder is not used."""

    NO_IMAGE = "no-image"
    UNDECODABLE = "undecodable"
    EMPTY = "empty"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    NOT_FINITE = "not-finite"
    ANIMATED = "animated"
    UNREADABLE = "unreadable"
    BROKEN_LINK = "broken-link"
    LOOP = "loop"
    SYSTEM = "system"
    SAME_PATH = "same-path"
    EMPTY_FOLDER = "empty-folder"
    NO_CLASS = "no-class"
    UNUSED = "unused"


WORDS = {
    Reason.NO_IMAGE: f"not a {TAKEN}",
    Reason.UNDECODABLE: "damaged, or of a kind that is not decoded",
    Reason.EMPTY: "an empty file",
    Reason.DAMAGED: "damaged or cut off",
    Reason.TOO_LARGE: "too large",
    Reason.NOT_FINITE: "with values that are no numbers (NaN or infinite)",
    Reason.ANIMATED: "an animation",
    Reason.UNREADABLE: "it cannot be read",
    Reason.BROKEN_LINK: "a link that leads nowhere",
    Reason.LOOP: "a link to a folder that it lies in",
    Reason.SYSTEM: "hidden, or left behind by a system",
    Reason.SAME_PATH: "another file of the archive has the same path",
    Reason.EMPTY_FOLDER: "an empty folder",
    Reason.NO_CLASS: "in no class's folder",
    Reason.UNUSED: "images and labels are found by their names, such as x_val and y_val",
}


class NotAnImageError(Exception):
    """A file that is not used; the message says why in a few words.

    Args:
        reason: Why.
        detail: What is special about it; may be empty.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or WORDS[reason])
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is not used.

    Attributes:
        name: Its path.
        reason: Why.
        detail: What is special about it, in a few words; may be empty.
    """

    name: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that is not used for one reason.

    Attributes:
        reason: Why.
        count: How many.
        first: The first of them by name.
        words: The reason in words.
    """

    reason: Reason
    count: int
    first: tuple[str, ...]
    words: str

    @property
    def names(self) -> str:
        """The first of them, and how many more there are."""
        more = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {more:,} more" if more > 0 else "")

    def __str__(self) -> str:
        return f"{self.names} ({self.words})"


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that is not used, by reason, the most frequent first."""

    groups: tuple[Group, ...] = ()

    @property
    def count(self) -> int:
        """Of all of it."""
        return sum(group.count for group in self.groups)

    def __str__(self) -> str:
        return "; ".join(map(str, self.groups))


def listing(skipped: Iterable[Skipped]) -> Listing:
    """Lists what is not used by reason, with the detail if all of a group share one."""
    by_reason: dict[Reason, list[Skipped]] = {}
    for one in skipped:
        by_reason.setdefault(one.reason, []).append(one)
    groups = (_group(reason, found) for reason, found in by_reason.items())
    return Listing(tuple(sorted(groups, key=lambda group: -group.count)))


def _group(reason: Reason, found: list[Skipped]) -> Group:
    details = {one.detail for one in found}
    shared = details.pop() if len(details) == 1 else ""
    first = tuple(
        f"{one.name} ({one.detail})" if one.detail and not shared else one.name
        for one in found[:MAX_LISTED]
    )
    return Group(reason, len(found), first, shared or WORDS[reason])
