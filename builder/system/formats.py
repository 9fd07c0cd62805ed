"""The versions of our files: older ones are migrated, newer ones are refused.

A format is declared once, beside the code that reads and writes it. Say that version 1 of a list
kept its names in one text, and version 2 keeps them apart:

    NAMES = declare(Format("list of names", version=2, migrations=(_split_names,)))

    NAMES.stamp({"names": ["a", "b"]})  is  {"version": 2, "names": ["a", "b"]}, which is written;
    NAMES.current({"names": "a,b"})     is  {"names": ["a", "b"]}, since no version means the first;
    NAMES.current({"version": 3, …})    raises NewerVersionError.

To change what is written, raise the version, add the migration from the version before, and a
golden file of the new one (`tests/files/golden/`). See docs/decisions/0029-versions-of-files.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from builder.system.errors import FormatError
from builder.system.format_codes import FormatCode

VERSION_KEY = "version"
MARKER_KEY = "format"

Content = dict[str, Any]
Migration = Callable[[Content], Content]
"""Makes the next version's content from one version's; neither holds the number itself."""

_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What a migration raises when the content is not what its version says."""


class NewerVersionError(FormatError):
    """A file was written by a later version of Convstack than this one."""


@dataclass(frozen=True)
class Format:
    """A kind of file, or of a part that several kinds of files hold.

    Attributes:
        name: Its name in messages, such as `document`.
        files: Where such files lie in the data folder and its trash, as patterns; empty for a part
            of a file, and for files elsewhere.
        version: The version that is written today.
        migrations: The first leads from the first version to the next, the last to `version`.
        marker: The value of `format` in the file; empty where the file's place says what it is.
        first: The oldest version of which files exist; a file without a version has this one.
    """

    name: str
    files: tuple[str, ...] = ()
    version: int = 1
    migrations: tuple[Migration, ...] = ()
    marker: str = ""
    first: int = 1

    def __post_init__(self) -> None:
        expected = self.version - self.first
        if len(self.migrations) != expected:
            raise ValueError(
                f"{self.name}: received {len(self.migrations)} migrations, "
                f"expected {expected} for version {self.version}"
            )

    def stamp(self, values: Mapping[str, Any]) -> Content:
        """The content of a file: the format and version, then the values."""
        marker = {MARKER_KEY: self.marker} if self.marker else {}
        return {**marker, VERSION_KEY: self.version, **values}

    def is_marked(self, content: Mapping[str, Any]) -> bool:
        """Whether a file's content says that it is of this format."""
        return content.get(MARKER_KEY) == self.marker

    def current(self, content: Mapping[str, Any]) -> Content:
        """The values of a file of any version, as the current version has them.

        Raises:
            NewerVersionError: A later version of Convstack wrote it.
            FormatError: Its version is not a number, or its content is not what its version says.
        """
        values = dict(content)
        if self.marker:
            values.pop(MARKER_KEY, None)
        return self.forward(values, values.pop(VERSION_KEY, self.first))

    def forward(self, values: Content, version: object) -> Content:
        """The values of a given version, as the current version has them; raises as `current`."""
        known = self.check(version) - self.first
        for number, migrate in enumerate(self.migrations[known:], known + self.first):
            try:
                values = migrate(values)
            except _DAMAGE as error:
                raise FormatError(
                    FormatCode.OTHER_CONTENT, format=self.name, version=number, error=error
                ) from None
        return values

    def check(self, version: object) -> int:
        """Returns a version that this code reads, as a number.

        Raises:
            NewerVersionError: It is later than all of them.
            FormatError: It is not a version, or is earlier than all of them.
        """
        told = {"format": self.name, "received": version, "versions": self._versions()}
        if type(version) is not int or version < self.first:
            raise FormatError(FormatCode.WRONG_VERSION, **told)
        if version > self.version:
            raise NewerVersionError(FormatCode.NEWER_VERSION, **told)
        return version

    def _versions(self) -> str:
        return f"{self.first} to {self.version}" if self.migrations else str(self.version)


def other_file(expected: str, *formats: Format) -> FormatError:
    """The error of a file that is of none of the formats that can be opened here.

    Args:
        expected: What can be opened, in words.
        formats: The formats, each with a marker.
    """
    markers = " or ".join(f'"{one.marker}"' for one in formats)
    return FormatError(FormatCode.OTHER_FILE, file=expected, markers=markers)


_declared: dict[str, Format] = {}


def declare(new: Format) -> Format:
    """Registers a format and returns it.

    Raises:
        ValueError: Another one has its name.
    """
    if new.name in _declared:
        raise ValueError(f"two formats are named {new.name!r}")
    _declared[new.name] = new
    return new


def declared() -> Iterable[Format]:
    """The formats of all modules that have been imported."""
    return tuple(_declared.values())
