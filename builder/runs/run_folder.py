"""A run on disk: one folder, frozen when it is made, then written by its worker only.

The app only reads it. That the process of a run has died is not written anywhere: it follows from
the worker's lock, which the kernel frees whatever happens.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from builder.runs.changes import CHANGES, Change, changed, read_changes
from builder.runs.config_file import Config, read_config, write_config
from builder.runs.json_files import UNREADABLE
from builder.runs.process_file import PROCESS
from builder.runs.run_state import (
    ARCHITECTURE,
    CONFIG,
    SCRIPT,
    RunState,
    is_locked,
    is_starting,
    read_state,
    unreadable,
    write_state,
)
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET, read_ticket
from builder.system.errors import BuilderError
from builder.system.removal import note_deleted
from builder.system.temporary import temporary_folder
from builder.training.settings import TrainingSettings

_STAMP = "%Y%m%d-%H%M%S"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,150}")


class RunError(BuilderError):
    """Something cannot be done with a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stood when it was read.

    Attributes:
        id: The name of its folder.
        folder: The folder with all its files.
        name: Of the architecture.
        document_id: The document that the run was started from, which may have changed since.
        created: ISO date and time, UTC.
        settings: None where the run is damaged.
        facts: What was known at the start, such as `params`, `train_images`, `batches_per_epoch`.
        state: How far it is.
        changes: The changes since then, the oldest first.
        queue_number: Its place in the queue, among the others' numbers; None where it does not
            wait.
    """

    id: str
    folder: Path
    name: str
    document_id: str
    created: str
    settings: TrainingSettings | None
    facts: Mapping[str, Any]
    state: RunState
    changes: tuple[Change, ...] = ()
    queue_number: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether it may still change by itself."""
        return self.state.is_active


def create(
    home: Path,
    *,
    name: str,
    document_id: str,
    architecture_json: str,
    script: str,
    settings: TrainingSettings,
    facts: Mapping[str, Any],
) -> Run:
    """Makes a run's folder, completely or not at all.

    Args:
        home: The folder that holds `runs/`.
        name: Of the architecture.
        document_id: The document that it is started from.
        architecture_json: The document as it is now.
        script: The exported script that will be run.
        settings: What is asked for.
        facts: What is known at the start, as plain JSON values.
    """
    runs = runs_folder(home)
    runs.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    run_id = _new_id(runs, now, name)
    created = now.isoformat(timespec="seconds")
    config = Config(name, document_id, created, settings, facts)
    state = RunState(RunStatus.QUEUED, stage="waiting to start", epochs=settings.epochs)
    with temporary_folder("new", runs) as temporary:
        folder = temporary / run_id
        folder.mkdir()
        (folder / ARCHITECTURE).write_text(architecture_json, encoding="utf-8")
        (folder / SCRIPT).write_text(script, encoding="utf-8")
        write_config(folder, run_id, config)
        write_state(folder, state)
        folder.rename(runs / run_id)
    return read(runs / run_id)


def list_runs(home: Path) -> list[Run]:
    """All runs, the newest first. A damaged one is listed as such."""
    return [read(folder) for folder in folders(home)]


def folders(home: Path) -> list[Path]:
    """The folders of all runs, the newest first."""
    runs = runs_folder(home)
    if not runs.is_dir():
        return []
    found = [path for path in runs.iterdir() if _RUN_ID.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: path.name, reverse=True)


def find(home: Path, run_id: str) -> Run:
    """One run by its id.

    Raises:
        RunError: There is none.
    """
    folder = runs_folder(home) / run_id
    if not _RUN_ID.fullmatch(run_id) or not folder.is_dir():
        raise RunError(f"run {run_id[:80]!r} does not exist", "choose one from the list of runs")
    return read(folder)


def read(folder: Path) -> Run:
    """Reads a run. A problem with its files shows as the state `damaged` or `newer`."""
    try:
        config = read_config(folder)
    except UNREADABLE as error:
        return Run(folder.name, folder, folder.name, "", "", None, {}, unreadable(CONFIG, error))
    state, settings, changes = read_state(folder), config.settings, ()
    try:
        changes = read_changes(folder)
        changed(settings, changes)
    except (*UNREADABLE, BuilderError) as error:
        settings, changes, state = None, (), unreadable(CHANGES, error)
    return Run(
        id=folder.name,
        folder=folder,
        name=config.name,
        document_id=config.document_id,
        created=config.created,
        settings=settings,
        facts=config.facts,
        state=state,
        changes=changes,
        queue_number=_queue_number(folder) if state.state == RunStatus.QUEUED else None,
    )


def _queue_number(folder: Path) -> int | None:
    """The number on a run's ticket; None where it has none, or was started already."""
    if (folder / PROCESS).exists() or not (folder / TICKET).exists():
        return None
    number = read_ticket(folder).get("number")
    return number if isinstance(number, int) else 0


def current_settings(run: Run) -> TrainingSettings | None:
    """The settings of a run with all changes; None where it is damaged."""
    return changed(run.settings, run.changes) if run.settings else None


def delete(home: Path, run_id: str) -> None:
    """Moves a run to the trash.

    Raises:
        RunError: There is none, or it is still training.
    """
    run = find(home, run_id)
    if is_locked(run.folder) or (run.state.state == RunStatus.QUEUED and is_starting(run.folder)):
        raise RunError(f"run {run_id} is still training", "stop it first")
    trash = _trash_folder(home)
    trash.mkdir(parents=True, exist_ok=True)
    note_deleted(run.folder.rename(trash / run_id))


def restore(home: Path, run_id: str) -> Run:
    """Restores a run from the trash.

    Raises:
        RunError: It is not there.
    """
    folder = _trash_folder(home) / run_id
    if not _RUN_ID.fullmatch(run_id) or not folder.is_dir():
        raise RunError(f"run {run_id[:80]!r} is not in the trash")
    runs_folder(home).mkdir(parents=True, exist_ok=True)
    folder.rename(runs_folder(home) / run_id)
    return find(home, run_id)


def _new_id(runs: Path, now: datetime, name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "run"
    stamp = max(now, _after_the_newest(runs))
    while True:
        run_id = f"{stamp:{_STAMP}}-{slug}-{secrets.token_hex(2)}"
        if not (runs / run_id).exists():
            return run_id


def _after_the_newest(runs: Path) -> datetime:
    """A second after the newest run, so that ids stay in order even if the clock is set back."""
    newest = max((path.name for path in runs.iterdir() if _RUN_ID.fullmatch(path.name)), default="")
    try:
        return datetime.strptime(newest[:15], _STAMP).replace(tzinfo=UTC) + timedelta(seconds=1)
    except (ValueError, OverflowError):  # there is none, or its name is another
        return datetime.min.replace(tzinfo=UTC)


def runs_folder(home: Path) -> Path:
    """Where the folders of the runs lie."""
    return home / "runs"


def _trash_folder(home: Path) -> Path:
    return home / "trash" / "runs"
