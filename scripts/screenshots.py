"""`make screenshots`: takes the pictures of the README and of docs/ from the real app."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from builder.actions.study_request import StudyRequest, plan
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.scheduler.launcher import follow, start
from builder.scheduler.new_run import new_run
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.factor import Subject
from builder.studies.study import Question
from builder.training.settings import AdamW, CosineDecay, TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from tests.app_server import ROOT, AppServer, running
from tests.browser import chromium

FOLDER = ROOT / "docs" / "screenshots"
SIZE = (1440, 900)


def main() -> None:
    """Prepares a document with two finished runs and a study, takes every page in both themes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        workspace = Workspace(home)
        digits = workspace.create(TEMPLATES["se_residual_digits"].architecture)
        _train(home, digits)
        study = _study(home, digits)
        branched = workspace.create(TEMPLATES["inception_v1"].architecture)
        design = workspace.create(TEMPLATES["small_residual"].architecture)
        with running(ROOT / "app.py", home) as server, chromium(whole=True) as browser:
            for theme in ("light", "dark"):
                _take(server, browser, theme, design, digits, branched)
                _take_study(server, browser, theme, study)


def _train(home: Path, document: str) -> None:
    architecture = TEMPLATES["se_residual_digits"].architecture
    choices = (
        TrainingSettings(epochs=12),
        TrainingSettings(epochs=12, optimizer=AdamW(), schedule=CosineDecay(warmup_epochs=2)),
    )
    for settings in choices:
        run = new_run(home, architecture, settings, document)
        start(run)
        for _ in follow(run):
            pass


def _study(home: Path, document: str) -> str:
    """What two parts of the network are worth: 21 trainings. Returns the study's id."""
    base = Subject(TEMPLATES["se_residual_digits"].architecture, TrainingSettings(epochs=12))
    parts = (PartKind.SHORTCUT, PartKind.SQUEEZE_EXCITATION)
    request = StudyRequest(Question.ABLATION, parts=parts, seeds=7)
    study = study_folder.create(home, plan(request, base, document))
    conduct(study.folder)
    return study.id


def _take(
    server: AppServer, browser: Browser, theme: str, design: str, digits: str, branched: str
) -> None:
    context = _visitor(browser, theme)
    page = context.new_page()
    page.goto(f"{server.url}/?doc={design}")
    page.locator('.row[data-node-id="residual_block_2"]').click(position={"x": 40, "y": 12})
    page.get_by_role("spinbutton", name="filters", exact=True).wait_for()
    _shoot(page, f"design-{theme}")
    page.goto(f"{server.url}/?doc={branched}")
    _canvas_alone(page)
    _shoot(page, f"canvas-{theme}")
    page.goto(f"{server.url}/train?doc={digits}")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-points]')?.dataset.points ?? 0) > 100"
    )
    _shoot(page, f"train-{theme}")
    page.locator(".st-key-cs-gradients").scroll_into_view_if_needed()
    page.locator(".cs-confusion").scroll_into_view_if_needed()
    _shoot(page, f"results-{theme}")
    page.goto(f"{server.url}/runs")
    page.get_by_text("finished").first.wait_for()
    _shoot(page, f"runs-{theme}")
    context.close()


def _take_study(server: AppServer, browser: Browser, theme: str, study: str) -> None:
    context = _visitor(browser, theme)
    page = context.new_page()
    page.goto(f"{server.url}/studies?study={study}")
    page.locator(".js-plotly-plot .xaxislayer-above").first.wait_for()
    _shoot(page, f"study-{theme}")
    context.close()


def _visitor(browser: Browser, theme: str) -> BrowserContext:
    width, height = SIZE
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
    )


def _canvas_alone(page: Page) -> None:
    """Gives the canvas the room of the list, and looks into a block with branches."""
    page.locator(".canvas[data-laid=true]").focus()
    page.keyboard.press("w")
    page.locator(".react-flow__node", has_text="inception_3a").click()
    page.keyboard.press(" ")
    page.locator(".canvas[data-pending='0'][data-laid=true]").wait_for()
    page.keyboard.press("Enter")


def _shoot(page: Page, name: str) -> None:
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_500)  # a picture may wait for animations; no test does
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
