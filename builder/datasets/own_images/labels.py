"""The labels of an `.npz`: numbers, texts or one-hot rows, turned into classes by number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.datasets.own_images.file_codes import ArrayCode
from builder.datasets.own_images.layout import MAX_CLASSES, check_classes
from builder.datasets.own_images.source import Labels
from builder.system.errors import FormatError, shown

MAX_LABEL = 2**31
"""The largest number of a class."""


def read_labels(labels: NDArray[Any], key: str) -> NDArray[Any]:
    """Converts labels to an integer or a text for each image.

    Args:
        labels: As in the file.
        key: The array's name.

    Raises:
        FormatError: They have another shape, or are not integers, or negative.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "biuf":
        return _from_one_hot(labels, key)
    if labels.ndim != 1:
        raise FormatError(ArrayCode.SEVERAL_AXES, array=key, received=labels.ndim)
    if labels.dtype.kind == "S":
        return np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind == "f":
        if not np.isfinite(labels).all() or (labels != np.floor(labels)).any():
            raise FormatError(ArrayCode.NOT_WHOLE, array=key)
        if labels.size and np.abs(labels).max() > MAX_LABEL:
            raise FormatError(ArrayCode.LARGE_LABEL, array=key, most=MAX_LABEL)
    if labels.dtype.kind in "biuf":
        if labels.size and labels.min() < 0:
            raise FormatError(ArrayCode.NEGATIVE, array=key, received=labels.min().item())
        if labels.size and labels.max() > MAX_LABEL:
            raise FormatError(ArrayCode.LARGE_LABEL, array=key, most=MAX_LABEL)
        return labels.astype(np.int64)
    return labels


class Classes:
    """Numbers the classes that labels name.

    Args:
        given: The names of the classes 0, 1, 2 …; None where the file does not tell them.

    Attributes:
        names: Of the classes, in the order of their numbers.
        notes: Messages for the person.
    """

    def __init__(self, given: NDArray[Any] | None) -> None:
        self._given = None if given is None else [_text(name) for name in given.ravel()]
        self._known: NDArray[Any] = np.array([])
        self.names: tuple[str, ...] = ()
        self.notes: list[str] = []

    def add(self, labels: NDArray[Any], key: str, *, new: bool = True) -> Labels:
        """Returns the number of the class of each label.

        Args:
            labels: Whole numbers or texts.
            key: The array's name.
            new: Whether these labels define the classes.

        Raises:
            FormatError: There are too many classes, or an unknown one.
        """
        found, numbers = np.unique(labels, return_inverse=True)
        if new:
            if len(found) > MAX_CLASSES:
                code = ArrayCode.TOO_MANY_CLASSES
                raise FormatError(code, array=key, received=len(found), most=MAX_CLASSES)
            self._known = found
            self.names = tuple(self._name(value) for value in found)
            check_classes(self.names)
            self._note(found)
            return numbers.astype(np.int64)
        unknown = np.setdiff1d(found, self._known)
        if len(unknown) or found.dtype.kind != self._known.dtype.kind:
            first = unknown[0] if len(unknown) else found[0]
            raise FormatError(ArrayCode.UNKNOWN_CLASS, array=key, name=_text(first))
        return np.searchsorted(self._known, found).astype(np.int64)[numbers]

    def _name(self, value: Any) -> str:
        if isinstance(value, np.str_) or self._given is None:
            return _text(value)
        if value >= len(self._given):
            number = len(self._given)
            raise FormatError(ArrayCode.UNNAMED_CLASS, received=int(value), number=number)
        return self._given[int(value)]

    def _note(self, found: NDArray[Any]) -> None:
        if found.dtype.kind != "i" or not len(found):
            return
        unused = [] if self._given is None else self._given[int(found[-1]) + 1 :]
        if unused:
            self.notes.append(
                f"No label is of the last {len(unused):,} of the names, such as "
                f"{shown(unused[0])}: they are left out."
            )
        if found[-1] == len(found) - 1:
            return
        has_gaps = found[-1] - found[0] != len(found) - 1
        named = "" if self._given else " and keep these as their names"
        span = f"{found[0]} to {found[-1]}"
        said = f"The labels {span} have gaps" if has_gaps else f"The labels go from {span}"
        self.notes.append(f"{said}; the classes are numbered from 0{named}.")


def _from_one_hot(labels: NDArray[Any], key: str) -> NDArray[Any]:
    ones = (labels == 1).sum(axis=1)
    if labels.shape[1] > MAX_CLASSES or not ((ones == 1).all() and np.isin(labels, (0, 1)).all()):
        raise FormatError(ArrayCode.NOT_ONE_HOT, array=key, received=labels.shape[1])
    return labels.argmax(axis=1).astype(np.int64)


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip()
