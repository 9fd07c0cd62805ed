"""The upkeep of a data folder: sweeping it, and closing it to other users."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from builder.actions.trash import FOLDERS, remove_expired
from builder.runs.run_folder import folders
from builder.runs.run_state import CHECKPOINTS, LOCK, is_starting
from builder.system.errors import BuilderError
from builder.system.locks import try_lock
from builder.system.private_home import make_private
from builder.system.removal import in_words
from builder.system.temporary import remove, sweep, sweep_system

_OF_A_WORKER = (".reserve", ".model.keras", ".best.keras")
"""Files that a worker makes in its run's folder for a while."""


def prepare(home: Path) -> str:
    """Prepares a data folder for a program that begins.

    The trash's folders are made while there is space, since deleting must work on a full disk.

    Returns:
        A message for the person; usually empty.
    """
    with contextlib.suppress(OSError):  # deleting something will report it
        for kind in FOLDERS.values():
            (home / "trash" / kind).mkdir(parents=True, exist_ok=True)
    return make_private(home)


def sweep_all(home: Path) -> int:
    """Removes what dead processes have left behind, and nothing that is in use.

    Returns:
        How many files and folders were removed.
    """
    kinds = FOLDERS.values()
    places = [home, *(home / kind for kind in kinds), *(home / "trash" / kind for kind in kinds)]
    datasets = [path for path in _folders(home / "datasets") if not path.name.startswith(".")]
    swept = sweep([*places, *datasets]) + sweep_system()
    return swept + sum(_sweep_run(folder) for folder in folders(home))


def empty_trash(home: Path) -> list[str]:
    """Removes for good what has been in the trash for too long.

    Returns:
        What was done and what could not be, in sentences.
    """
    try:
        removed = remove_expired(home)
    except BuilderError as error:
        return [str(error)]
    said = [f"{item.name} stays in the trash: {why}" for item, why in removed.kept]
    if removed.count:
        room = in_words(removed.num_bytes)
        said.append(f"removed from the trash what was deleted long ago: {removed.count}, {room}")
    return said


def _sweep_run(folder: Path) -> int:
    """Sweeps a run without a worker, and keeps a worker from beginning in the meantime."""
    swept = sweep([folder])
    left = [*(folder / name for name in _OF_A_WORKER), *_half_checkpoints(folder)]
    left = [path for path in left if os.path.lexists(path)]
    if not left or is_starting(folder):
        return swept
    try:
        with (folder / LOCK).open("rb") as lock:
            if not try_lock(lock.fileno()):  # a worker has it; one that begins waits a moment
                return swept
            for path in left:
                remove(path)
    except OSError:  # there has never been a worker
        return swept
    return swept + len(left)


def _half_checkpoints(folder: Path) -> Iterator[Path]:
    checkpoints = folder / CHECKPOINTS
    yield from checkpoints.glob(".epoch-*")
    yield checkpoints / ".LATEST"


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
