"""Runs and studies on their way to the trash and back: a study takes its runs with it.

The study goes first, so nothing starts another training of it meanwhile; what is interrupted then
leaves ordinary runs behind, which a restored study finds again.
"""

from pathlib import Path

from builder.runs import run_folder
from builder.runs.run_folder import Run, list_runs, read
from builder.scheduler import queue
from builder.studies import study_folder
from builder.studies.study import Place, StudyError
from builder.system import locks
from builder.system.removal import note_deleted


def delete_run(home: Path, run: Run) -> None:
    """Moves a run to the trash; one that waits leaves the queue first.

    Raises:
        RunError: It is still training.
    """
    if queue.is_waiting(run):
        try:
            queue.take_out(home, run)
        except OSError:  # deleting must work on a full disk
            queue.leave(run)
    run_folder.delete(home, run.id)


def delete_study(home: Path, study_id: str) -> None:
    """Moves a study and all its runs to the trash.

    Raises:
        StudyError: There is none, or it is running.
        OSError: It cannot be moved.
    """
    folder = home / study_folder.STUDIES / study_id
    if not study_folder.STUDY_ID.fullmatch(study_id) or not folder.is_dir():
        raise StudyError(f"study {study_id[:80]!r} does not exist")
    runs = [run for run in list_runs(home) if _is_of(run, study_id)]
    trains = any(run.is_active and not queue.is_waiting(run) for run in runs)
    if trains or locks.is_locked(folder / study_folder.LOCK):
        raise StudyError(f"study {study_id} is running", "pause or stop it first")
    trash = home / "trash" / study_folder.STUDIES
    trash.mkdir(parents=True, exist_ok=True)
    note_deleted(folder.rename(trash / study_id))
    for run in runs:
        delete_run(home, run)


def restore_study(home: Path, study_id: str) -> None:
    """Restores a study with its runs.

    Raises:
        StudyError: It is not in the trash.
        OSError: It cannot be moved.
    """
    folder = home / "trash" / study_folder.STUDIES / study_id
    if not study_folder.STUDY_ID.fullmatch(study_id) or not folder.is_dir():
        raise StudyError(f"study {study_id[:80]!r} is not in the trash")
    for path in deleted_runs(home).get(study_id, []):
        run_folder.restore(home, path.name)
    studies = home / study_folder.STUDIES
    studies.mkdir(parents=True, exist_ok=True)
    folder.rename(studies / study_id)


def deleted_runs(home: Path) -> dict[str, list[Path]]:
    """The runs in the trash that went there with their study, by the study's id."""
    trash = home / "trash"
    found: dict[str, list[Path]] = {}
    for path in sorted((trash / "runs").glob("*")):
        place = None if path.name.startswith(".") else Place.of(read(path))
        if place is not None and (trash / study_folder.STUDIES / place.study).is_dir():
            found.setdefault(place.study, []).append(path)
    return found


def _is_of(run: Run, study_id: str) -> bool:
    place = Place.of(run)
    return place is not None and place.study == study_id
