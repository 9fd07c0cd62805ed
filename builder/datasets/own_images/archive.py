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

from builder.system.errors import FormatError, shown

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
_AGAIN = "pack the folder again as a plain zip"
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
            raise FormatError("the archive's table of contents is too large", _AGAIN)
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
        raise FormatError("the archive is cut off or damaged", _AGAIN) from error


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
        raise FormatError(
            f"the archive has {len(members):,} members, expected at most {MAX_MEMBERS:,}",
            "unpack it and give the folder's path",
        )
    names: set[str] = set()
    for member in members:
        _check_name(member)
    _check_kinds(members)
    for member in members:
        _check_packing(member)
        _check_size(member, max_member)
        if member.filename in names:
            raise FormatError(f"the archive holds {shown(member.filename)} twice", _AGAIN)
        names.add(member.filename)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_BYTES:
        raise FormatError(
            f"the archive would unpack to {unpacked / 1e9:,.1f} GB, "
            f"expected at most {MAX_BYTES / 1e9:,.0f} GB",
            "unpack it and give the folder's path",
        )
    _check_ratio("the archive", unpacked, sum(member.compress_size for member in members))


def _check_name(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if not name:
        raise FormatError("the archive holds a member without a name", _AGAIN)
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\0" in name:
        raise FormatError(
            f"the archive holds a path that leads outside: {shown(member.filename)}", _AGAIN
        )


def _check_kinds(members: list[zipfile.ZipInfo]) -> None:
    """Refuses links and encrypted members, and says how many there are."""
    links = [one.filename for one in members if stat.S_ISLNK(one.external_attr >> 16)]
    if links:
        count = "a link," if len(links) == 1 else f"{len(links):,} links, such as"
        raise FormatError(
            f"the archive holds {count} {shown(links[0])}",
            "pack the files that they lead to, or give the folder's path",
        )
    encrypted = sum(bool(one.flag_bits & _ENCRYPTED) for one in members)
    if encrypted:
        raise FormatError(
            f"the archive is encrypted: {encrypted:,} of its {len(members):,} members are",
            "pack it without a password",
        )


def _check_packing(member: zipfile.ZipInfo) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError("the archive is compressed in an uncommon way", _AGAIN)
    if member.filename.lower().endswith(_NESTED):
        raise FormatError(
            f"the archive holds another archive: {shown(member.filename)}",
            "unpack that one first, then pack the folder of images",
        )


def _check_size(member: zipfile.ZipInfo, max_member: int) -> None:
    if member.file_size > max_member:
        raise FormatError(
            f"{shown(member.filename)} would unpack to {member.file_size:,} bytes, "
            f"expected at most {max_member:,}"
        )
    _check_ratio(shown(member.filename), member.file_size, member.compress_size)


def _check_ratio(what: str, unpacked: int, packed: int) -> None:
    if unpacked > FREE_OF_RATIO and unpacked > MAX_RATIO * max(1, packed):
        raise FormatError(
            f"{what} would unpack to {unpacked:,} bytes from {packed:,}, "
            f"expected at most {MAX_RATIO} for 1",
            _AGAIN,
        )
