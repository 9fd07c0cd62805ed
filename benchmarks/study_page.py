"""What the page of a study with many variants costs, from the press in the list to the end."""

import statistics
import tempfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.each_frame import wait_for
from benchmarks.report import heading, line, milliseconds
from builder.actions.study_request import StudyRequest, plan
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.factor import Subject
from builder.studies.study import Question, Study
from builder.training.settings import TrainingSettings
from tests.app_server import ROOT, running
from tests.browser import READY, chromium
from tests.studies.fake_trainings import NETWORK, stand_in

NUM_VARIANTS = 300
SERVERS = 3
OPENINGS = 3
SETTLE_SECONDS = 4.0


def run() -> None:
    """Prints the figures."""
    heading(f"a study with {NUM_VARIANTS} variants")
    with tempfile.TemporaryDirectory() as folder, chromium(whole=True) as browser:
        home = Path(folder) / "home"
        home.mkdir()
        study = _make_study(home)
        taken = [_opening_seconds(browser, home, study) for _ in range(SERVERS)]
    first = statistics.median(first for first, _ in taken)
    again = statistics.median(later for _, later in taken)
    line("its page, the first time since the start", milliseconds(first), "≤ 1 s", first <= 1)
    line("its page, from then on", milliseconds(again), "≤ 1 s", again <= 1)


def _make_study(home: Path) -> Study:
    """A finished sweep whose trainings are made up."""
    vary = (f"learning_rate=1e-4..1e-2:{NUM_VARIANTS // 2} log", "batch_size=16,32")
    subject = Subject(NETWORK, TrainingSettings(epochs=2))
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch)
        study = study_folder.create(
            home, plan(StudyRequest(Question.SWEEP, vary=vary, seeds=1), subject)
        )
        conduct(study.folder, 0)
    return study


def _opening_seconds(browser: Browser, home: Path, study: Study) -> tuple[float, float]:
    """Opens the study from the list, and goes back, several times."""
    taken: list[float] = []
    with running(ROOT / "app.py", home) as server:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/studies")
        time.sleep(SETTLE_SECONDS)
        for _ in range(OPENINGS):
            taken.append(_open(page, study))
            page.go_back()
            expect(page.locator("[data-row]")).to_have_count(1)
            page.locator(READY).wait_for(state="attached")
        page.close()
    return taken[0], statistics.median(taken[1:])


def _open(page: Page, study: Study) -> float:
    begun = time.perf_counter()
    page.get_by_role("link", name=study.title).click()
    wait_for(page, {"[data-row]": len(study.choices), ".cs-figure[data-drawn]": 1})
    return time.perf_counter() - begun
