"""A study on disk: one folder with what was asked, how far it is, and what came out.

    studies/ID/study.json     what was asked; more seeds may be added, nothing else changes
    studies/ID/wanted.json    what a person wants of it: that it runs, pauses or stops
    studies/ID/search.json    what a search has proposed so far; written from its journal
    studies/ID/journal.log    the journal of a search, as Optuna keeps it
    studies/ID/results.json   the objective by variant and seed, and what may be concluded
    studies/ID/study.lock     held by its process as long as that lives

Its trainings are ordinary runs. Each names its study, variant and seed in its facts, so they are
found again however often the study's process is killed.
"""

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from builder.runs.json_files import UNREADABLE, describe_damage, read_values, stamp, write_values
from builder.studies.candidates import Progress, progress_of
from builder.studies.outcome import Results, results_of
from builder.studies.study import Study, StudyError, Wanted, check_seeds
from builder.studies.study_file import study_of, values_of
from builder.system import locks
from builder.system.errors import BuilderError
from builder.system.formats import Format, declare
from builder.system.temporary import temporary_folder

STUDIES = "studies"
STUDY = "study.json"
WANTED = "wanted.json"
PROGRESS = "search.json"
RESULTS = "results.json"
LOCK = "study.lock"
LOG = "log.txt"
STUDY_FORMAT = declare(Format("study", (f"{STUDIES}/*/{STUDY}",)))
WANTED_FORMAT = declare(Format("wish of a study", (f"{STUDIES}/*/{WANTED}",)))
PROGRESS_FORMAT = declare(Format("progress of a search", (f"{STUDIES}/*/{PROGRESS}",)))
RESULTS_FORMAT = declare(Format("results of a study", (f"{STUDIES}/*/{RESULTS}",)))

STUDY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,150}")


def create(home: Path, study: Study) -> Study:
    """Makes a study's folder, whole or not at all, and gives the study its id and folder.

    Raises:
        OSError: The disk is full.
    """
    studies = home / STUDIES
    studies.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    slug = re.sub(r"[^a-z0-9]+", "-", study.title.lower()).strip("-")[:40].strip("-") or "study"
    study_id = f"{now:%Y%m%d-%H%M%S}-{slug}-{secrets.token_hex(2)}"
    created = now.isoformat(timespec="seconds")
    with temporary_folder("new", studies) as temporary:
        folder = temporary / study_id
        folder.mkdir()
        made = replace(study, id=study_id, folder=studies / study_id, created=created)
        write(replace(made, folder=folder))
        want(replace(made, folder=folder), Wanted.RUNNING)
        folder.rename(studies / study_id)
    return made


def list_studies(home: Path) -> list[Study]:
    """All studies that can be read, the newest first."""
    found: list[Study] = []
    for folder in folders(home):
        try:
            found.append(read(folder))
        except StudyError:
            continue
    return found


def damaged(home: Path) -> list[tuple[str, str]]:
    """The studies that cannot be read: their ids, and why."""
    found: list[tuple[str, str]] = []
    for folder in folders(home):
        try:
            read(folder)
        except StudyError as error:
            found.append((folder.name, error.message))
    return found


def find(home: Path, study_id: str) -> Study:
    """Finds a study by its id, or by a beginning that no other id has.

    Raises:
        StudyError: There is none, or there are several, or it cannot be read.
    """
    names = [folder.name for folder in folders(home)]
    matching = [name for name in names if name.startswith(study_id)] if study_id else []
    exact = [name for name in names if name == study_id]
    if len(exact or matching) != 1:
        many = "is the beginning of several studies" if matching else "does not exist"
        raise StudyError(f"study {study_id[:80]!r} {many}", "choose one from the list of studies")
    return read(home / STUDIES / (exact or matching)[0])


def read(folder: Path) -> Study:
    """Reads a study; again only after its file has changed, so its variants are made once.

    Raises:
        StudyError: It is damaged, or of a later version.
    """
    try:
        return _read(folder, stamp(folder / STUDY), _stamp_of(folder / PROGRESS))
    except (*UNREADABLE, BuilderError, KeyError, TypeError) as error:
        why = f"the files of study {folder.name} cannot be read: {describe_damage(error)}"
        raise StudyError(why, "repair them, or delete the study") from None


def title_of(folder: Path) -> str:
    """The title of a study, also of one in the trash; its id where it cannot be read."""
    try:
        return str(read_values(folder / STUDY, STUDY_FORMAT)["title"])
    except (*UNREADABLE, KeyError):
        return folder.name


def wanted(study: Study) -> Wanted:
    """What a person wants of a study; `STOPPED` where the file cannot be read."""
    try:
        return Wanted(read_values(study.folder / WANTED, WANTED_FORMAT).get("wanted"))
    except UNREADABLE:
        return Wanted.STOPPED


def orphans(home: Path) -> list[Path]:
    """The folders of studies that should run and have no process; looks at one small file each."""
    found: list[Path] = []
    for folder in folders(home):
        try:
            wish = read_values(folder / WANTED, WANTED_FORMAT).get("wanted")
        except UNREADABLE:
            continue
        if wish == Wanted.RUNNING and not locks.is_locked(folder / LOCK):
            found.append(folder)
    return found


def is_conducted(study: Study) -> bool:
    """Whether a study's process lives."""
    return locks.is_locked(study.folder / LOCK)


def results(study: Study) -> Results | None:
    """The results so far; None before they are written, and where they cannot be read."""
    try:
        return results_of(read_values(study.folder / RESULTS, RESULTS_FORMAT))
    except UNREADABLE:
        return None


def write_results(study: Study, known: Results) -> None:
    """Writes the results so far.

    Raises:
        OSError: The disk is full.
    """
    write_values(study.folder / RESULTS, RESULTS_FORMAT, known.values())


def want(study: Study, wish: Wanted) -> None:
    """Writes down what a person wants of a study; its process reads it at its next look.

    Raises:
        OSError: The disk is full.
    """
    write_values(study.folder / WANTED, WANTED_FORMAT, {"wanted": wish})


def add_seeds(study: Study, number: int) -> Study:
    """Adds the seeds that follow those of a study; to a search fresh ones.

    Raises:
        StudyError: It would have too many.
        OSError: The disk is full.
    """
    if study.is_search:
        more = replace(study, strategy=study.search.with_more(fresh_seeds=number))
        write(more)
        return more
    seeds = (*study.seeds, *range(max(study.seeds) + 1, max(study.seeds) + 1 + number))
    more = replace(study, seeds=check_seeds(seeds))
    write(more)
    return more


def add_trials(study: Study, number: int) -> Study:
    """Adds candidates to a search.

    Raises:
        BuilderError: It is no search, or would have too many.
        OSError: The disk is full.
    """
    more = replace(study, strategy=study.search.with_more(trials=number))
    write(more)
    return more


def write_progress(study: Study, progress: Progress) -> None:
    """Writes what a search has proposed.

    Raises:
        OSError: The disk is full.
    """
    write_values(study.folder / PROGRESS, PROGRESS_FORMAT, progress.values())


def write(study: Study) -> None:
    """Writes down what is asked.

    Raises:
        OSError: The disk is full.
    """
    write_values(study.folder / STUDY, STUDY_FORMAT, values_of(study))


def folders(home: Path) -> list[Path]:
    """The folders of all studies, damaged ones too, the newest first."""
    studies = home / STUDIES
    if not studies.is_dir():
        return []
    found = [path for path in studies.iterdir() if STUDY_ID.fullmatch(path.name)]
    return sorted((path for path in found if path.is_dir()), key=lambda p: p.name, reverse=True)


@lru_cache(maxsize=256)
def _read(folder: Path, _asked: tuple[int, ...], proposed: tuple[int, ...]) -> Study:
    study = study_of(folder, read_values(folder / STUDY, STUDY_FORMAT))
    if not proposed:
        return study
    progress = progress_of(read_values(folder / PROGRESS, PROGRESS_FORMAT))
    return replace(study, progress=progress)


def _stamp_of(path: Path) -> tuple[int, ...]:
    """As `stamp`; empty where there is no such file yet."""
    try:
        return stamp(path)
    except FileNotFoundError:
        return ()
