"""The row of a study in the table of runs: its runs are folded away below it."""

from collections.abc import Iterator, Sequence

from builder.runs.overview import Overview
from builder.runs.status import BROKEN, RunStatus
from builder.studies import study_folder
from builder.studies.study import Place, Study, StudyError
from builder.system.home import home
from components.runs.row_data import RowOrder, RunRow, StudyRow
from components.shell import format as fmt

Group = tuple[Study | None, list[Overview]]


def grouped(overviews: Sequence[Overview]) -> Iterator[Group]:
    """Runs in the order of the table, those of one study together at the place of the newest.

    Yields:
        A study with its runs, or None with a run that belongs to no study that is there.
    """
    members: dict[str, list[Overview]] = {}
    for known in overviews:
        if place := Place.of(known.run):
            members.setdefault(place.study, []).append(known)
    studies = {study_id: found for study_id in members if (found := _study(study_id)) is not None}
    told: set[str] = set()
    for known in overviews:
        place = Place.of(known.run)
        if place is None or place.study not in studies:
            yield None, [known]
        elif place.study not in told:
            told.add(place.study)
            yield studies[place.study], members[place.study]


def row(study: Study, members: Sequence[Overview], rows: Sequence[RunRow]) -> StudyRow:
    """Describes a study for the table.

    Args:
        study: The study.
        members: Its runs.
        rows: The same runs as rows.
    """
    states = [known.run.state.state for known in members]
    finished = sum(state is RunStatus.FINISHED for state in states)
    broken = sum(state in BROKEN for state in states)
    is_active = any(known.run.is_active for known in members)
    state = f"{finished:,} of {len(members):,} finished"
    seconds = sum(each["order"]["time"] or 0.0 for each in rows)
    first = rows[0]
    return StudyRow(
        id=study.id,
        parent="",
        runs=len(members),
        name=study.title,
        state=f"{state}, {broken} failed" if broken else state,
        level="active" if is_active else "error" if broken else "good",
        progress=None,
        why="",
        data=first["data"],
        settings=fmt.plural(len(members), "run"),
        time=fmt.duration(seconds) if seconds else "",
        begun=first["begun"],
        note="",
        tags=(),
        order=RowOrder(
            name=study.title.lower(),
            state=state,
            data=first["data"].lower(),
            best=None,
            params=None,
            time=seconds or None,
            begun=first["order"]["begun"],
        ),
    )


def _study(study_id: str) -> Study | None:
    folder = home() / study_folder.STUDIES / study_id
    if not folder.is_dir():
        return None
    try:
        return study_folder.read(folder)
    except StudyError:
        return None
