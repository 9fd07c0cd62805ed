"""The table of runs in a real browser, over runs that train nothing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from builder.runs.run_folder import list_runs
from tests.app_server import AppServer
from tests.components.fake_run import FakeRun
from tests.living_page import lent, visit

pytestmark = pytest.mark.browser

Make = Callable[[int], FakeRun]


@pytest.fixture
def page(context: BrowserContext, server: AppServer) -> Iterator[Page]:
    """A page that fails the test on an error of ours and on a request to any other host."""
    with lent(context, server.url, rest="/studies") as page:
        page.set_viewport_size({"width": 1024, "height": 768})
        yield page


@pytest.fixture
def make(app_home: Path) -> Make:
    """Makes a finished run."""

    def finished(epochs: int) -> FakeRun:
        with FakeRun(app_home, epochs=epochs, batches=4) as run:
            run.train()
            run.end()
        return run

    return finished


def row(page: Page, run: FakeRun) -> Locator:
    return page.locator(f'tr[data-run="{run.id}"]')


def test_a_row_shows_its_run_and_leads_to_it(page: Page, server: AppServer, make: Make) -> None:
    run = make(3)
    visit(page, f"{server.url}/runs")
    expect(row(page, run)).to_contain_text("Small residual")
    expect(row(page, run)).to_contain_text("Finished")
    points = row(page, run).locator("polyline").get_attribute("points") or ""
    assert len(points.split()) == 3, "one point of the sparkline for each epoch"
    link = row(page, run).get_by_role("link")
    assert link.get_attribute("href") == f"train?doc=small&run={run.id}"
    row(page, run).get_by_text("Finished").click()
    expect(page.locator(".cs-progress")).to_have_attribute("data-state", "finished")
    assert f"run={run.id}" in page.url


def test_a_run_moves_on_while_it_is_looked_at(
    page: Page, server: AppServer, app_home: Path
) -> None:
    visit(page, f"{server.url}/runs")
    with FakeRun(app_home, epochs=4, batches=4) as run:
        run.train(5)
        expect(row(page, run)).to_contain_text("Epoch 2 of 4")
        before = row(page, run).evaluate_handle("element => element")
        run.train(4)
        expect(row(page, run)).to_contain_text("Epoch 3 of 4")
        assert row(page, run).evaluate("(now, before) => now === before", before)
        run.train()
        run.end()
        expect(row(page, run)).to_contain_text("Finished")


def test_ticked_runs_are_compared_and_a_reload_of_the_data_keeps_the_ticks(
    page: Page, server: AppServer, make: Make
) -> None:
    runs = [make(epochs) for epochs in (2, 3, 4)]
    visit(page, f"{server.url}/runs")
    for run in runs:
        row(page, run).get_by_role("checkbox").check()
    heads = page.locator(".cs-differences thead th")
    expect(heads).to_have_text(
        ["What differs", "ASmall residualbaseline", "BSmall residual", "CSmall residual"]
    )
    expect(page.locator(".cs-chart-legend").first).to_have_text(
        re.compile(r"A Small residual \d\.\d+B Small residual \d\.\d+C Small residual \d\.\d+")
    )
    expect(page.locator(".cs-chart").first).to_have_attribute("data-points", "18")
    page.wait_for_timeout(3_000)  # a refresh comes by itself; nothing tells of it
    for run in runs:
        expect(row(page, run).get_by_role("checkbox")).to_be_checked()
    row(page, runs[0]).get_by_role("checkbox").uncheck()
    expect(row(page, runs[1]).locator(".badge")).to_have_text("A")
    expect(page.locator(".cs-chart").first).to_have_attribute("data-points", "14")


def test_runs_are_sorted_filtered_and_remarked_upon(
    page: Page, server: AppServer, make: Make, app_home: Path
) -> None:
    short, long = make(2), make(9)
    visit(page, f"{server.url}/train?doc=small&run={short.id}")
    note = page.get_by_label("Note")
    note.fill("wide first layer #paper #se")
    note.press("Enter")
    page.get_by_role("link", name="Runs", exact=True).click()
    names = page.locator("tbody tr:visible")
    expect(row(page, short)).to_contain_text("wide first layer")
    assert (app_home / "runs" / short.id / "note.txt").read_text().startswith("wide")
    best = page.get_by_role("button", name="Best", exact=True)
    best.click()
    expect(page.get_by_role("columnheader", name="Best")).to_have_attribute(
        "aria-sort", "descending"
    )
    expect(names.first).to_have_attribute("data-run", long.id)  # it has become better for longer
    best.click()
    expect(names.first).not_to_have_attribute("data-run", long.id)
    best.click()
    expect(names.first).to_have_attribute("data-run", max(short.id, long.id))
    row(page, short).get_by_role("button", name="#paper").click()
    expect(names).to_have_count(1)
    search = page.get_by_label("Filter runs")
    expect(search).to_have_value("#paper")
    search.fill("FIRST #se finished")
    expect(names).to_have_count(1)
    search.fill("no such run")
    expect(names).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^0 of \d+$"))).to_be_visible()
    search.fill("")
    expect(row(page, long)).to_be_visible()


def test_at_most_five_are_compared(page: Page, server: AppServer, make: Make) -> None:
    runs = [make(1) for _ in range(6)]
    visit(page, f"{server.url}/runs")
    for run in runs[:5]:
        row(page, run).get_by_role("checkbox").check()
    expect(row(page, runs[5]).get_by_role("checkbox")).to_be_disabled()
    row(page, runs[0]).get_by_role("checkbox").uncheck()
    expect(row(page, runs[5]).get_by_role("checkbox")).to_be_enabled()
    compared = page.locator(".st-key-cs-compare")
    # Four were compared on the way as well: with the first, and before all five.
    expect(compared.locator(".cs-chart-legend > span")).to_have_count(8)
    expect(compared.locator(f'[class*="{runs[4].id}"] .cs-chart-plot')).to_have_count(2)
    expect(compared.locator(f'[class*="{runs[0].id}"] .cs-chart-plot')).to_have_count(0)
    plots = page.locator(".st-key-cs-compare .cs-chart-plot")
    for width in range(1_000, 1_900, 20):
        page.set_viewport_size({"width": width, "height": 768})
        expect(plots).to_have_count(2)
        tops = plots.evaluate_all("plots => plots.map((plot) => plot.getBoundingClientRect().top)")
        assert tops[0] == tops[1], f"beside each other in a window of {width} pixels"


def test_a_deleted_run_comes_back(
    page: Page, server: AppServer, make: Make, app_home: Path
) -> None:
    run = make(1)
    visit(page, f"{server.url}/runs")
    row(page, run).hover()
    row(page, run).get_by_role("button", name=re.compile("^Delete")).click()
    expect(row(page, run)).to_have_count(0)
    assert run.id not in [known.id for known in list_runs(app_home)]
    page.get_by_role("button", name="Undo").click()
    expect(row(page, run)).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_run_that_trains_cannot_be_deleted(page: Page, server: AppServer, app_home: Path) -> None:
    with FakeRun(app_home) as run:
        run.train(2)
        visit(page, f"{server.url}/runs")
        remove = row(page, run).get_by_role("button", name=re.compile("^Delete"))
        expect(remove).to_be_disabled()
        expect(remove).to_have_attribute("title", "It is training: stop it first")
        run.end()


@pytest.mark.parametrize("path", ["runs", "train"])
def test_nothing_is_wider_than_the_page(
    page: Page, server: AppServer, make: Make, path: str
) -> None:
    run = make(2)
    visit(page, f"{server.url}/{path}" + (f"?run={run.id}" if path == "train" else ""))
    seen = page.locator("tr[data-run]" if path == "runs" else ".cs-chart[data-points]").first
    expect(seen).to_be_visible()
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 1024
