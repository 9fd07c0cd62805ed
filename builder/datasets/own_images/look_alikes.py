"""Finds names of classes that look alike: two spellings of a word, hardly two classes.

Alike are names with letters of another script (a Cyrillic a in `cat`), with an accent as a
character of its own or within its letter, in capitals, and with blanks at an end.
"""

import unicodedata
from collections.abc import Sequence

from builder.system.errors import cut

MAX_SHOWN = 30
"""Characters of a name."""
MAX_GROUPS = 3

# Letters of other scripts, small, with the Latin ones that look like them.
_CYRILLIC = {"асԁеһіјӏорԛѕԝхуѵ": "acdehijiopqswxyv", "вкмнтг": "bkmhtr"}  # noqa: RUF001  they look alike
_GREEK = {"αικνορτυχω": "aikvoptuxw", "βγηε": "byne"}
_OTHERS = {"ıȷɑɡɩ": "ijagi", "օսհոցզ": "ouhngq", "‐‑‒–—−": "------"}  # noqa: RUF001  they look alike
_LATIN = str.maketrans(
    {
        there: here
        for letters in (_CYRILLIC, _GREEK, _OTHERS)
        for theirs, ours in letters.items()
        for there, here in zip(theirs, ours, strict=True)
    }
)


def look_alikes(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of names that look alike, in the order of the names."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(_skeleton(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def sentence(names: Sequence[str]) -> str:
    """Says which classes look alike, with what tells them apart; empty where none do."""
    groups = look_alikes(names)
    if not groups:
        return ""
    shown = [" and ".join(_shown(name, group) for name in group) for group in groups[:MAX_GROUPS]]
    more = len(groups) - len(shown)
    return (
        f"Classes that look alike are kept apart: {'; '.join(shown)}"
        f"{f'; and {more:,} more' if more else ''}. Where they are one, give their folders or "
        "labels one name."
    )


def _skeleton(name: str) -> str:
    """The visible form of a name, which is the same for names that look alike."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_LATIN)
    seen = (letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).split())


def _shown(name: str, group: Sequence[str]) -> str:
    """The name, with the characters that some of the others lack by their names."""
    special = [
        f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}"
        for letter in dict.fromkeys(name)
        if not letter.isascii() and any(letter not in other for other in group)
    ]
    about = f" (with {', '.join(special[:3])})" if special else ""
    return f"{cut(name, MAX_SHOWN)!r}{about}"
