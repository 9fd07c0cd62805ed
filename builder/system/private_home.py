"""Keeping the data folder its owner's alone."""

import stat
from pathlib import Path

from builder.system.disk_errors import reason
from builder.system.owner import is_own

_OTHERS = 0o077
_OURS = frozenset({"blocks", "datasets", "documents", "runs", "studies", "trash", "uploads"})
_OUR_ENDINGS = (".json", ".lock")


def make_private(folder: Path) -> str:
    """Closes an existing data folder to other users.

    The folder stays open where others may need it: where it belongs to another user, holds files
    that are not Convstack's, or was given to a group (`chmod g+s`).

    Returns:
        What was done or has to be done, in a sentence; empty where it is private already.
    """
    try:
        found = folder.stat()
        others = sorted(path.name for path in folder.iterdir() if not _is_ours(path.name))
    except OSError as error:
        return f"the data folder {folder} cannot be looked at: {reason(error)}"
    mode = stat.S_IMODE(found.st_mode)
    if not mode & _OTHERS or mode & stat.S_ISGID:
        return ""
    why = ""
    if not is_own(found):
        why = "it belongs to another user"
    elif others:
        why = f"it holds what is not Convstack's, such as {others[0]}"
    if why:
        return (
            f"the data folder {folder} may be read by others (mode {mode:o}) and is left so, since "
            f"{why}; close it with chmod 700, or choose a folder of its own with CONVSTACK_HOME"
        )
    try:
        folder.chmod(mode & ~_OTHERS)
    except OSError as error:
        return f"the data folder {folder} may be read by others (mode {mode:o}): {reason(error)}"
    return (
        f"the data folder {folder} could be read by others (mode {mode:o}); it is yours alone now. "
        "To share it with a group, give it to that group with chmod 2770"
    )


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith(".") or name.endswith(_OUR_ENDINGS)
