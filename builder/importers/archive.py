"""Reads the configuration in a `.keras` file, which is a zip archive.

Nothing is unpacked: a single member is read, after the whole table of contents was checked.
"""

import shutil
import stat
import zipfile
import zlib
from typing import BinaryIO

from builder.importers.configuration import MAX_BYTES, is_object, parse_json
from builder.importers.version import VERSION, Saved
from builder.system.errors import FormatError, shown

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

MAX_MEMBERS = 1_000
MAX_RATIO = 200
"""The largest compression ratio. Keras does not compress; other tools reach about 30."""
MAX_READ = 1_000_000
"""The most bytes that the archive's tables may ask for at once."""
MAX_METADATA = 10_000
MAX_WEIGHTS = 4_000_000_000
PIECE = 65_536
ENCRYPTED = 0x1

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the library raises for a damaged archive."""


class _Frugal:
    """A file that refuses large reads: a table of contents may claim any size."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = size if 0 <= size <= MAX_READ else MAX_READ + 1
        data = self._file.read(wanted)
        if len(data) > MAX_READ:
            raise FormatError("the archive's table of contents is too large")
        return data


def read_archive(file: BinaryIO) -> Saved:
    """Reads the configuration from a `.keras` file, and the version of Keras that wrote it.

    Raises:
        FormatError: The archive is damaged or malicious, or holds no configuration.
    """
    try:
        with zipfile.ZipFile(_Frugal(file)) as archive:  # pyright: ignore[reportArgumentType]  all that it uses
            members = archive.infolist()
            text = _content(archive, _find(members))
            version = _version(archive, members)
    except _DAMAGE:
        raise FormatError("the archive is cut off or damaged", "save the model again") from None
    return Saved(text, version, any(member.filename == WEIGHTS for member in members))


def extract_weights(file: BinaryIO, target: BinaryIO) -> bool:
    """Copies the weights from a `.keras` file.

    Returns:
        Whether there are weights of an acceptable size.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(_Frugal(file)) as archive:  # pyright: ignore[reportArgumentType]  all that it uses
            found = [info for info in archive.infolist() if info.filename == WEIGHTS]
            if len(found) != 1 or not _is_reasonable(found[0]):
                return False
            with archive.open(found[0]) as member:
                shutil.copyfileobj(member, target, PIECE)
    except (*_DAMAGE, FormatError):
        return False
    target.flush()
    return True


def _is_reasonable(info: zipfile.ZipInfo) -> bool:
    return info.file_size <= min(MAX_WEIGHTS, MAX_RATIO * max(1, info.compress_size))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        return b"".join(iter(lambda: member.read(PIECE), b""))


def _version(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str:
    """The version that the archive names; empty if it names none, or an unusually long one."""
    found = [member for member in members if member.filename == METADATA]
    if len(found) != 1 or found[0].file_size > MAX_METADATA:
        return ""
    try:
        content = parse_json(_content(archive, found[0]))
    except FormatError:
        return ""
    version = content.get(VERSION) if is_object(content) else None
    return version if isinstance(version, str) else ""


def _find(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The entry of the configuration; refuses an archive with a suspicious entry."""
    if len(members) > MAX_MEMBERS:
        raise FormatError(
            f"the archive has {len(members):,} members, expected at most {MAX_MEMBERS:,}"
        )
    for member in members:
        _check(member)
    found = [member for member in members if member.filename == CONFIG]
    if len(found) != 1:
        what = "no" if not found else "more than one"
        raise FormatError(
            f"the archive holds {what} {CONFIG}, expected one",
            "choose a file that model.save() wrote",
        )
    info = found[0]
    if info.file_size > MAX_BYTES or info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise FormatError(
            f"{CONFIG} would unpack to {info.file_size:,} bytes from {info.compress_size:,}, "
            f"expected at most {MAX_BYTES:,} and {MAX_RATIO} for 1"
        )
    return info


def _check(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise FormatError(f"the archive holds a path that leads outside: {shown(member.filename)}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FormatError(f"the archive holds a link: {shown(member.filename)}")
    if member.flag_bits & ENCRYPTED:
        raise FormatError("the archive is encrypted", "save the model without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError("the archive is compressed in a way that Keras does not use")
