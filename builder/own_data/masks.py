"""Masks that stand beside their pictures under any name, told by what they are.

a/frame_01.jpg  b/frame_01_label.png    Of two folders all files pair by name, the pairs have one
a/frame_02.jpg  b/frame_02_label.png    size, and those of one folder have a few values only.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, takewhile
from pathlib import PurePosixPath

import numpy as np

from builder.errors import FormatError
from builder.own_data.raw import Raw
from builder.own_data.reasons import NotAnImageError
from builder.own_data.source import Part, Source

PAIRED = 0.9
"""Share of the files that have a partner in the other folder, from which on it is no chance."""
MAX_FOLDERS = 6
"""Classes up to which each two are compared."""
NUM_LOOKED_AT = 8
"""Pairs that are decoded."""
FEW, MANY = 16, 64
"""Different values of a mask at most, and of a picture at least."""


def check_masks(source: Source) -> None:
    """Refuses folders of which one holds a mask for each picture of another.

    Raises:
        FormatError: There are two such folders.
    """
    if len(source.classes) <= MAX_FOLDERS:
        for pair in combinations(range(len(source.classes)), 2):
            _check_pair(source, pair)


def _check_pair(source: Source, labels: tuple[int, int]) -> None:
    numbers = [np.flatnonzero(source.train.labels == label).tolist() for label in labels]
    pairs = _pairs(source.train.names, numbers[0], numbers[1])
    if len(pairs) < PAIRED * max(map(len, numbers)) or len(pairs) < 2:
        return
    looked_at = pairs[:NUM_LOOKED_AT]
    first, second = (_decoded(source.train, [pair[side] for pair in looked_at]) for side in (0, 1))
    for some, others, side in ((first, second, 0), (second, first, 1)):
        if _are_masks(some, others):
            mask, picture = source.classes[labels[side]], source.classes[labels[1 - side]]
            raise FormatError(
                f"the folder {mask} is no class: it holds a mask for each picture of {picture}, of "
                f"the same name and size and with at most {FEW} values, as for segmentation, which "
                "is not offered",
                "to classify, put the images of each class into a folder of its own; where these "
                "are two classes, name their files differently",
            )


def _pairs(
    names: Sequence[str], some: Sequence[int], others: Sequence[int]
) -> list[tuple[int, int]]:
    """The files of the same name in two folders, but for what all names of a folder share."""
    first, second = _varying(names, some), _varying(names, others)
    return [(first[name], second[name]) for name in first.keys() & second.keys()]


def _varying(names: Sequence[str], numbers: Sequence[int]) -> Mapping[str, int]:
    """The part of each file's name that is not the same in all: `01` of `frame_01_label`."""
    stems = [PurePosixPath(names[number]).stem for number in numbers]
    start = _num_shared(stems)
    end = _num_shared([stem[start:][::-1] for stem in stems])
    return {
        stem[start : len(stem) - end]: number for stem, number in zip(stems, numbers, strict=True)
    }


def _num_shared(texts: Sequence[str]) -> int:
    """How many characters all begin with."""
    first, last = min(texts, default=""), max(texts, default="")
    same = (one == other for one, other in zip(first, last, strict=False))
    return sum(takewhile(bool, same))


def _decoded(part: Part, numbers: Sequence[int]) -> list[Raw | NotAnImageError]:
    return list(part.chosen(np.array(numbers, dtype=np.intp), None))


def _are_masks(
    some: Sequence[Raw | NotAnImageError], others: Sequence[Raw | NotAnImageError]
) -> bool:
    """Whether each is as large as its partner and has a few values, and the partner many."""
    for mask, picture in zip(some, others, strict=True):
        if isinstance(mask, NotAnImageError) or isinstance(picture, NotAnImageError):
            return False
        if mask.values.shape[:2] != picture.values.shape[:2]:
            return False
        if _num_values(mask) > FEW or _num_values(picture) < MANY:
            return False
    return True


def _num_values(image: Raw) -> int:
    """How many different grays or colours there are."""
    values = image.values.reshape(-1, image.values.shape[2] if image.values.ndim == 3 else 1)
    return len(np.unique(values, axis=0))
