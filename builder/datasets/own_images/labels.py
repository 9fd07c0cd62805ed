"""The labels of an `.npz`: numbers, texts or one-hot rows, turned into classes by number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.datasets.own_images.layout import MAX_CLASSES, check_classes
from builder.datasets.own_images.source import Labels
from builder.system.errors import FormatError, shown

_ONE_EACH = "give one whole number or one name for each image"


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
        raise FormatError(
            f"the labels {shown(key)} have {labels.ndim} axes, expected 1",
            _ONE_EACH,
        )
    if labels.dtype.kind == "S":
        return np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind == "f":
        if not np.isfinite(labels).all() or (labels != np.floor(labels)).any():
            raise FormatError(f"the labels {shown(key)} are not whole numbers", _ONE_EACH)
        if labels.size and np.abs(labels).max() > 2**31:
            raise FormatError(f"the labels {shown(key)} are too large", _ONE_EACH)
    if labels.dtype.kind in "biuf":
        if labels.size and labels.min() < 0:
            raise FormatError(
                f"the labels {shown(key)} go down to {labels.min()}, expected 0 or more", _ONE_EACH
            )
        if labels.size and labels.max() > 2**31:
            raise FormatError(f"the labels {shown(key)} are too large", _ONE_EACH)
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
                raise FormatError(
                    f"the labels {shown(key)} name {len(found):,} classes, expected at most "
                    f"{MAX_CLASSES:,}",
                    _ONE_EACH,
                )
            self._known = found
            self.names = tuple(self._name(value) for value in found)
            check_classes(self.names)
            self._note(found)
            return numbers.astype(np.int64)
        unknown = np.setdiff1d(found, self._known)
        if len(unknown) or found.dtype.kind != self._known.dtype.kind:
            first = unknown[0] if len(unknown) else found[0]
            raise FormatError(
                f"the labels {shown(key)} name a class that the training labels lack: "
                f"{shown(_text(first))}",
                "give both the same classes, or leave these images out",
            )
        return np.searchsorted(self._known, found).astype(np.int64)[numbers]

    def _name(self, value: Any) -> str:
        if isinstance(value, np.str_) or self._given is None:
            return _text(value)
        if value >= len(self._given):
            raise FormatError(
                f"the labels go up to {value}, but the file names only {len(self._given):,} classes"
            )
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
        raise FormatError(
            f"the labels {shown(key)} have {labels.shape[1]:,} columns and are not one-hot",
            _ONE_EACH,
        )
    return labels.argmax(axis=1).astype(np.int64)


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip()
