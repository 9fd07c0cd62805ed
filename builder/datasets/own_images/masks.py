"""Masks that stand beside their pictures under any name, told by what they are.

a/frame_01.jpg  b/frame_01_label.png    Of two folders all files pair by name, the pairs have one
a/frame_02.jpg  b/frame_02_label.png    size, and those of one folder have a few values only.

a/scan 1.png    a/scan 1_mask.png       In one folder files pair by what one name adds to another,
b/scan 2.jpg    b/scan 2.png            or by their endings.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, takewhile
from pathlib import PurePosixPath

import numpy as np

from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.raw import Raw
from builder.datasets.own_images.reasons import NotAnImageError
from builder.datasets.own_images.source import Part, Source
from builder.system.errors import FormatError

PAIRED = 0.9
"""Share of the files that have a partner in the other folder, from which on it is no chance."""
MAX_FOLDERS = 6
"""Classes up to which each two are compared."""
BESIDE = 0.5
"""Share of the pictures that have a partner in their own folder, from which on it is no chance."""
NUM_LOOKED_AT = 8
"""Pairs that are decoded."""
FEW, MANY = 16, 64
"""Different values of a mask at most, and of a picture at least."""


_SEPARATOR = re.compile(r"[^0-9A-Za-z]")


def check_masks(source: Source) -> None:
    """Refuses masks: folders that hold one for each picture of another, or of their own.

    Raises:
        FormatError: There are such folders.
    """
    _check_within(source.train)
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
            code = DataCode.FOLDER_OF_MASKS
            raise FormatError(code, mask=mask, picture=picture, most=FEW)


def _check_within(part: Part) -> None:
    """Looks for masks in the folders of their pictures."""
    for pairs in _beside(part.names).values():
        if len(pairs) < 2 or len(pairs) < BESIDE * (len(part) - len(pairs)):
            continue
        looked_at = pairs[:NUM_LOOKED_AT]
        pictures, masks = (_decoded(part, [pair[side] for pair in looked_at]) for side in (0, 1))
        if _are_masks(masks, pictures):
            picture, mask = (part.names[number] for number in pairs[0])
            code = DataCode.MASKS_BESIDE_PICTURES
            raise FormatError(code, number=len(pairs), mask=mask, picture=picture, most=FEW)


def _beside(names: Sequence[str]) -> Mapping[str, list[tuple[int, int]]]:
    """Pairs of a file and another whose name adds something to its own, by what it adds."""
    by_stem: dict[str, list[int]] = {}
    paths = [PurePosixPath(name) for name in names]
    for number, path in enumerate(paths):
        by_stem.setdefault(str(path.with_suffix("")), []).append(number)
    found: dict[str, list[tuple[int, int]]] = {}
    for number, path in enumerate(paths):
        stem = str(path.with_suffix(""))
        for start in _starts(stem, len(path.stem)):
            for other in by_stem.get(start, ()):
                if other != number:
                    added = stem[len(start) :] + path.suffix.lower()
                    found.setdefault(added, []).append((other, number))
    return found


def _starts(stem: str, length: int) -> Iterator[str]:
    """The stem, and what of it stands before each separator in its last `length` characters."""
    yield stem
    begin = len(stem) - length
    for separator in _SEPARATOR.finditer(stem, begin + 1):
        yield stem[: separator.start()]


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
    """How many different grays or colors there are."""
    values = image.values.reshape(-1, image.values.shape[2] if image.values.ndim == 3 else 1)
    return len(np.unique(values, axis=0))
