"""What the images of a set have that a person should know before they are stored."""

from collections.abc import Iterator, Mapping

from builder.datasets.own_images.pictures import Header
from builder.datasets.own_images.reasons import MAX_LISTED
from builder.datasets.own_images.source import PartName
from builder.datasets.own_images.value_range import KIND_WORDS, Extent, Kind, join

APART = 0.5
"""Share of all values that a part spans, up to which it is said to differ from the others."""

_PARTS: Mapping[PartName, str] = {
    "train": "training images",
    "validation": "validation images",
    "test": "test images",
}


class Traits:
    """Counts what images have, one after the other."""

    def __init__(self) -> None:
        self._extents: dict[tuple[PartName, Kind], Extent] = {}
        self._kinds: dict[str, set[Kind]] = {}
        self._frames = _Names()
        self._transparent = _Names()

    def add(self, part: PartName, label: str, name: str, header: Header) -> None:
        """Adds an image of a part and a class."""
        found = header.extent
        self._kinds.setdefault(label, set()).add(found.kind)
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
        said = [*self._kind_notes(), *self._part_notes()]
        if self._frames.count:
            said.append(f"Animations and pages, of which the first is used: {self._frames}.")
        if self._transparent.count:
            said.append(f"Transparent in places, laid on white: {self._transparent}.")
        return said

    def _kind_notes(self) -> Iterator[str]:
        """Says that images are of several kinds, and whether a class can be told by that."""
        whole = self.extents
        if len(whole) < 2:
            return
        counts = ", ".join(f"{KIND_WORDS[one.kind]} ({one.count:,})" for one in whole)
        yield f"The images are of different kinds: {counts}. Each kind has a range of its own."
        pure = [(label, *kinds) for label, kinds in sorted(self._kinds.items()) if len(kinds) == 1]
        if len({kind for _, kind in pure}) > 1:
            named = ", ".join(f"{label} {KIND_WORDS[kind]}" for label, kind in pure[:MAX_LISTED])
            yield (
                "A network can learn to tell the kinds of files instead of what they show, as "
                f"classes have one kind only: {named}{' …' if len(pure) > MAX_LISTED else ''}."
            )

    def _part_notes(self) -> Iterator[str]:
        """Says that the values of one part span much less than those of another."""
        for one in self.extents:
            parts: dict[PartName, Extent] = {}
            for (part, kind), found in self._extents.items():
                if kind is one.kind:
                    parts[part] = found
            width = one.high - one.low
            if any(found.high - found.low < APART * width for found in parts.values()):
                spans = ", ".join(f"{_PARTS[part]} {found.span}" for part, found in parts.items())
                yield f"The parts differ in their values, and share one range: {spans}."


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
