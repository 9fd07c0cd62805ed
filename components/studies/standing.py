"""How a study stands, as list and page show it."""

from dataclasses import dataclass

from builder.runs.status import ACTIVE
from builder.studies import study_folder
from builder.studies.outcome import Results
from builder.studies.study import Standing, Study, Wanted
from builder.studies.time_left import seconds_left
from builder.studies.wording import standing_words

_LEVELS = {
    Standing.RUNNING: "active",
    Standing.WAITING: "active",
    Standing.LEFT: "error",
    Standing.HELD_UP: "error",
    Standing.DONE: "good",
}


_ENDING = {Wanted.PAUSED: "pausing", Wanted.STOPPED: "stopping"}
"""What a process does that was told to end and has not yet."""

_STANDS_STILL = frozenset({Standing.PAUSED, Standing.STOPPED, Standing.DONE})


@dataclass(frozen=True, slots=True)
class Shown:
    """How a study stands.

    Attributes:
        words: Its state.
        level: What colors it: `active`, `good`, `error` or `quiet`.
        ended: How many trainings have ended.
        running: How many are at it.
        planned: How many there are in all.
        seconds_left: How long it still takes; None where that is not known, or it stands still.
        is_conducted: Whether its process lives, or is about to.
    """

    words: str
    level: str
    ended: int
    running: int
    planned: int
    seconds_left: float | None
    is_conducted: bool

    @property
    def waiting(self) -> int:
        """How many trainings have not begun."""
        return max(0, self.planned - self.ended - self.running)


def shown_of(study: Study, known: Results | None) -> Shown:
    """How a study stands now."""
    lives = study_folder.is_conducted(study)
    wanted = study_folder.wanted(study)
    told_before = known is not None and known.standing in _STANDS_STILL
    starts = wanted is Wanted.RUNNING and (not lives or told_before)  # it has not looked yet
    ends = lives and not told_before and wanted in _ENDING
    if known is None:
        ended = "stopped" if wanted is Wanted.STOPPED else "paused"
        words = "starting" if starts else _ENDING.get(wanted, "starting") if lives else ended
        level = "active" if lives or starts else "quiet"
        return Shown(_capitalized(words), level, 0, 0, study.planned, None, lives or starts)
    runs = [run for row in known.variants.values() for run in row.runs.values()]
    words = "starting" if starts else standing_words(known.standing, known.message)
    words = _ENDING[wanted] if ends else words
    return Shown(
        words=_capitalized(words),
        level="active" if starts else _LEVELS.get(known.standing, "quiet"),
        ended=known.ended,
        running=sum(run.state in ACTIVE for run in runs),
        planned=known.planned,
        seconds_left=seconds_left(known) if (lives and not ends) or starts else None,
        is_conducted=lives or starts,
    )


def _capitalized(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
