"""The Train page in a real browser, with real trainings: of the SE-residual net, or a tiny one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.runs.run_folder import find, list_runs
from builder.scheduler import launcher
from tests.app_server import ROOT, AppServer, running
from tests.datasets.given import picture, two_classes, write_zip
from tests.tiny_network import TINY

pytestmark = [pytest.mark.browser, pytest.mark.keras]

START_MS = 180_000
"""How long TensorFlow may take to start on a busy machine."""

SMALL_BATCH = 4
"""Makes an epoch long enough to be watched: 360 batches."""


@pytest.fixture(scope="module")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("train")
    yield home
    for run in list_runs(home):
        launcher.stop(run, force=True)


@pytest.fixture(scope="module")
def server(app_home: Path) -> Iterator[AppServer]:
    with running(ROOT / "app.py", app_home, warm_worker=True) as app:
        yield app


@pytest.fixture
def document(app_home: Path) -> str:
    return Workspace(app_home).create(TEMPLATES["se_residual_digits"].architecture)


@pytest.fixture
def tiny(app_home: Path) -> str:
    """A document whose trainings start at once."""
    return Workspace(app_home).create(TINY)


@pytest.fixture
def visit(browser: Browser, server: AppServer) -> Iterator[Any]:
    """Opens the Train page as another visitor; errors and foreign hosts fail the test."""
    pages: list[Page] = []
    problems: list[str] = []
    requested: list[str] = []

    def open_(query: str) -> Page:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{server.url}/train?{query}")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    hosts = {urlsplit(url).netloc for url in requested if url.startswith(("http", "ws"))}
    assert hosts <= {urlsplit(server.url).netloc}
    assert problems == []


def test_a_training_is_watched_reloaded_and_its_results_taken(
    visit: Any, document: str, app_home: Path
) -> None:
    page = visit(f"doc={document}")
    fill(page, "epochs", "2")
    fill(page, "batch_size", str(SMALL_BATCH))
    expect(page.get_by_text("360 batches an epoch")).to_be_visible()
    page.wait_for_function("() => window.Plotly && !document.querySelector('.cs-chart')")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    loss = page.locator(".cs-chart").first
    see_points_before_the_first_epoch_has_ended(page)
    chosen = zoom(page, loss)
    grown = int(loss.get_attribute("data-received") or 0) + 100
    wait_for_received(page, grown)
    assert axis(page) == chosen, "the zoom must stay while the curve grows"

    page.reload()
    progress = page.locator(".cs-progress")
    state = re.compile("running|finished")
    expect(progress).to_have_attribute("data-state", state, timeout=START_MS)
    wait_for_received(page, grown)

    expect(progress).to_have_attribute("data-state", "finished", timeout=START_MS)
    expect(page.get_by_text("best validation accuracy, epoch")).to_be_visible()
    assert "run=" in page.url
    (run,) = list_runs(app_home)
    assert download(page, "Model").startswith(b"PK")
    assert download(page, "History").count(b"\n") == 3
    assert b"EPOCHS = 2" in download(page, "Script")
    assert download(page, "Log") == (run.folder / "log.txt").read_bytes()
    try_the_model(page)
    page.reload()
    try_the_model(page)


def test_a_training_is_paused_resumed_seen_by_all_and_stopped(
    visit: Any, tiny: str, app_home: Path
) -> None:
    page = visit(f"doc={tiny}")
    fill(page, "epochs", "9000")
    page.get_by_role("button", name="Start training").click()
    progress = page.locator(".cs-progress")
    wait_for_received(page, 60)

    page.get_by_role("button", name="Pause").click()
    expect(progress).to_have_attribute("data-state", "paused", timeout=START_MS)
    page.reload()
    rate = page.get_by_role("textbox", name="learning rate", exact=True)
    rate.fill("0.0005")
    rate.press("Enter")
    paused_at = int(page.locator(".cs-chart").first.get_attribute("data-received") or 0)
    page.get_by_role("button", name="Resume").click()
    expect(progress).to_have_attribute("data-state", "running", timeout=START_MS)
    expect(page.get_by_text("Changed: learning rate 0.0005")).to_be_visible()
    wait_for_received(page, max(paused_at, 60) + 20)

    other = visit(f"doc={tiny}")
    running_too = other.locator(".cs-progress")
    expect(running_too).to_have_attribute("data-state", "running", timeout=START_MS)
    page.get_by_role("button", name="Stop").click()
    for watching in (page, other):
        state = watching.locator(".cs-progress")
        expect(state).to_have_attribute("data-state", "stopped", timeout=START_MS)
        expect(watching.get_by_role("link", name=re.compile("Model"))).to_be_visible()
        expect(watching.get_by_role("button", name="Start training")).to_be_enabled()
    run_id = next(part[4:] for part in urlsplit(page.url).query.split("&") if part[:4] == "run=")
    run = find(app_home, run_id)
    assert (run.state.state, run.state.session) == ("stopped", 2)
    assert (run.folder / "checkpoints" / "LATEST").exists()


def test_own_images_are_uploaded_looked_at_and_trained_on(
    visit: Any, tiny: str, app_home: Path, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "colors.zip", two_classes(10) | {"red/notes.txt": b"no"})
    page = visit(f"doc={tiny}")
    page.get_by_role("button", name="Your own images").click()
    page.locator("input[type=file]").set_input_files(path)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".cs-own-preview figure")).to_have_count(8)
    expect(dialog.get_by_text("1 file is no image: red/notes.txt")).to_be_visible()
    add = dialog.get_by_role("button", name="Add and use them")
    expect(add).to_be_disabled()
    dialog.get_by_text("Leave out what is no image").click()
    add.click()
    expect(dialog).to_have_count(0)
    chosen = page.locator(".cs-data", has_text="20 images, 8×8 gray, 2 classes of 10")
    expect(chosen).to_be_visible()  # beside it, the closed dialog's own is taken away
    expect(page.locator(".cs-data")).to_have_count(1)

    page.get_by_role("button", name="Set units of dense_1 to 2").click()
    expect(page.get_by_text("Of each class 8 to learn from, 2 to validate with.")).to_be_visible()
    fill(page, "epochs", "1")
    page.get_by_role("button", name="Start training").click()
    progress = page.locator(".cs-progress")
    expect(progress).to_have_attribute("data-state", "finished", timeout=START_MS)
    run = list_runs(app_home)[0]
    assert run.facts["data"]["title"] == "colors"
    assert run.settings is not None
    assert (
        f'DATA = "{app_home}/datasets/{run.settings.dataset[4:]}"'
        in download(page, "Script").decode()
    )


def try_the_model(page: Page) -> None:
    """Drops a picture on the model; it looks at that and at an image of the data."""
    page.get_by_text("Try it on pictures").click()
    expect(page.locator(".cs-tried .cs-map")).to_have_count(1, timeout=START_MS)
    upload = FilePayload(name="seven.png", mimeType="image/png", buffer=picture(size=(16, 8)))
    page.locator(".st-key-cs-try-own input[type=file]").set_input_files([upload])
    dropped = page.locator(".cs-tried", has_text="seven.png")
    described = dropped.filter(has_text="8×16 color, stretched to 8×8, made gray")
    expect(described).to_have_count(1)
    expect(dropped.locator("li")).to_have_count(5)
    expect(dropped).to_have_count(1)
    expect(dropped.locator(".cs-map img")).to_have_count(2)
    page.get_by_text("First-layer filters").click()
    expect(page.locator(".cs-filters img")).to_have_count(32)


def fill(page: Page, name: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=name, exact=True)
    box.fill(value)
    box.press("Enter")
    expect(box).to_have_value(value)


def see_points_before_the_first_epoch_has_ended(page: Page) -> None:
    """In one look: there are points of batches, and none yet of an epoch's validation."""
    page.wait_for_function(
        """() => {
            const chart = document.querySelector('.cs-chart');
            const legend = chart?.querySelector('.cs-chart-legend')?.innerText ?? '';
            return Number(chart?.dataset.points ?? 0) >= 5 && /validation\\s+–/.test(legend);
        }""",
        timeout=START_MS,
    )


def wait_for_received(page: Page, least: int) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('.cs-chart')?.dataset.received ?? 0) >= least",
        arg=least,
        timeout=START_MS,
    )


def zoom(page: Page, chart: Locator) -> Any:
    """Draws a frame in a chart with the mouse and gives the range that it shows then."""
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    expect(chart.get_by_role("button", name="reset zoom")).to_be_enabled()
    return axis(page)


def axis(page: Page) -> Any:
    return page.evaluate("() => document.querySelector('.js-plotly-plot').layout.xaxis.range")


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as started:
        page.locator(".cs-downloads").get_by_role("link", name=re.compile(f"^{name}")).click()
    return Path(started.value.path()).read_bytes()
