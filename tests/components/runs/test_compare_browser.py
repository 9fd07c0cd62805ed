"""Comparing in a real browser: runs with their curves and files, networks without a training."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from builder.analysis.evaluation import evaluate, judge, save
from builder.analysis.predictions import write_predictions
from builder.documents.workspace import Workspace
from builder.files.document_file import Document, to_text
from builder.gallery import TEMPLATES
from builder.network.edits import set_parameters
from tests.app_server import AppServer
from tests.browser import READY, look_in
from tests.components.fake_run import FakeRun
from tests.living_page import lent, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def page(context: BrowserContext, server: AppServer) -> Iterator[Page]:
    with lent(context, server.url, rest="/studies") as page:
        yield page


def finished(home: Path, epochs: int, *, wide: bool = False) -> FakeRun:
    with FakeRun(home, epochs=epochs, batches=4) as run:
        run.train()
        run.end()
    network = TEMPLATES["small_residual"].architecture
    if wide:
        network = set_parameters(network, "residual_block_1", {"filters": 48})
    (run.folder / "architecture.json").write_text(to_text(Document("small", network)))
    return run


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def look(page: Page, name: str) -> None:
    """Leaves pictures of the page in the folder that LOOK names, for a person to look at."""
    if folder := os.environ.get("LOOK"):
        for theme in ("light", "dark"):
            look_in(page, theme)
            for width in (1440, 1024):
                page.set_viewport_size({"width": width, "height": 900})
                page.locator(READY).wait_for(state="attached")
                page.wait_for_timeout(1_000)
                page.screenshot(path=f"{folder}/{name}-{theme}-{width}.png")
        page.set_viewport_size({"width": 1440, "height": 900})


def test_runs_are_compared_against_a_baseline_and_saved(
    page: Page, server: AppServer, app_home: Path, tmp_path: Path
) -> None:
    runs = [finished(app_home, 4), finished(app_home, 6, wide=True)]
    visit(page, f"{server.url}/runs")
    for run in runs:
        page.locator(f'tr[data-run="{run.id}"]').get_by_role("checkbox").check()
    heads = page.locator(".cs-differences thead th")
    expect(heads).to_have_text(["What differs", "ASmall residualbaseline", "BSmall residual"])
    chart = page.locator(".cs-chart").first
    expect(chart).to_have_attribute("data-points", "20")  # validation and training, 4 and 6 epochs
    expect(chart.locator(".cs-chart-note")).to_have_text("validation; dashed: training")
    drawn = chart.evaluate(
        """chart => chart.querySelector(".js-plotly-plot").data.map(
            ({ name, line }) => [name, line.dash])"""
    )
    assert drawn == [
        ["A Small residual", "solid"],
        ["A training", "dash"],
        ["B Small residual", "solid"],
        ["B training", "dash"],
    ]
    look(page, "runs")
    best = page.locator(".cs-differences tr", has_text="best epoch").locator("td")
    expect(best).to_have_text(["best epoch", "4", "6 +2"])
    page.get_by_role("combobox", name="Baseline").click()
    page.get_by_role("option", name="B Small residual").click()
    expect(best).to_have_text(["best epoch", "4 −2", "6"])
    saved = {}
    for ending in ("png", "svg", "csv"):
        with page.expect_download() as waited:
            chart.get_by_label("Save this chart").select_option(ending)
        saved[ending] = tmp_path / waited.value.suggested_filename
        waited.value.save_as(saved[ending])
    assert {path.name for path in saved.values()} == {"loss.png", "loss.svg", "loss.csv"}
    with Image.open(saved["png"]) as image:
        assert image.size == (1800, 1000)
        colors = image.convert("RGB").getcolors(1 << 24)
        assert colors is not None
        assert len(colors) > 20
    assert "B Small residual" in saved["svg"].read_text()
    head, *rows = rows_of(saved["csv"])
    assert head == ["epoch", *(name for name, _ in drawn)]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[5][1:3] == ["", ""]
    with page.expect_download() as waited:
        page.get_by_role("link", name="Save as CSV").click()
    table = rows_of(Path(waited.value.path()))
    assert table[0] == ["group", "name", "A Small residual", "B Small residual", "A against B"]
    assert ["network", "residual_block_1.filters"] in [row[:2] for row in table]


def test_a_mistake_leads_to_its_file(page: Page, server: AppServer, app_home: Path) -> None:
    run = finished(app_home, 3)
    rng = np.random.default_rng(0)
    true = rng.integers(0, 10, 80)
    scores = np.eye(10)[np.where(rng.random(80) < 0.3, rng.integers(0, 10, 80), true)] * 0.8
    judged = judge(scores, true, from_logits=False)
    images = rng.integers(0, 256, (80, 8, 8, 1)).astype(np.uint8)
    save(run.folder, evaluate(judged, images))
    files = [f"scans/of a rather long folder/patient_{n:03}.png" for n in range(80)]
    write_predictions(run.folder, judged, [*map(str, range(10))], np.arange(80), files)
    wrong = int(np.flatnonzero(judged.true != judged.chosen)[0])
    visit(page, f"{server.url}/train?run={run.id}")
    tile = page.locator(".cs-mistakes figure", has_text=files[wrong].rpartition("/")[2])
    expect(tile.locator(".cs-file")).to_have_attribute("title", files[wrong])
    expect(page.get_by_role("link", name="Predictions")).to_be_visible()
    page.get_by_role("combobox", name="Which images were taken").click()
    page.keyboard.type(f"{judged.true[wrong]} taken for {judged.chosen[wrong]}")  # a long list
    page.keyboard.press("Enter")
    expect(page.locator(".cs-files li", has_text=files[wrong])).to_be_visible()
    page.locator(".cs-files").scroll_into_view_if_needed()
    look(page, "mistakes")


def test_networks_are_compared_without_a_training(
    page: Page, server: AppServer, app_home: Path
) -> None:
    run = finished(app_home, 2, wide=True)
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    visit(page, f"{server.url}/?doc={document}")
    page.locator(".st-key-cs-menu button").click()
    page.get_by_role("button", name="Compare…").click()
    for choice, told in (
        (run.id[-4:], "1 block differs"),
        ("Template: ResNet-50", "blocks differ"),
    ):
        page.get_by_role("combobox", name="Compare with").click()
        page.keyboard.type(choice)
        page.keyboard.press("Enter")
        expect(page.locator(".cs-compared")).to_contain_text(told)
        look(page, f"networks-{choice[:3]}")
    page.get_by_role("combobox", name="Compare with").click()
    page.keyboard.type(run.id[-4:])
    page.keyboard.press("Enter")
    changed = page.locator(".cs-changed")
    expect(changed.locator("small")).to_have_text(["filters 32", "filters 48"])
    params = page.locator(".cs-network-figures tr", has_text="parameters").first.locator("td")
    expect(params.nth(1)).to_have_text("297,697")
    expect(params.nth(3)).to_contain_text("%")
    page.get_by_text("Only what differs").click()
    expect(page.locator(".st-key-cs-compare-only input")).to_be_checked()
    expect(page.locator(".cs-side tbody tr")).to_have_count(1)
    with page.expect_download() as waited:
        page.get_by_role("link", name="Save as CSV").click()
    rows = rows_of(Path(waited.value.path()))
    assert ["parameter", "filters", "32", "48", "yes"] in rows
