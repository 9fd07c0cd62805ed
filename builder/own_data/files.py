"""Images that are files: of a zip archive, or of a folder on this machine."""

import os
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from builder.errors import FormatError, shown
from builder.own_data import archive, pictures
from builder.own_data.layout import Layout, Placed, lay_out
from builder.own_data.pictures import Header, NotAnImageError
from builder.own_data.source import Near, Numbers, Part, Source
from builder.own_data.splits import Roles

MAX_FILES = 2_000_000
"""In a folder."""

Read = Callable[[str], bytes]
T = TypeVar("T", Header, Image.Image)


@contextmanager
def open_zip(path: Path, title: str, roles: Roles | None = None) -> Generator[Source]:
    """Opens a zip archive of images, one folder for each class.

    Args:
        path: The archive.
        title: A name for it.
        roles: What the folders of a split are for, as `lay_out` takes them.

    Raises:
        FormatError: It is damaged, made to do harm, or no class can be told; also while it is read.
        ParameterError: Roles are given to folders that are not there.
        OSError: It cannot be read.
    """
    with archive.opened(path) as opened:
        members = {member.filename.replace("\\", "/"): member for member in archive.files(opened)}
        layout = lay_out(members, roles)
        yield _source(title, layout, lambda name: _member(opened, members[name]))


@contextmanager
def open_folder(path: Path, title: str, roles: Roles | None = None) -> Generator[Source]:
    """Opens a folder of images, with one folder for each class in it. Links are not followed.

    Args:
        path: The folder.
        title: A name for it.
        roles: What the folders of a split are for, as `lay_out` takes them.

    Raises:
        FormatError: It holds far too many files, or no class can be told.
        ParameterError: Roles are given to folders that are not there.
        OSError: It cannot be read.
    """
    layout = lay_out(_walk(path), roles)
    yield _source(title, layout, partial(_file, path))


def _source(title: str, layout: Layout, read: Read) -> Source:
    return Source(
        title=title,
        classes=layout.classes,
        train=_part(layout.train, read),
        test=_part(layout.test, read) if layout.test else None,
        outside=layout.outside,
        notes=layout.notes,
        validation=_part(layout.validation, read) if layout.validation else None,
        splits=layout.splits,
    )


def _part(placed: tuple[Placed, ...], read: Read) -> Part:
    names = [one.path for one in placed]

    def chosen(numbers: Numbers, near: Near) -> Iterator[Image.Image | NotAnImageError]:
        return _each([names[n] for n in numbers], read, partial(pictures.decode, near=near))

    def decode(near: Near) -> Iterator[Image.Image | NotAnImageError]:
        return _each(names, read, partial(pictures.decode, near=near))

    labels = np.array([one.label for one in placed], dtype=np.int64)
    return Part(labels, names, lambda: _each(names, read, pictures.header), decode, chosen)


def _each(
    names: list[str], read: Read, look: Callable[[bytes], T]
) -> Iterator[T | NotAnImageError]:
    for name in names:
        try:
            yield look(read(name))
        except NotAnImageError as error:
            yield error


def _member(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Reads a member; one that is damaged by itself leaves the others readable."""
    try:
        with opened.open(member) as file:
            return file.read(archive.MAX_MEMBER_BYTES + 1)
    except archive.DAMAGE as error:
        raise NotAnImageError("damaged in the archive") from error


def _walk(folder: Path) -> list[str]:
    """The paths of all files in a folder, in a fixed order."""
    found: list[str] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders.sort()
        inside = Path(place).relative_to(folder)
        plain = (name for name in sorted(names) if not (Path(place) / name).is_symlink())
        found += [(inside / name).as_posix() for name in plain]
        if len(found) > MAX_FILES:
            raise FormatError(
                f"the folder {shown(str(folder))} holds more than {MAX_FILES:,} files",
                "choose the folder that holds the images only",
            )
    return found


def _refuse(error: OSError) -> None:
    raise error


def _file(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        if not path.is_file():
            raise NotAnImageError("not a plain file")
        with path.open("rb") as file:
            content = file.read(archive.MAX_MEMBER_BYTES + 1)
    except OSError as error:
        raise NotAnImageError(f"cannot be read: {error.strerror}") from error
    if len(content) > archive.MAX_MEMBER_BYTES:
        raise NotAnImageError(f"more than {archive.MAX_MEMBER_BYTES / 1e6:,.0f} MB")
    return content
