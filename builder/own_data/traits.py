"""What the images of a set have that a person should know before they are stored."""

from collections.abc import Mapping

from builder.own_data.pictures import Header
from builder.own_data.reasons import MAX_LISTED
from builder.own_data.source import PartName
from builder.own_data.value_range import Extent, Kind, join, notes

_PARTS: Mapping[PartName, str] = {
    "train": "training images",
    "validation": "validation images",
    "test": "test images",
}


class Traits:
    """Counts what images have, one after the other."""

    def __init__(self) -> None:
        self._extents: dict[tuple[PartName, Kind], Extent] = {}
        self._frames = _Names()
        self._transparent = _Names()

    def add(self, part: PartName, name: str, header: Header) -> None:
        """Adds an image of a part."""
        found = header.extent
        key: tuple[PartName, Kind] = (part, found.kind)
        known = self._extents.get(key)
        self._extents[key] = found if known is None else known.joined(found)
        if header.has_more_frames:
            self._frames.add(name)
        if header.is_transparent:
            self._transparent.add(name)

    @property
    def extents(self) -> tuple[Extent, ...]:
        """The values of all images, for each kind of them."""
        return join(self._extents.values())

    def notes(self) -> list[str]:
        """What a person should know, in sentences."""
        parts = [
            (words, [found for (name, _), found in self._extents.items() if name == part])
            for part, words in _PARTS.items()
        ]
        said = notes(parts)
        if self._frames.count:
            said.append(f"Animations and pages, of which the first is used: {self._frames}.")
        if self._transparent.count:
            said.append(f"Transparent in places, laid on white: {self._transparent}.")
        return said


class _Names:
    """How many images have something, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, name: str) -> None:
        self.count += 1
        if len(self._first) < MAX_LISTED:
            self._first.append(name)

    def __str__(self) -> str:
        more = self.count - len(self._first)
        images = "1 image" if self.count == 1 else f"{self.count:,} images"
        rest = f" and {more:,} more" if more else ""
        return f"{images}, {', '.join(self._first)}{rest}"
