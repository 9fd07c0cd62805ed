"""Finds problems of a set's classes that spoil a training or its figures."""

import re
from collections.abc import Iterator, Mapping, Sequence

from builder.datasets.own_images import look_alikes
from builder.datasets.own_images.source import PartName

MAX_NAMED = 5
_ABSENT: Mapping[PartName, str] = {
    "train": "The training images hold none of {}: it cannot be learned.",
    "validation": "The validation images hold none of {}: it will not be seen while training.",
    "test": "The test images hold none of {}: the last test says nothing about it.",
}

_PIECE = re.compile(r"(?:^|[^a-z])(?:part|batch|chunk|shard|fold|subset|volume)s?[^a-z]*$")
"""The end of a lower-case name of a numbered piece of a set: `images_part_2`."""


def class_warnings(
    classes: Sequence[str], counts: Mapping[PartName, Sequence[int]]
) -> Iterator[str]:
    """Lists classes that look alike, and classes that a part of a given split lacks.

    Args:
        classes: Their names.
        counts: Images of each class, of each part that there is.
    """
    if alike := look_alikes.sentence(classes):
        yield alike
    if _are_pieces(classes):
        yield (
            f"The classes {', '.join(classes[:MAX_NAMED])} are called like pieces of one set: "
            "their pictures may be of the same kinds. Give each class a folder of its own."
        )
    for part, found in counts.items():
        absent = [name for name, count in zip(classes, found, strict=True) if count == 0]
        if absent:
            more = len(absent) - MAX_NAMED
            named = ", ".join(absent[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")
            yield _ABSENT[part].format(named)


def _are_pieces(classes: Sequence[str]) -> bool:
    """Whether the names differ only in their numbers, and say that they are pieces."""
    plain = {re.sub(r"[0-9]+", "0", name.lower()) for name in classes}
    return len(classes) > 1 and len(plain) == 1 and bool(_PIECE.search(plain.pop()))
