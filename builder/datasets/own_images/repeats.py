"""Finds duplicate pictures: in two classes, or in two parts of a split.

A picture in two classes has two right answers; a training picture that is also in the validation or
test set makes their results look better than they are.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import combinations

from builder.datasets.own_images.source import PartName, Source

_NAMES: dict[PartName, str] = {"train": "training", "validation": "validation", "test": "test"}
_SPOILT: dict[PartName, str] = {
    "validation": "validation will look better than it is",
    "test": "the last test will look better than it is",
}

_Place = tuple[PartName, int]
"""A part, and the number of an image in it."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """Messages about duplicate pictures.

    Attributes:
        warnings: Those that spoil a training or its figures.
        notes: Those that may be intended.
    """

    warnings: tuple[str, ...]
    notes: tuple[str, ...]


class Repeats:
    """Finds duplicate pictures.

    Args:
        source: Whose pictures they are.
        how: What is the same about two of them, in words: "to the byte".
    """

    def __init__(self, source: Source, how: str) -> None:
        self._source, self._how = source, how
        self._first: dict[bytes, _Place] = {}
        self._repeated: dict[bytes, list[_Place]] = {}

    def add(self, digest: bytes, part: PartName, index: int) -> None:
        """Adds a picture by a digest of what is compared."""
        place = (part, index)
        first = self._first.setdefault(digest, place)
        if first is not place:
            self._repeated.setdefault(digest, [first]).append(place)

    def remarks(self) -> Remarks:
        """What was found."""
        return Remarks(tuple(self._warnings()), tuple(self._notes()))

    def _warnings(self) -> Iterator[str]:
        pairs = self._pairs(self._label)
        if pairs:
            yield (
                f"{_pictures(len(pairs))} in more than one class ({self._how}), such as "
                f"{self._named(pairs[0])}: nothing can be learned that is right for both. Leave "
                "each in one class."
            )
        for one, other in combinations(self._source.parts, 2):
            both = frozenset({one, other})
            pairs = self._pairs(lambda place, both=both: place[0] if place[0] in both else None)
            if pairs:
                yield (
                    f"{_pictures(len(pairs))} both in the {_NAMES[one]} and in the {_NAMES[other]} "
                    f"images ({self._how}), such as {self._named(pairs[0])}: {_SPOILT[other]}."
                )

    def _notes(self) -> Iterator[str]:
        copies: list[list[_Place]] = []
        for group in self._repeated.values():
            alike: dict[Hashable, list[_Place]] = {}
            for place in group:
                alike.setdefault((place[0], self._label(place)), []).append(place)
            copies += [places for places in alike.values() if len(places) > 1]
        if copies:
            count = sum(len(group) - 1 for group in copies)
            first = copies[0]
            yield (
                f"{'1 picture repeats' if count == 1 else f'{count:,} pictures repeat'} another of "
                f"the same class ({self._how}), such as {self._named((first[0], first[1]))}. Where "
                "a share is drawn for validation, copies may stand on both sides."
            )

    def _pairs(self, key: Callable[[_Place], Hashable]) -> list[tuple[_Place, _Place]]:
        """Of each repeated picture two places with other keys, where there are such.

        Args:
            key: Of a place; None for one that does not count.
        """
        found: list[tuple[_Place, _Place]] = []
        for group in self._repeated.values():
            by_key = {known: place for place in group if (known := key(place)) is not None}
            if len(by_key) > 1:
                first, second, *_ = by_key.values()
                found.append((first, second))
        return found

    def _label(self, place: _Place) -> int:
        part, index = place
        return int(self._source.parts[part].labels[index])

    def _named(self, pair: tuple[_Place, _Place]) -> str:
        return " and ".join(self._source.parts[part].names[index] for part, index in pair)


def _pictures(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count:,} pictures are"
