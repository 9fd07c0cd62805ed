"""A run as a row of the table: every cell as the text that is shown."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache

from builder.datasets.data_titles import data_titles
from builder.runs.notes import split_tags
from builder.runs.overview import Overview
from builder.runs.run_folder import Run
from builder.runs.status import BROKEN, RunStatus
from builder.scheduler import queue
from components.runs import study_rows, words
from components.runs.row_data import RowLevel, RowOrder, RunRow, StudyRow
from components.shell import format as fmt

LETTERS = "ABCDE"
"""The runs of a comparison, in the order in which they were ticked."""

MAX_POINTS = 60
_MAX_KEPT = 8_192
_LEVELS: dict[RunStatus, RowLevel] = {
    RunStatus.FINISHED: "good",
    **dict.fromkeys(BROKEN, "error"),
}


def rows(overviews: Sequence[Overview], ticked: Sequence[str]) -> list[RunRow | StudyRow]:
    """Describes runs for the table; those of one study stand below a row of the study.

    Args:
        overviews: The runs, in the order of the table.
        ticked: The ids of those that are compared.
    """
    now = time.time()
    titles, zone = data_titles(), words.browser_zone()
    letters = dict(zip(ticked, LETTERS, strict=False))
    waiting = queue.waiting(known.run for known in overviews)
    places = {run.id: place for place, run in enumerate(waiting, 1)}
    described: list[RunRow | StudyRow] = []
    for study, members in study_rows.grouped(overviews):
        of_runs = [
            _row(
                known,
                letters.get(known.run.id, ""),
                places.get(known.run.id, 0),
                words.data_of(known.run, titles),
                zone,
                now if known.run.is_active else 0.0,
                study.id if study else "",
            )
            for known in members
        ]
        described += [study_rows.row(study, members, of_runs)] if study else []
        described += of_runs
    return described


@lru_cache(maxsize=_MAX_KEPT)
def _row(
    known: Overview, letter: str, place: int, data: str, zone: tzinfo, now: float, study: str
) -> RunRow:
    """Describes a run; as long as nothing changes, it is the same object, and costs nothing."""
    run, outcome = known.run, known.outcome
    params = run.facts.get("params")
    begun = words.created(run, zone)
    seconds = words.seconds_taken(run, now)
    note, tags = split_tags(known.note)
    state = f"{_state(run, place)}, damaged" if known.damage else _state(run, place)
    return RunRow(
        id=run.id,
        parent=study,
        letter=letter,
        name=run.name,
        document=run.document_id,
        state=state,
        level="error"
        if known.damage
        else _LEVELS.get(run.state.state, "active" if run.is_active else "quiet"),
        progress=run.state.progress if run.is_active and not place else None,
        why=known.damage or words.why(run),
        data=data,
        settings=_settings(run),
        best=words.metric_value(outcome.monitor, outcome.best),
        best_about=_about(known),
        metric=words.metric_name(outcome.monitor),
        curve=_thinned(outcome.curve),
        params=fmt.quantity(params, "").strip() if isinstance(params, int) else fmt.UNKNOWN,
        params_exact=fmt.count(params) if isinstance(params, int) else "",
        time=fmt.duration(seconds),
        begun=words.moment(begun),
        begun_exact=begun.isoformat(" ", "seconds") if begun else "",
        active=run.is_active and not place,
        note=note,
        tags=tags,
        order=RowOrder(
            name=run.name.lower(),
            state=state.lower(),
            data=data.lower(),
            best=outcome.best,
            params=params if isinstance(params, int) else None,
            time=seconds,
            begun=begun.timestamp() if begun else None,
        ),
    )


def _state(run: Run, place: int) -> str:
    state = run.state
    if place:
        return f"{words.ordinal(place)} in the queue"
    if state.state == RunStatus.RUNNING and state.epoch:
        return f"Epoch {state.epoch:,} of {state.epochs:,}"
    if state.state in (RunStatus.PAUSED, RunStatus.STOPPED) and state.epoch:
        return f"{words.state_name(run)} at {state.epoch:,} of {state.epochs:,}"
    return words.state_name(run)


def _settings(run: Run) -> str:
    """The settings, with the epochs that were asked for in all when it went on."""
    if run.settings is None:
        return ""
    epochs = max(run.settings.epochs, run.state.epochs)
    return words.settings_line(replace(run.settings, epochs=epochs), with_data=False)


def _about(known: Overview) -> str:
    outcome = known.outcome
    if outcome.best is None:
        return ""
    exact = words.metric_exact(outcome.monitor, outcome.best)
    return f"{exact} after epoch {outcome.best_epoch} of {len(outcome.curve)}"


def _thinned(curve: Sequence[float | None]) -> list[float | None]:
    """At most `MAX_POINTS` values, the last one among them: a sparkline shows no more."""
    step = max(1, -(-len(curve) // MAX_POINTS))
    return list(curve[::-1][::step][::-1])
