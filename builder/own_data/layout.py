"""Which class an image belongs to, by the folder that it lies in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from builder.errors import FormatError, shown

MAX_CLASSES = 1_000
MAX_NAME = 100
"""Characters of a class's name."""
MIN_IMAGES = 2
"""Of each class: one to learn from and one to validate with."""

Split = Literal["train", "validation", "test"]

_SPLITS: Mapping[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_FIX = "put the images of each class into a folder of its own"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file and its class.

    Attributes:
        path: As it was given.
        label: The number of its class.
    """

    path: str
    label: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What was made of the folders.

    Attributes:
        classes: The names, in the order of their numbers.
        train: To learn from and to validate with.
        test: From a folder of that name; empty where there is none.
        outside: Files that lie in no class's folder.
        notes: What a person should know, in sentences.
    """

    classes: tuple[str, ...]
    train: tuple[Placed, ...]
    test: tuple[Placed, ...]
    outside: tuple[str, ...]
    notes: tuple[str, ...]


def lay_out(paths: Iterable[str]) -> Layout:
    """Finds the classes, below one top folder if there is one, and below `train` and `test`.

    Args:
        paths: Of all files, with `/` between the folders.

    Raises:
        FormatError: No class can be told from the folders, or there are too many.
    """
    parts = [(path, tuple(path.split("/"))) for path in paths]
    parts = [(path, split) for path, split in parts if not _is_junk(split)]
    tops = _tops(parts)
    if len(tops) == 1 and tops.isdisjoint(_SPLITS) and any(len(split) > 2 for _, split in parts):
        parts = [(path, split[1:] or split) for path, split in parts]
    splits = {top for top in _tops(parts) if top.lower() in _SPLITS}
    kinds = {_SPLITS[top.lower()] for top in splits}
    has_splits = "train" in kinds and (len(kinds) > 1 or len(_tops(parts)) == 1)
    found: dict[Split, list[tuple[str, str]]] = {"train": [], "validation": [], "test": []}
    outside: list[str] = []
    for path, split in parts:
        kind: Split = "train"
        if has_splits and split[0] in splits:
            kind, split = _SPLITS[split[0].lower()], split[1:]
        elif has_splits:
            split = ()  # it lies beside the folders that count
        if len(split) > 1:
            found[kind].append((path, split[0]))
        else:
            outside.append(path)
    return _classes(found, outside)


def check_counts(classes: Sequence[str], counts: Sequence[int]) -> None:
    """Refuses what nothing can be learnt from.

    Args:
        classes: Their names.
        counts: How many images of each there are to learn from and to validate with.

    Raises:
        FormatError: There are too few classes, or too few images of one.
    """
    if len(classes) < 2:
        named = f" ({shown(classes[0])})" if classes else ""
        raise FormatError(
            f"the images are of {len(classes)} class{'' if classes else 'es'}{named}, "
            "expected two or more",
            _FIX,
        )
    small = [name for name, count in zip(classes, counts, strict=True) if count < MIN_IMAGES]
    if small:
        which = ", ".join(shown(name) for name in small[:5])
        more = f" and {len(small) - 5:,} more" if len(small) > 5 else ""
        raise FormatError(
            f"too few images of {which}{more}: received fewer than {MIN_IMAGES}, expected "
            f"{MIN_IMAGES} or more of each class, to learn from and to validate with",
            "add images, or leave such a class out",
        )


def check_classes(names: Sequence[str]) -> None:
    """Refuses names that cannot be shown, and too many of them.

    Raises:
        FormatError: A name is too long, not printable or there twice, or there are too many.
    """
    if len(names) > MAX_CLASSES:
        raise FormatError(f"received {len(names):,} classes, expected at most {MAX_CLASSES:,}")
    if len({*names}) < len(names):
        raise FormatError("two classes have the same name", "rename one of them")
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
            raise FormatError(
                f"a class is called {shown(name)}, expected 1 to {MAX_NAME} printable characters",
                "rename its folder",
            )


def _classes(found: Mapping[Split, list[tuple[str, str]]], outside: list[str]) -> Layout:
    """Numbers the classes of what was found."""
    train = found["train"] + found["validation"]
    names = sorted({name for _, name in train}, key=_natural)
    if not names:
        raise FormatError("no class can be told: there are no folders with files in them", _FIX)
    check_classes(names)
    unknown = sorted({name for _, name in found["test"]} - set(names))
    if unknown:
        raise FormatError(
            f"the test folder holds a class that the training folder lacks: {shown(unknown[0])}",
            "give both the same folders",
        )
    numbers = {name: number for number, name in enumerate(names)}
    notes = ()
    if found["validation"]:
        notes = (
            "The images of the validation folder join those to learn from: how many are kept for "
            "validation is set with the training.",
        )
    return Layout(
        tuple(names),
        tuple(Placed(path, numbers[name]) for path, name in train),
        tuple(Placed(path, numbers[name]) for path, name in found["test"]),
        tuple(outside),
        notes,
    )


def _tops(parts: Iterable[tuple[str, tuple[str, ...]]]) -> set[str]:
    return {split[0] for _, split in parts if len(split) > 1}


def _is_junk(split: tuple[str, ...]) -> bool:
    """Whether a file is one that systems leave behind by themselves."""
    return any(part.startswith(".") or part in _JUNK for part in split)


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Orders `2` before `10`; names that differ in case only stay apart."""
    pieces = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", name.lower())
    return [(int(p), "") if p.isdecimal() and len(p) <= 18 else (-1, p) for p in pieces], name
