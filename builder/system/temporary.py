"""Temporary files and folders. Their names say whose they are, so that killed ones can be swept."""

import contextlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path

from builder.system.owner import MARK, is_of_a_living_process, is_own, mark

PREFIX = "convstack-"
"""The prefix of our files in the system's folder for temporary files."""
STALE_SECONDS = 86_400.0
"""The age at which a file without a known owner counts as left behind."""
_MAX_NAME = 120
_BEFORE = re.compile(r"\.(?:(?:new|work)-\w+|.+\.json\.\w{8}|note\.txt\.\w{8})")
"""The names of earlier versions, which do not tell the owner."""


def temporary_path(target: Path) -> Path:
    """The name of a new version of a file, beside it, that will replace it once it is complete."""
    return target.with_name(f".{target.name[:_MAX_NAME]}.{mark()}-{secrets.token_hex(4)}")


def system_prefix(name: str) -> str:
    """The prefix of a name in the system's folder for temporary files."""
    return f"{PREFIX}{name}-{mark()}-"


def new_folder(parent: Path, name: str) -> Path:
    """Makes a folder in another one, for this user alone."""
    return _made(parent / f".{name}-{mark()}-{secrets.token_hex(4)}")


@contextlib.contextmanager
def temporary_folder(name: str, parent: Path | None = None) -> Generator[Path]:
    """A folder that goes with all that is in it.

    Args:
        name: What it is for; in front of its name.
        parent: Where it is made; None means where the system keeps what is temporary.
    """
    if parent is not None:
        folder = new_folder(parent, name[:_MAX_NAME])
    else:
        unique = f"{system_prefix(name)}{secrets.token_hex(4)}"
        folder = _made(Path(tempfile.gettempdir()) / unique)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folders: Iterable[Path]) -> int:
    """Removes from folders of ours what processes that are gone have left behind.

    Only what is named as temporary and belongs to this user: of a process of this machine as soon
    as that is gone; of another machine, or of before names told whose they are, after a day.

    Args:
        folders: Each is looked through, but not the folders in it.

    Returns:
        How many files and folders were removed.
    """
    found = (path for folder in folders for path in _entries(folder))
    return sum(_sweep(path) for path in found if _is_temporary(path.name))


def sweep_system() -> int:
    """The same in the system's own folder for temporary files."""
    where = Path(tempfile.gettempdir())
    found = (path for path in _entries(where) if path.name.startswith(PREFIX))
    return sum(_sweep(path) for path in found if MARK.search(path.name))


def remove(path: Path) -> None:
    """Removes a file or a folder with all that is in it, as far as that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def _is_temporary(name: str) -> bool:
    marked = name.startswith(".") and MARK.search(name) is not None
    return marked or _BEFORE.fullmatch(name) is not None


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _sweep(path: Path) -> bool:
    lives = is_of_a_living_process(path.name)
    try:
        found = path.lstat()
    except OSError:
        return False
    if lives or not is_own(found):
        return False
    if lives is None and time.time() - found.st_mtime < STALE_SECONDS:
        return False
    remove(path)
    return not os.path.lexists(path)
