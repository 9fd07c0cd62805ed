"""An untrusted zip archive: its table of contents is checked before any member.

Nothing is unpacked to disk, and no more of a member is read than its announced size.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from builder.datasets.own_images.file_codes import ArchiveCode
from builder.system.errors import FormatError

MAX_MEMBERS = 200_000
MAX_BYTES = 20_000_000_000
"""The most unpacked bytes of all members together."""
MAX_MEMBER_BYTES = 100_000_000
"""The most bytes of an image."""
MAX_RATIO = 200
"""The largest compression ratio; checked only where much would be unpacked."""
FREE_OF_RATIO = 10_000_000
"""Unpacked bytes up to which the ratio does not matter: drawings of one color compress well."""
MAX_TABLE = 64_000_000
"""The most bytes that the archive's tables may ask for at once."""

_ENCRYPTED = 0x1
_UTF8 = 0x800
_NESTED = (".zip", ".npz", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar")
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # a password, or (NotImplementedError) an unknown compression
    ValueError,
    OverflowError,
)
"""What zipfile raises for archives that are truncated, changed, or unsupported."""


class _Frugal:
    """A file that refuses large reads, since its tables may claim any size and place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tell = file.tell

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET and offset < 0:
            raise zipfile.BadZipFile("a member lies in front of the archive")
        return self._file.seek(offset, whence)

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = size if 0 <= size <= MAX_TABLE else MAX_TABLE + 1
        data = self._file.read(wanted)
        if len(data) > MAX_TABLE:
            raise FormatError(ArchiveCode.TABLE_TOO_LARGE)
        return data


@contextmanager
def opened(path: Path, *, max_member: int | None = None) -> Generator[zipfile.ZipFile]:
    """Opens an archive whose whole table of contents is harmless.

    Args:
        path: The file.
        max_member: Bytes that a member may have unpacked; None for what an image may have.

    Raises:
        FormatError: It is damaged or malicious; also raised for damage found later.
        OSError: The file cannot be read.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(_Frugal(file)) as archive:  # pyright: ignore[reportArgumentType]  all that it uses
            _check(archive.infolist(), max_member or MAX_MEMBER_BYTES)
            yield archive
    except DAMAGE as error:
        raise FormatError(ArchiveCode.DAMAGED) from error


def path_of(member: zipfile.ZipInfo) -> str:
    """The path of a member; macOS writes it in UTF-8 without saying so."""
    if member.flag_bits & _UTF8 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def has_unclear_name(member: zipfile.ZipInfo) -> bool:
    """Whether the encoding of its path is unknown: each older system has its own."""
    is_said = member.flag_bits & _UTF8 or path_of(member) != member.filename
    return not (is_said or member.filename.isascii())


def files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The members that are not folders."""
    return (member for member in archive.infolist() if not member.is_dir())


def _check(members: list[zipfile.ZipInfo], max_member: int) -> None:
    if len(members) > MAX_MEMBERS:
        code = ArchiveCode.TOO_MANY_MEMBERS
        raise FormatError(code, received=len(members), most=MAX_MEMBERS)
    names: set[str] = set()
    for member in members:
        _check_name(member)
    _check_kinds(members)
    for member in members:
        _check_packing(member)
        _check_size(member, max_member)
        if member.filename in names:
            raise FormatError(ArchiveCode.TWICE, name=member.filename)
        names.add(member.filename)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_BYTES:
        raise FormatError(ArchiveCode.TOO_LARGE, received=unpacked / 1e9, most=MAX_BYTES / 1e9)
    packed = sum(member.compress_size for member in members)
    if _expands(unpacked, packed):
        raise FormatError(ArchiveCode.EXPANDS, unpacked=unpacked, packed=packed, most=MAX_RATIO)


def _check_name(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if not name:
        raise FormatError(ArchiveCode.NO_NAME)
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\0" in name:
        raise FormatError(ArchiveCode.LEADS_OUTSIDE, name=member.filename)


def _check_kinds(members: list[zipfile.ZipInfo]) -> None:
    """Refuses links and encrypted members, and says how many there are."""
    links = [one.filename for one in members if stat.S_ISLNK(one.external_attr >> 16)]
    if len(links) == 1:
        raise FormatError(ArchiveCode.LINK, name=links[0])
    if links:
        raise FormatError(ArchiveCode.LINKS, number=len(links), name=links[0])
    encrypted = sum(bool(one.flag_bits & _ENCRYPTED) for one in members)
    if encrypted:
        raise FormatError(ArchiveCode.ENCRYPTED, number=encrypted, members=len(members))


def _check_packing(member: zipfile.ZipInfo) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError(ArchiveCode.ODD_COMPRESSION)
    if member.filename.lower().endswith(_NESTED):
        raise FormatError(ArchiveCode.NESTED, name=member.filename)


def _check_size(member: zipfile.ZipInfo, max_member: int) -> None:
    name, unpacked, packed = member.filename, member.file_size, member.compress_size
    if unpacked > max_member:
        code = ArchiveCode.MEMBER_TOO_LARGE
        raise FormatError(code, name=name, received=unpacked, most=max_member)
    if _expands(unpacked, packed):
        code = ArchiveCode.MEMBER_EXPANDS
        raise FormatError(code, name=name, unpacked=unpacked, packed=packed, most=MAX_RATIO)


def _expands(unpacked: int, packed: int) -> bool:
    """Whether so much comes out of so little that it was made to fill the disk."""
    return unpacked > FREE_OF_RATIO and unpacked > MAX_RATIO * max(1, packed)
