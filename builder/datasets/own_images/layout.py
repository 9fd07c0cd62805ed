"""Finds the class of an image by its folder."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.folder_paths import Parts, folders_in, listed, without, wrapper
from builder.datasets.own_images.other_tasks import check_task
from builder.datasets.own_images.roles import ROLES, Role, Roles, are_parts
from builder.datasets.own_images.splits import SplitFolders, around_split, chosen, recognize
from builder.datasets.own_images.tree import is_system
from builder.system.errors import FormatError

MAX_CLASSES = 1_000
MAX_NAME = 100
"""The longest name of a class."""
MIN_IMAGES = 2
"""The fewest images of a class: one for training and one for validation."""

_NOTES = frozenset(
    "txt csv tsv json xml yaml yml md rst pdf doc docx xls xlsx html htm py ipynb log db".split()
)
"""Endings of files that describe images; a folder with only such files is not a class."""
_Item = tuple[str, Parts]
"""A file's given path, and the part of it that counts."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file and its class.

    Attributes:
        path: The given path.
        label: The number of its class.
    """

    path: str
    label: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The interpretation of the folders.

    Attributes:
        classes: The names, in the order of their numbers.
        train: For training; also for validation if there is no validation set.
        validation: From folders for validation; empty where there are none.
        test: From folders for a test; empty where there are none.
        outside: Files outside of the classes' folders.
        notes: What a person should know, in sentences.
        splits: The folders that divide the images or may do so; None where there are none.
    """

    classes: tuple[str, ...]
    train: tuple[Placed, ...]
    validation: tuple[Placed, ...]
    test: tuple[Placed, ...]
    outside: tuple[str, ...]
    notes: tuple[str, ...]
    splits: SplitFolders | None = None


def lay_out(paths: Iterable[str], roles: Roles | None = None) -> Layout:
    """Finds the classes, below the folders that all lie in, and the parts of a given split.

    Args:
        paths: Of all files, with `/` between the folders.
        roles: What a person said that the folders of a split are for; empty where they are the
            classes; None where nothing was said. Where it is needed and was not said, the folders
            are taken for classes, and the layout's `splits` are not certain.

    Raises:
        FormatError: No class can be told from the folders, there are too many, or these are the
            files of another task, such as segmentation.
        ParameterError: Roles are given to folders that are not there.
    """
    items = [(path, tuple(path.split("/"))) for path in paths if not is_system(path)]
    items = _inside(items, wrapper(parts for _, parts in _likely(items)))
    items = _inside(items, around_split([parts for _, parts in _likely(items)]))
    below = [parts for _, parts in _likely(items)]
    splits = recognize(below) if roles is None else chosen(below, roles)
    found, outside = _place(items, splits)
    check_task([path for path, _ in items], found)
    classes = {name for each in found.values() for _, name in each}
    if splits is None and not roles and are_parts(classes):
        raise FormatError(DataCode.PARTS_WITHOUT_CLASSES, folders=sorted(classes))
    return replace(_number(found, outside, splits), notes=tuple(_notes(splits, below)))


def check_counts(
    classes: Sequence[str], counts: Sequence[int], validation: Sequence[int] | None = None
) -> None:
    """Refuses images that nothing can be learned from.

    Args:
        classes: Their names.
        counts: How many images of each there are to learn from.
        validation: How many there are of each to validate with; None where those come from the
            same images.

    Raises:
        FormatError: There are too few classes, or too few images of one.
    """
    if validation is not None:
        if not any(counts):
            raise FormatError(DataCode.NOTHING_TO_LEARN)
        counts = [sum(both) for both in zip(counts, validation, strict=True)]
    if not classes:
        raise FormatError(DataCode.NO_CLASS)
    if len(classes) == 1:
        raise FormatError(DataCode.ONE_CLASS, name=classes[0])
    small = [name for name, count in zip(classes, counts, strict=True) if count < MIN_IMAGES]
    if small:
        raise FormatError(DataCode.TOO_FEW_IMAGES, classes=small, least=MIN_IMAGES)


def check_classes(names: Sequence[str]) -> None:
    """Refuses names that cannot be shown, and too many of them.

    Raises:
        FormatError: A name is too long, not printable or there twice, or there are too many.
    """
    if len(names) > MAX_CLASSES:
        code = DataCode.TOO_MANY_CLASSES
        raise FormatError(code, received=len(names), most=MAX_CLASSES)
    if len({*names}) < len(names):
        raise FormatError(DataCode.SAME_CLASS)
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
            raise FormatError(DataCode.WRONG_CLASS_NAME, name=name, most=MAX_NAME)


def _inside(items: Sequence[_Item], outer: Parts) -> list[_Item]:
    """The files, their paths without the folders that lie around them."""
    return [(path, without(parts, outer)) for path, parts in items]


_Found = Mapping[Role, list[tuple[str, str]]]
"""The files of each part, with the names of their classes."""


def _place(items: Sequence[_Item], splits: SplitFolders | None) -> tuple[_Found, list[str]]:
    """Tells each file's part and class, and which files have none."""
    found: dict[Role, list[tuple[str, str]]] = {role: [] for role in ROLES}
    outside: list[str] = []
    classes = folders_in(parts for _, parts in _likely(items))
    used = splits if splits is not None and splits.is_certain and splits.roles else None
    outer: Mapping[str, Parts] = _wrappers(items, used) if used is not None else {}
    for path, parts in items:
        role, name = ("train", parts[0]) if len(parts) > 1 else ("leave_out", "")
        if used is not None:
            role, name = _part_and_class(parts, used, outer)
        elif name not in classes:
            role = "leave_out"
        if role == "leave_out":
            outside.append(path)
        else:
            found[role].append((path, name))
    return found, outside


def _part_and_class(
    parts: Parts, splits: SplitFolders, outer: Mapping[str, Parts]
) -> tuple[Role, str]:
    """The part that a file belongs to, and its class."""
    if splits.inside:
        if len(parts) < 3:
            return "leave_out", ""
        return splits.roles.get(parts[1], "leave_out"), parts[0]
    if splits.beside and parts[0] not in splits.roles:
        return ("train", parts[0]) if len(parts) > 1 else ("leave_out", "")
    rest = without(parts[1:], outer.get(parts[0], ()))
    return (
        (splits.roles.get(parts[0], "leave_out"), rest[0]) if len(rest) > 1 else ("leave_out", "")
    )


def _wrappers(items: Sequence[_Item], splits: SplitFolders) -> Mapping[str, Parts]:
    """In each folder of a split, the folders that its classes lie in."""
    rests: dict[str, list[Parts]] = {name: [] for name in splits.roles}
    for _, parts in _likely(items):
        if parts[0] in rests and len(parts) > 1:
            rests[parts[0]].append(parts[1:])
    return {name: wrapper(found, name) for name, found in rests.items()}


def _number(found: _Found, outside: list[str], splits: SplitFolders | None) -> Layout:
    """Numbers the classes of what was found."""
    names = sorted({name for _, name in found["train"] + found["validation"]}, key=_natural)
    if not names:
        raise FormatError(DataCode.NO_FOLDERS)
    check_classes(names)
    known = set(names)
    unknown = sorted({name for _, name in found["test"]} - known)
    if unknown:
        raise FormatError(DataCode.UNKNOWN_TEST_CLASS, number=len(unknown), classes=unknown)
    numbers = {name: number for number, name in enumerate(names)}
    train, validation, test = (
        tuple(Placed(path, numbers[name]) for path, name in found[role])
        for role in ("train", "validation", "test")
    )
    return Layout(tuple(names), train, validation, test, tuple(outside), (), splits)


def _notes(splits: SplitFolders | None, below: Iterable[Parts]) -> Iterator[str]:
    """Says what the folders of a split are for."""
    if splits is None or not splits.is_certain:
        return
    if not splits.roles:
        names = listed(sorted({parts[1] for parts in below if len(parts) > 2}, key=_natural))
        yield f"The folders inside of the classes are not told apart: {names}."
    named: dict[Role, list[str]] = {}
    for name, role in splits.roles.items():
        named.setdefault(role, []).append(name)
    if splits.beside:
        named.setdefault("train", []).append("the other folders")
    used = [f"{listed(named[role])} {words}" for role, words in _FOR.items() if role in named]
    if named.keys() <= {"train", "leave_out"} and len(named.get("train", ())) > 1:
        yield (
            f"The images of {listed(named['train'])} are put together, and a share of all is drawn "
            "for validation: images of one folder may stand on both sides."
        )
    elif used:
        yield f"The split into folders is kept: {', '.join(used)}."
    if "leave_out" in named:
        which = listed(named["leave_out"])
        yield f"Not used, without folders of classes or in no part of the split: {which}."


_FOR: Mapping[Role, str] = {
    "train": "to learn from",
    "validation": "to validate with",
    "test": "for a last test",
}


def _likely(items: Sequence[_Item]) -> Sequence[_Item]:
    """The files that are not, by their endings, something else than images."""
    likely = [item for item in items if item[0].rpartition(".")[2].lower() not in _NOTES]
    return likely or items


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Orders `2` before `10`; names that differ in case only stay apart."""
    pieces = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", name.lower())
    return [(int(p), "") if p.isdecimal() and len(p) <= 18 else (-1, p) for p in pieces], name
