"""The trash: deleted runs, studies, documents, images and blocks, until they are removed for good.

Deleting moves something here in one step and frees nothing. After `kept_days()` it is removed
automatically; a person may do so earlier. Nothing that is in use is ever removed.
"""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder.actions.run_trash import delete_run, delete_study, deleted_runs, restore_study
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.documents.document_store import DocumentStore
from builder.documents.library import Library
from builder.runs import run_folder
from builder.runs.run_folder import Run, list_runs, read
from builder.runs.run_state import is_locked, is_starting
from builder.runs.status import RunStatus
from builder.studies.study_folder import STUDIES, title_of
from builder.system.disk_errors import explained, reason
from builder.system.errors import BuilderError, refused
from builder.system.removal import deleted_at, discard, disk_bytes

Kind = Literal["run", "study", "document", "images", "block"]
FOLDERS: dict[Kind, str] = {
    "run": "runs",
    "study": STUDIES,
    "document": "documents",
    "images": "datasets",
    "block": "blocks",
}
"""Where each kind lies, in the data folder and in its trash."""

DAYS_VARIABLE = "CONVSTACK_TRASH_DAYS"
DEFAULT_DAYS = 30
_MAX_DAYS = 36_500
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Deleted:
    """Something in the trash.

    Attributes:
        kind: What it is.
        id: The id by which it is restored.
        name: Its name on the screen.
        path: Its file or folder.
        num_bytes: Its size on the disk.
        deleted: When it was deleted, in seconds since 1970.
    """

    kind: Kind
    id: str
    name: str
    path: Path
    num_bytes: int
    deleted: float


@dataclass(frozen=True, slots=True)
class Removed:
    """The result of removing things for good.

    Attributes:
        count: How many are gone.
        num_bytes: Their size on the disk.
        kept: Those that are in use or could not be removed, each with the reason.
    """

    count: int
    num_bytes: int
    kept: tuple[tuple[Deleted, str], ...] = ()


def kept_days() -> float | None:
    """How many days something stays in the trash; None means forever.

    Raises:
        ParameterError: The environment variable holds neither.
    """
    text = os.environ.get(DAYS_VARIABLE, "").strip().lower()
    if not text:
        return DEFAULT_DAYS
    if text == "never":
        return None
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 1 <= days <= _MAX_DAYS:
        raise refused(
            DAYS_VARIABLE,
            text,
            f"a number of days from 1 to {_MAX_DAYS:,}, or never",
            "until then nothing is removed automatically",
        )
    return days


def contents(home: Path, kinds: Iterable[Kind] = tuple(FOLDERS)) -> list[Deleted]:
    """What lies in the trash, the latest deleted first; a study stands for its runs too."""
    found: list[Deleted] = []
    of_studies = deleted_runs(home)
    hidden = {path for paths in of_studies.values() for path in paths}
    for kind in kinds:
        names = _names(home, kind)
        for path in _paths(home, kind):
            if path in hidden:
                continue
            try:
                moment = deleted_at(path)
            except OSError:  # restored just now
                continue
            own_id = path.name.removesuffix(".json")
            name = names.get(own_id, own_id)
            runs = of_studies.get(own_id, []) if kind == "study" else []
            num_bytes = disk_bytes(path) + sum(map(disk_bytes, runs))
            found.append(Deleted(kind, own_id, name, path, num_bytes, moment))
    return sorted(found, key=lambda item: (item.deleted, item.id), reverse=True)


def remove(home: Path, items: Sequence[Deleted]) -> Removed:
    """Removes things from the trash for good, except those that are in use."""
    needed = _needed_images(home) if any(item.kind == "images" for item in items) else {}
    of_studies = deleted_runs(home) if any(item.kind == "study" for item in items) else {}
    count = num_bytes = 0
    kept: list[tuple[Deleted, str]] = []
    for item in items:
        why = _in_use(item, needed)
        if not why:
            runs = of_studies.get(item.id, []) if item.kind == "study" else []
            try:
                num_bytes += sum(map(discard, [*runs, item.path]))
                count += 1
            except FileNotFoundError:  # another process was faster
                continue
            except OSError as error:
                why = f"it cannot be removed: {reason(error)}"
        if why:
            kept.append((item, why))
    return Removed(count, num_bytes, tuple(kept))


def remove_expired(home: Path) -> Removed:
    """Removes for good what has lain in the trash for longer than `kept_days()`.

    Raises:
        ParameterError: The number of days is invalid; nothing is removed.
    """
    days = kept_days()
    return Removed(0, 0) if days is None else remove(home, older_than(contents(home), days))


def older_than(items: Iterable[Deleted], days: float) -> list[Deleted]:
    """The things that were deleted more than so many days ago."""
    limit = time.time() - days * _DAY
    return [item for item in items if item.deleted < limit]


def restore(home: Path, kind: Kind, own_id: str) -> None:
    """Restores something.

    Args:
        home: The data folder.
        kind: What it is.
        own_id: Its id.

    Raises:
        BuilderError: It is no longer in the trash, or cannot be restored.
    """
    with explained(f"the {kind} cannot be brought back", "nothing has changed"):
        if kind == "run":
            run_folder.restore(home, own_id)
        elif kind == "study":
            restore_study(home, own_id)
        elif kind == "images":
            shelf.restore(home, own_id)
        elif kind == "document":
            DocumentStore(home).restore(own_id)
        else:
            Library(home).restore(own_id)


def delete(home: Path, kind: Kind, own_id: str) -> None:
    """Moves something to the trash; a run that waits leaves the queue first.

    Args:
        home: The data folder.
        kind: What it is.
        own_id: Its id.

    Raises:
        BuilderError: It is not there, it is in use, or it cannot be moved.
    """
    with explained(f"the {kind} cannot be deleted", "nothing has changed"):
        if kind == "run":
            delete_run(home, run_folder.find(home, own_id))
        elif kind == "study":
            delete_study(home, own_id)
        elif kind == "images":
            _delete_images(home, own_id)
        elif kind == "document":
            DocumentStore(home).delete(own_id)
        else:
            Library(home).delete(own_id)


def _delete_images(home: Path, own_id: str) -> None:
    """Moves a person's own images to the trash, unless a run needs them now.

    Raises:
        BuilderError: A run trains on them, or they are not there.
    """
    for run in list_runs(home):
        if run.is_active and _trains_on(run) == own_id:
            title = shelf.find(home, own_id).title
            raise BuilderError(f"{run.name} is training on {title}", "stop it first")
    shelf.delete(home, own_id)


def _in_use(item: Deleted, needed: dict[str, str]) -> str:
    """Why something must not be removed now; empty where it may be."""
    if item.kind == "run" and (is_locked(item.path) or is_starting(item.path)):
        return "its training has not ended"
    if item.kind == "images" and item.id in needed:
        return f"the run {needed[item.id]} needs these images"
    return ""


def _needed_images(home: Path) -> dict[str, str]:
    """The images that a run trains on, or will once it is resumed, with the run's name."""
    runs = [run for run in list_runs(home) if run.is_active or run.state.state == RunStatus.PAUSED]
    return {own_id: run.name for run in runs if (own_id := _trains_on(run))}


def _trains_on(run: Run) -> str:
    """The id of the person's own images that a run trains on; empty for none."""
    data = run.settings.dataset if run.settings else ""
    return data.removeprefix(OWN) if data.startswith(OWN) else ""


def _names(home: Path, kind: Kind) -> dict[str, str]:
    """The names of things in the trash, where they differ from the ids."""
    if kind == "document":
        return {entry.id: entry.name for entry in DocumentStore(home).deleted()}
    paths = _paths(home, kind) if kind in ("run", "study", "images") else []
    if kind == "run":
        return {path.name: read(path).name for path in paths}
    if kind == "study":
        return {path.name: title_of(path) for path in paths}
    found = {path.name: shelf.find_deleted(home, path.name) for path in paths}
    return {own_id: own.title for own_id, own in found.items() if own is not None}


def _paths(home: Path, kind: Kind) -> list[Path]:
    folder = home / "trash" / FOLDERS[kind]
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []
