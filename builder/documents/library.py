"""The personal library: own blocks kept across documents, one JSON file each.

A file holds the block and those inside it, so that each can be used alone. A file that
cannot be read is listed with the reason and left as it is.
"""

import contextlib
import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.custom_blocks.codes import OwnBlockCode
from builder.files.json_values import is_object, load_json
from builder.files.node_values import definition_to_dict, own_blocks_from
from builder.network.architecture import Architecture
from builder.network.own_block import Definition, OwnBlock, definitions_in
from builder.network.own_block_checks import check_name
from builder.network.own_block_type import own_block
from builder.system.atomic import write_atomically
from builder.system.disk_errors import explained, reason
from builder.system.errors import BuilderError, EditError, FormatError
from builder.system.format_codes import FormatCode
from builder.system.formats import Format, declare, other_file
from builder.system.locks import Locks
from builder.system.removal import note_deleted

BLOCK = declare(
    Format(
        "block of the library",
        ("blocks/*.json",),
        marker="convstack-block",
    )
)


@dataclass(frozen=True)
class LibraryEntry:
    """One line of the library.

    Attributes:
        name: The block's name; the file's where it cannot be read.
        block: The block; None where the file cannot be read.
        problem: Why the file cannot be read; empty where it can.
    """

    name: str
    block: type[OwnBlock] | None
    problem: str = ""


class Library:
    """The folder of own blocks. Thread-safe; each write replaces a whole file.

    Args:
        home: The data folder; the blocks live in `blocks` under it.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "blocks"
        self.trash = home / "trash" / "blocks"
        self._locks = Locks(self.folder)
        self._read: dict[Path, tuple[int, LibraryEntry]] = {}

    @contextlib.contextmanager
    def lock(self) -> Generator[None]:
        """Keeps other threads and processes from changing the library; see `Locks.hold`.

        Raises:
            BuilderError: Another server has the lock and does not let go of it.
            DiskError: The lock cannot be taken, or what is written under it cannot be saved.
        """
        with explained("this cannot be saved", "nothing has changed"), self._locks.hold("library"):
            yield

    def entries(self) -> list[LibraryEntry]:
        """All blocks, by name; a file is read again when it has changed."""
        found = sorted(self.folder.glob("*.json"), key=lambda path: path.stem.lower())
        return [self._entry(path) for path in found]

    def blocks(self) -> dict[str, type[OwnBlock]]:
        """The blocks that can be used, by name."""
        return {entry.name: entry.block for entry in self.entries() if entry.block is not None}

    def save(self, definition: Definition) -> None:
        """Keeps a block; one of the same name is replaced and goes to the trash.

        Raises:
            EditError: Its name cannot be used.
            DiskError: It cannot be saved; what was there is untouched.
        """
        check_name(definition.name)
        path = self._path(definition.name)
        with self.lock():
            if path.exists():
                self.trash.mkdir(parents=True, exist_ok=True)
                write_atomically(self.trash / path.name, path.read_bytes())
            write_atomically(path, to_text(definition))

    def rename(self, old: str, new: str) -> None:
        """Renames a block; blocks that use it keep their own copy.

        Raises:
            EditError: It is not there, or the new name is taken or cannot be used.
            DiskError: It cannot be saved; what was there is untouched.
        """
        with self.lock():
            self._read.pop(self._path(old), None)  # another server may have saved it just now
            block = self.blocks().get(old)
            if block is None:
                raise EditError(OwnBlockCode.NOT_IN_LIBRARY, block=old)
            if self._path(new).exists():
                raise EditError(OwnBlockCode.ANOTHER_IN_LIBRARY, block=new)
            self.save(replace(block.definition, name=new))
            self._path(old).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Moves a block to the trash, from where `restore` returns it.

        Raises:
            EditError: It is not there.
        """
        path = self._path(name)
        with self.lock():
            if not path.exists():
                raise EditError(OwnBlockCode.NOT_IN_LIBRARY, block=name)
            self.trash.mkdir(parents=True, exist_ok=True)
            note_deleted(path.replace(self.trash / path.name))

    def restore(self, name: str) -> None:
        """Restores the block of a name that was deleted or replaced last.

        A block that has the name now takes its place in the trash.

        Raises:
            EditError: It is not in the trash.
            DiskError: It cannot be restored.
        """
        kept = self._path(name)
        path = self.trash / kept.name
        with self.lock():
            if not path.exists():
                raise EditError(OwnBlockCode.NOT_DELETED, block=name)
            if not kept.exists():
                path.replace(kept)
                return
            deleted, replaced = path.read_bytes(), kept.read_bytes()
            write_atomically(kept, deleted)
            write_atomically(path, replaced)

    def _path(self, name: str) -> Path:
        return self.folder / f"{Path(name).name}.json"

    def _entry(self, path: Path) -> LibraryEntry:
        try:
            stamp = path.stat().st_mtime_ns
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, _entry(path.stem, path.read_bytes()))
                self._read[path] = known
        except OSError as error:
            return LibraryEntry(path.stem, None, f"it cannot be read: {reason(error)}")
        return known[1]


def available(architecture: Architecture, library: Library) -> dict[str, type[OwnBlock]]:
    """The own blocks that can be placed, by name: those of a network, then those of the library.

    Where both have a block of the same name, the network's counts.
    """
    inside = {own.name: own_block(own) for own in definitions_in(architecture)}
    blocks = library.blocks() | inside
    return {name: blocks[name] for name in sorted(blocks, key=str.lower)}


def find_block(architecture: Architecture, library: Library, name: str) -> type[Block]:
    """Looks up a block by its name: own blocks of the network, of the library, then the catalogue.

    Raises:
        ParameterError: There is no such block.
    """
    return available(architecture, library).get(name) or block_type(name)


def to_text(definition: Definition) -> str:
    """The text of a block's file, with the blocks inside it first."""
    inner = definitions_in(definition.nodes)
    content = BLOCK.stamp({"blocks": [definition_to_dict(each) for each in (*inner, definition)]})
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def parse(text: str | bytes) -> type[OwnBlock]:
    """Reads a block's file.

    Raises:
        FormatError: The text is no such file; the message says where and why.
    """
    content: Any = load_json(text)
    if not is_object(content) or not BLOCK.is_marked(content):
        raise other_file("a block's file", BLOCK)
    content = BLOCK.current(content)
    own = own_blocks_from(content.get("blocks"))
    if not own:
        raise FormatError(FormatCode.NO_BLOCK)
    return list(own.values())[-1]


def _entry(stem: str, content: bytes) -> LibraryEntry:
    try:
        block = parse(content)
        if block.definition.name != stem:
            raise FormatError(FormatCode.OTHER_NAME, block=block.definition.name)
    except BuilderError as error:
        return LibraryEntry(stem, None, str(error))
    return LibraryEntry(stem, block)
