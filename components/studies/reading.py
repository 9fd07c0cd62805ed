"""What a page knows of a study: read anew only once a file of it was written."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from builder.runs import run_folder
from builder.runs.json_files import stamp
from builder.studies import study_folder
from builder.studies.deleted import DeletedTraining, deleted_trainings
from builder.studies.outcome import Results
from builder.studies.study import Study
from builder.system.home import home


@dataclass(frozen=True, eq=False)
class Reading:
    """A study and its results; the same object until one of them changes.

    Attributes:
        study: What is asked.
        known: What came out so far; None before the first look of its process.
        deleted: The trainings whose runs were deleted.
    """

    study: Study
    known: Results | None
    deleted: tuple[DeletedTraining, ...] = ()


def read(study_id: str) -> Reading:
    """Reads a study.

    Raises:
        StudyError: There is none, or it cannot be read.
    """
    study = study_folder.find(home(), study_id)
    stamps = _stamp(study.folder / study_folder.STUDY), _results_stamp(study)
    return _reading(study.folder, *stamps, _deleted(study.folder, *stamps, _stamp(_runs(study))))


def _runs(study: Study) -> Path:
    return run_folder.runs_folder(study.folder.parents[1])


def results(study: Study) -> Results | None:
    """What came out of a study so far."""
    return _results(study.folder, _results_stamp(study))


def _results_stamp(study: Study) -> Hashable:
    return _stamp(study.folder / study_folder.RESULTS)


def _stamp(path: Path) -> Hashable:
    try:
        return stamp(path)
    except OSError:
        return None


@lru_cache(maxsize=32)
def _reading(
    folder: Path, _study: Hashable, changed: Hashable, deleted: tuple[DeletedTraining, ...]
) -> Reading:
    return Reading(study_folder.read(folder), _results(folder, changed), deleted)


@lru_cache(maxsize=32)
def _deleted(
    folder: Path, _study: Hashable, changed: Hashable, _runs: Hashable
) -> tuple[DeletedTraining, ...]:
    """The deleted trainings; looked for again once a run has come or gone."""
    return deleted_trainings(study_folder.read(folder), _results(folder, changed))


@lru_cache(maxsize=256)
def _results(folder: Path, _changed: Hashable) -> Results | None:
    return study_folder.results(study_folder.read(folder))
