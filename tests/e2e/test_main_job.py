"""The main job, as a new user does it: stack blocks, see shapes, export, train, watch.

The training has all defaults: what a person trains first learns the digits.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from builder.runs.run_folder import Run, list_runs
from builder.training.settings import TrainingSettings
from tests.app_server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.keras]

DEFAULTS = TrainingSettings()


def test_the_main_job(page: Page, server: AppServer, home: Path, tmp_path: Path) -> None:
    page.goto(server.url)
    change_a_filter_count(page)
    add_squeeze_and_excitation_and_undo_it(page)
    script = export_the_code(page, tmp_path)
    take_the_change_back(page)
    make_the_input_small(page)
    assert heavy_packages(server) == set()
    train_on_the_digits(page)
    (run,) = list_runs(home)
    watch_the_curve_move(page, run)
    take_the_results(page, run, script)
    see_it_again_after_a_reload(page)


def change_a_filter_count(page: Page) -> None:
    """The small residual convnet is open; other filters change the shapes behind them."""
    select(page, "residual_block_2")
    expect(row(page, "residual_block_2")).to_contain_text("8×8×64")
    filters = page.get_by_role("spinbutton", name="filters", exact=True)
    filters.fill("48")
    filters.press("Enter")
    expect(row(page, "residual_block_2")).to_contain_text("8×8×48")
    expect(page.get_by_text("255,921").first).to_be_visible()


def add_squeeze_and_excitation_and_undo_it(page: Page) -> None:
    select(page, "residual_block_2")
    page.keyboard.press("/")
    page.keyboard.type("squeeze")
    page.keyboard.press("Enter")
    added = row(page, "squeeze_excitation_1")
    expect(added).to_contain_text("8×8×48")
    expect(rows(page)).to_have_count(8)
    expect(added).to_have_attribute("aria-selected", "true")
    added.focus()
    page.keyboard.press("Control+z")
    expect(added).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(added).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(rows(page)).to_have_count(7)


def export_the_code(page: Page, folder: Path) -> str:
    """What is copied, what is downloaded, and what runs later are the same network."""
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text("for filters, pooling in").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download", re.I)).first.click()
    target = folder / "exported.py"
    download.value.save_as(target)
    script = target.read_text(encoding="utf-8")
    assert "for filters, pooling in [(32, True), (48, True), (128, False)]:" in script
    return script


def take_the_change_back(page: Page) -> None:
    """What is trained has the template's filters."""
    row(page, "residual_block_2").focus()
    page.keyboard.press("Control+z")
    expect(row(page, "residual_block_2")).to_contain_text("8×8×64")


def make_the_input_small(page: Page) -> None:
    """The digits have 8×8 pixels: the default of 32×32 takes many times as long, and adds none."""
    select(page, "input_1")
    for name, shape in (("shape", "8×32×3"), ("shape 2", "8×8×3")):
        side = page.get_by_role("spinbutton", name=name, exact=True)
        side.fill("8")
        side.press("Enter")
        expect(row(page, "input_1")).to_contain_text(shape)
    expect(row(page, "residual_block_2")).to_contain_text("2×2×64")


def train_on_the_digits(page: Page) -> None:
    """The head does not fit ten classes: the page says so, mends it, and starts."""
    page.get_by_role("link", name="Train").click()
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_disabled()
    page.get_by_role("button", name="Set units of dense_1 to 10 and activation to softmax").click()
    expect(page.get_by_text("1,437 training images and 360 for validation")).to_be_visible()
    expect(start).to_be_enabled()
    start.click()
    expect(page.locator(".st-key-cs-stop button").first).to_be_visible()


def watch_the_curve_move(page: Page, run: Run) -> None:
    """Points arrive within an epoch, and a zoom stays while they do."""
    loss = page.locator("[data-points]").first
    wait_for_points(page, 5)
    assert state(run)["epoch"] == 1, "the curve moved only after the first epoch"
    before = points(loss)
    zoom(page, loss)
    shown = axis_range(loss)
    wait_for_points(page, before)
    assert axis_range(loss) == shown


def take_the_results(page: Page, run: Run, exported: str) -> None:
    expect(page.get_by_role("link", name=re.compile("Model"))).to_be_visible(timeout=600_000)
    assert state(run)["state"] == "finished"
    assert run.settings == DEFAULTS
    assert DEFAULTS.dataset == "digits"
    content: dict[str, str] = {}
    for name in ("History", "Script"):
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(name)).click()
        content[name] = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(content["History"])))
    assert len(rows) == DEFAULTS.epochs
    assert max(float(row["val_accuracy"]) for row in rows) > 0.97
    assert float(rows[-1]["val_accuracy"]) > 0.95
    assert 'layers.Dense(10, activation="softmax")' in content["Script"]
    assert function(content["Script"], "residual_block") == function(exported, "residual_block")
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_text("finished").first).to_be_visible()
    expect(page.get_by_text("small_residual").first).to_be_visible()


def see_it_again_after_a_reload(page: Page) -> None:
    """Another visit finds the same document and the same run."""
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("link", name=re.compile("Model"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Model"))).to_be_visible()


def rows(page: Page) -> Locator:
    return page.locator(".row")


def row(page: Page, node: str) -> Locator:
    return page.locator(f'.row[data-node-id="{node}"]')


def select(page: Page, node: str) -> None:
    """Clicks a row at its name, as its tools show further right; waits for its settings."""
    row(page, node).click(position={"x": 40, "y": 12})
    expect(row(page, node)).to_have_attribute("aria-selected", "true")
    # What was drawn before may still be there for a moment.
    expect(page.locator(f'.st-key-cs-inspector-name input[value="{node}"]')).to_be_visible()
    expect(page.locator(".st-key-cs-inspector")).not_to_have_attribute("inert", "")


def points(chart: Locator) -> int:
    return int(chart.get_attribute("data-points") or 0)


def wait_for_points(page: Page, more_than: int) -> None:
    page.wait_for_function(
        "n => Number(document.querySelector('[data-points]')?.dataset.points ?? 0) > n",
        arg=more_than,
    )


def zoom(page: Page, chart: Locator) -> None:
    """Drags a box over the middle of the plot."""
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7, steps=5)
    page.mouse.up()


def axis_range(chart: Locator) -> Any:
    plot = chart.locator(".js-plotly-plot").first
    return plot.evaluate("e => [e.layout.xaxis.range, e.layout.yaxis.range]")


def state(run: Run) -> dict[str, Any]:
    return json.loads((run.folder / "state.json").read_text(encoding="utf-8"))


def function(script: str, name: str) -> str:
    found = re.search(rf"^def {name}\(.*?(?=^\S)", script, re.S | re.M)
    assert found is not None
    return found.group()


def heavy_packages(server: AppServer) -> set[str]:
    """Which of the heavy packages the server's process has loaded, by its mapped libraries."""
    mapped: Iterator[str] = (
        m.path for m in psutil.Process(server.process.pid).memory_maps() if m.path
    )
    text = "\n".join(mapped)
    return {name for name in ("tensorflow", "jaxlib", "torch") if f"/{name}/" in text}
