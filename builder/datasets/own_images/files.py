"""Images as files: in a zip archive, or in a folder on this machine."""

import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from builder.datasets.own_images import archive, pictures, tree
from builder.datasets.own_images.layout import Layout, Placed, lay_out
from builder.datasets.own_images.pictures import Header
from builder.datasets.own_images.raw import Raw
from builder.datasets.own_images.reasons import NotAnImageError, Reason
from builder.datasets.own_images.roles import Roles
from builder.datasets.own_images.source import Near, Numbers, Part, Source
from builder.system.disk_errors import reason

Read = Callable[[str], bytes]
T = TypeVar("T", Header, Raw)

_UNCLEAR = (
    "The archive does not say how the letters of its names are written, so that some may be wrong, "
    "as in {}. Names in UTF-8 are certain: pack it with them, or give the folder's path."
)


@contextmanager
def open_zip(path: Path, title: str, roles: Roles | None = None) -> Generator[Source]:
    """Opens a zip archive of images, one folder for each class.

    Args:
        path: The archive.
        title: A name for it.
        roles: What the folders of a split are for, as `lay_out` takes them.

    Raises:
        FormatError: It is damaged or malicious, or the classes are unclear; also while it is read.
        ParameterError: Roles are given to folders that are not there.
        OSError: It cannot be read.
    """
    with archive.opened(path) as opened:
        every = opened.infolist()
        found, members = tree.members((archive.path_of(one), one) for one in every)
        layout = lay_out(found.files, roles)
        unclear = next(filter(archive.has_unclear_name, every), None)
        if unclear is not None:
            layout = replace(layout, notes=(*layout.notes, _UNCLEAR.format(unclear.filename)))
        yield _source(title, layout, found, lambda name: _member(opened, members[name]))


@contextmanager
def open_folder(path: Path, title: str, roles: Roles | None = None) -> Generator[Source]:
    """Opens a folder of images, with one folder for each class in it. Links are followed.

    Args:
        path: The folder.
        title: A name for it.
        roles: What the folders of a split are for, as `lay_out` takes them.

    Raises:
        FormatError: It holds far too many files, or no class can be told.
        ParameterError: Roles are given to folders that are not there.
        OSError: It cannot be read.
    """
    found = tree.walk(path)
    layout = lay_out(found.files, roles)
    yield _source(title, layout, found, partial(_file, path))


def _source(title: str, layout: Layout, found: tree.Tree, read: Read) -> Source:
    return Source(
        title=title,
        classes=layout.classes,
        train=_part(layout.train, read),
        test=_part(layout.test, read) if layout.test else None,
        outside=layout.outside,
        notes=layout.notes,
        validation=_part(layout.validation, read) if layout.validation else None,
        splits=layout.splits,
        skipped=found.skipped,
    )


def _part(placed: tuple[Placed, ...], read: Read) -> Part:
    names = [one.path for one in placed]

    def chosen(numbers: Numbers, near: Near) -> Iterator[Raw | NotAnImageError]:
        return _each([names[n] for n in numbers], read, partial(pictures.read, near=near))

    def decode(near: Near) -> Iterator[Raw | NotAnImageError]:
        return _each(names, read, partial(pictures.read, near=near))

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
    """Reads a member; damage of a single one leaves the others readable."""
    try:
        with opened.open(member) as file:
            return file.read(archive.MAX_MEMBER_BYTES + 1)
    except archive.DAMAGE as error:
        raise NotAnImageError(Reason.DAMAGED, "damaged in the archive") from error


def _file(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        if not path.is_file():
            if path.exists():
                raise NotAnImageError(Reason.UNREADABLE, "not a plain file")
            raise NotAnImageError(Reason.BROKEN_LINK)
        with path.open("rb") as file:
            content = file.read(archive.MAX_MEMBER_BYTES + 1)
    except OSError as error:
        raise NotAnImageError(Reason.UNREADABLE, f"it cannot be read: {reason(error)}") from error
    if len(content) > archive.MAX_MEMBER_BYTES:
        raise NotAnImageError(
            Reason.TOO_LARGE, f"more than {archive.MAX_MEMBER_BYTES / 1e6:,.0f} MB"
        )
    return content
