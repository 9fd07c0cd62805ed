"""Titles for things that have ids; no two look the same.

flowers      32×32 and 64×64                 →  flowers, 32×32      flowers, 64×64
flowers      both 32×32, of two days         →  flowers, 3 May      flowers, 8 May
flowers      nothing is known but the ids    →  flowers (1)         flowers (2)
"""

import re
import unicodedata
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def distinct(
    titles: Mapping[Id, str], facts: Mapping[Id, Sequence[str]] | None = None
) -> dict[Id, str]:
    """Gives each thing a title that no other has.

    Args:
        titles: The title of each thing, by its id.
        facts: What may tell things with the same title apart, as many for each; the first that does
            is used. Without any, the things are numbered.
    """
    words, known = dict(titles), facts or {}
    for place in range(max(map(len, known.values()), default=0)):
        for alike in _alike(words):
            told = {thing: "".join(known.get(thing, ())[place : place + 1]) for thing in alike}
            if len(set(told.values())) > 1:
                words |= {thing: f"{words[thing]}, {fact}" for thing, fact in told.items() if fact}
    taken = set(map(_look, words.values()))
    for alike in _alike(words):
        number = 0
        for thing in alike:
            number += 1
            while _look(f"{words[thing]} ({number})") in taken:
                number += 1
            words[thing] = f"{words[thing]} ({number})"
    return words


def _alike(words: Mapping[Id, str]) -> list[list[Id]]:
    """The things that look the same, together."""
    groups: dict[str, list[Id]] = {}
    for thing, text in words.items():
        groups.setdefault(_look(text), []).append(thing)
    return [group for group in groups.values() if len(group) > 1]


def _look(text: str) -> str:
    """What is seen of a text: Unicode has several ways to write one letter, and unseen ones."""
    seen = (letter for letter in unicodedata.normalize("NFKC", text) if _is_seen(letter))
    return re.sub(r"\s+", " ", "".join(seen)).strip()


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) != "Cf"
