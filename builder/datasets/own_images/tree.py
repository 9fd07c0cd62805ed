"""The files of a folder or an archive, and what of them is not taken."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.reasons import Reason, Skipped
from builder.system.errors import FormatError

MAX_FILES = 2_000_000
"""In a folder."""
MAX_FOLDERS = 200_000
"""In a folder; links between folders can multiply them."""

_SYSTEM = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})

_Place = tuple[int, int]
"""Where a folder is in truth, whatever links lead to it: its device and number."""
_M = TypeVar("_M")


@dataclass(frozen=True, slots=True)
class Tree:
    """What a folder or an archive holds.

    Attributes:
        files: Their paths, with `/` between the folders.
        skipped: What else was found, and is not taken.
    """

    files: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def is_system(path: str) -> bool:
    """Whether a file is hidden, or one that systems leave behind by themselves."""
    return any(part.startswith(".") or part in _SYSTEM for part in path.split("/"))


def walk(folder: Path) -> Tree:
    """Lists the files of a folder, in a fixed order.

    Links are followed, to files as to folders: the person has named this folder of their own
    machine, and sets of links to a pool of images are common. A link to a folder that it lies in
    is not followed, as there would be no end of it.

    Raises:
        FormatError: There are far too many files or folders.
        OSError: A folder cannot be read.
    """
    files: list[str] = []
    folders: list[str] = []
    loops: list[Skipped] = []
    root = folder.resolve()
    above = frozenset(map(_place, (root, *root.parents)))
    waiting = [("", above)]
    while waiting:
        inside, outer = waiting.pop()
        names, below = _entries(folder / inside)
        files += [f"{inside}{name}" for name in names]
        deeper: list[tuple[str, frozenset[_Place]]] = []
        for name in below:
            path = folder / inside / name
            place = _place(path)
            if place in outer and path.is_symlink():
                loops.append(Skipped(f"{inside}{name}", Reason.LOOP))
                continue
            folders.append(f"{inside}{name}")
            deeper.append((f"{inside}{name}/", outer | {place}))
        waiting += reversed(deeper)
        _check_size(folder, len(files), len(folders))
    return _tree(files, folders, loops)


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in a folder, each in order."""
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (folders if _is_folder(entry) else files).append(entry.name)
    return sorted(files), sorted(folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _place(folder: Path) -> _Place:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _check_size(folder: Path, num_files: int, num_folders: int) -> None:
    if num_files > MAX_FILES or num_folders > MAX_FOLDERS:
        raise FormatError(
            DataCode.TOO_MANY_FILES, folder=str(folder), files=MAX_FILES, folders=MAX_FOLDERS
        )


def members(given: Iterable[tuple[str, _M]]) -> tuple[Tree, Mapping[str, _M]]:
    r"""Lists the files of an archive, and finds each by its path.

    `./cat/1.png`, `cat//1.png` and `cat\1.png` are all the path `cat/1.png`; of several members of
    one path the first is taken.

    Args:
        given: The members with their names, which end in `/` where they are folders.
    """
    found: dict[str, _M] = {}
    folders: list[str] = []
    same: list[Skipped] = []
    for name, member in given:
        path = _plain(name)
        if name.endswith(("/", "\\")):
            folders.append(path)
        elif path in found:
            same.append(Skipped(name, Reason.SAME_PATH))
        else:
            found[path] = member
    return _tree(found, folders, same), found


def _plain(name: str) -> str:
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _tree(files: Iterable[str], folders: Iterable[str], skipped: Iterable[Skipped]) -> Tree:
    """Adds what is left behind by systems, and folders without a file."""
    listed = tuple(files)
    system = (Skipped(path, Reason.SYSTEM) for path in listed if is_system(path))
    empty = (Skipped(path, Reason.EMPTY_FOLDER) for path in _empty(listed, folders))
    return Tree(listed, (*skipped, *system, *empty))


def _empty(files: Iterable[str], folders: Iterable[str]) -> Iterator[str]:
    """The outermost folders without a file that counts."""
    full: set[PurePosixPath] = set()
    known = {PurePosixPath(path) for path in folders}
    for path in files:
        above = PurePosixPath(path).parents
        (known if is_system(path) else full).update(above)
    for folder in sorted(known - full):
        if folder.parent in full and not is_system(str(folder)):
            yield str(folder)
