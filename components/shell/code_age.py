"""Tells whether the app's code on the disk is newer than this server."""

from collections.abc import Iterable
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[2]
_SOURCES = (_ROOT / "builder", _ROOT / "components")


def code_is_newer_than_process() -> bool:
    """Whether a source file changed since the start, as by a `git pull` under a running server.

    Modules that were imported before and those that are imported afterwards may not fit together.
    """
    return changed_since(psutil.Process().create_time(), _SOURCES)


def changed_since(moment: float, folders: Iterable[Path]) -> bool:
    """Whether any Python file in the folders was changed after a moment.

    Args:
        moment: In seconds since 1970.
        folders: Searched with all that they contain.
    """
    return any(_changed(path) > moment for folder in folders for path in folder.rglob("*.py"))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # removed in the meantime
        return 0.0
