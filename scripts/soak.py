"""`make soak`: kills the processes of studies at random moments, with real trainings.

A study's process, a worker and the server are killed ten times each, by SIGKILL, each in a study of
its own. Then every training has to be there once, with the very figures of a study that nobody
disturbed. It takes a quarter of an hour; `python -m scripts.soak 2` kills each twice, and
`python -m scripts.soak 2 server` the server alone.
"""

import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from builder.actions import studies as actions
from builder.studies import study_folder
from builder.studies.study import Study
from tests.app_server import ROOT, running
from tests.studies.real_cases import (
    Figures,
    faults,
    figures,
    is_over,
    planned,
    process_of,
    unlike,
    worker_of,
)

SEEDS, EPOCHS = 2, 6
PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.02
REVIVE_SECONDS = 2.0
"""Between two looks for a study without a process; the app looks every 30 seconds."""


Kill = Callable[[Study, Path, float], None]
"""Kills something of a study in its data folder, at a moment in seconds from now."""


class TooLateError(Exception):
    """The study was over before there was anything to kill."""


def main() -> int:
    """Kills, and says what came of it.

    Returns:
        The exit status: 1 where something was lost or trained twice.
    """
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    seed = random.SystemRandom().randrange(10_000)
    draw = random.Random(seed)
    _tell(f"seed {seed}")
    with _home() as home:
        study = _ask(home)
        actions.revive(home)
        begin = time.monotonic()
        _until_over(study, home)
        length, expected = time.monotonic() - begin, figures(home)
    _tell(f"undisturbed: {len(expected)} trainings in {length:.0f} s")
    kills: dict[str, Kill] = {
        "study": _kill_study,
        "worker": _kill_worker,
        "server": _kill_server,
    }
    bad = 0
    for victim in sys.argv[2:] or kills:
        for moment, found in _soaks(kills[victim], times, draw, length, expected):
            bad += bool(found)
            _tell(f"{victim} killed after {moment:.1f} s: {'; '.join(found) or 'good'}")
    return 1 if bad else 0


def _soaks(
    kill: Kill, times: int, draw: random.Random, length: float, expected: Figures
) -> Iterator[tuple[float, list[str]]]:
    """Kills something so many times; gives the moment of each, and what is wrong then."""
    done = 0
    while done < times:
        moment = draw.uniform(0, length)
        with contextlib.suppress(TooLateError):
            yield moment, _soak(kill, moment, expected)
            done += 1


def _soak(kill: Kill, moment: float, expected: Figures) -> list[str]:
    """Kills something in a new study, and waits for its end; returns what is wrong then."""
    with _home() as home:
        study = _ask(home)
        kill(study, home, moment)
        _until_over(study, home)
        return [*faults(study, home), *unlike(figures(home), expected)]


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ask(home: Path) -> Study:
    return study_folder.create(home, planned(SEEDS, EPOCHS))


def _kill_study(study: Study, home: Path, moment: float) -> None:
    actions.revive(home)
    _kill(lambda: process_of(study), study, moment)


def _kill_worker(study: Study, home: Path, moment: float) -> None:
    actions.revive(home)
    _kill(lambda: worker_of(home), study, moment)


def _kill_server(study: Study, home: Path, moment: float) -> None:
    """The server that has started the study's process; another one takes its place."""
    with running(ROOT / "app.py", home) as server:
        _kill(lambda: psutil.Process(server.process.pid), study, moment)
        server.process.wait()
    with running(ROOT / "app.py", home):
        _until_over(study, home)


def _kill(victim: Callable[[], psutil.Process | None], study: Study, moment: float) -> None:
    """Kills a process at a moment, in seconds from now, or as soon as there is one."""
    time.sleep(moment)
    while (process := victim()) is None:
        if is_over(study):
            raise TooLateError
        time.sleep(LOOK_SECONDS)
    process.kill()


def _until_over(study: Study, home: Path) -> None:
    begin = looked = time.monotonic()
    while not is_over(study):
        now = time.monotonic()
        if now - begin > PATIENCE_SECONDS:
            raise TimeoutError(f"{study.id} is not done after {PATIENCE_SECONDS:.0f} s")
        if now - looked > REVIVE_SECONDS:
            looked = now
            actions.revive(home)
        time.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """A data folder; processes that are left in it end with it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        try:
            yield home
        finally:
            for process in psutil.process_iter(["cmdline"]):
                if (process.info["cmdline"] or [""])[-1].startswith(folder):
                    with contextlib.suppress(psutil.Error):
                        process.kill()


if __name__ == "__main__":
    sys.exit(main())
