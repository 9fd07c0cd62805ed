"""The live views in a real browser, on a run that is written while they watch."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.app_server import AppServer
from tests.browser import READY, silenceable
from tests.components.fake_run import FakeRun
from tests.living_page import visit

pytestmark = pytest.mark.browser

ZOOMED = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"


def show(page: Page, server: AppServer, run: FakeRun) -> None:
    visit(page, f"{server.url}/?run={run.id}")
    page.wait_for_selector(READY)


def wait_for_points(page: Page, least: int, chart: int = 0) -> int:
    """Waits until a chart has drawn so many points."""
    page.wait_for_function(
        "([index, least]) => Number(document.querySelectorAll('.cs-chart')[index]"
        "?.dataset.points ?? -1) >= least",
        arg=[chart, least],
    )
    return int(page.locator(".cs-chart").nth(chart).get_attribute("data-points") or 0)


def zoom(page: Page) -> list[float]:
    """Draws a frame in the first chart with the mouse and gives the range that it shows then."""
    box = page.locator(".cs-chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="reset zoom").first).to_be_enabled()
    return page.evaluate(ZOOMED)


def line_colors(page: Page) -> list[str]:
    script = "() => document.querySelector('.js-plotly-plot').data.map((line) => line.line.color)"
    return page.evaluate(script)


def test_a_chart_without_a_line_says_what_it_waits_for(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    with FakeRun(live_home, epochs=3, batches=20) as run:
        show(page, live_server, run)
        rate = page.locator(".cs-chart").last.locator(".cs-chart-note")
        expect(rate).to_have_text("waiting for the first batch")
        run.train(5)
        expect(rate).to_have_text("waiting for the end of an epoch")
        run.end("failed", "The disk is full")
        expect(rate).to_have_text("no values")


def test_curves_grow_while_a_run_trains(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    with FakeRun(live_home, epochs=3, batches=20) as run:
        show(page, live_server, run)
        progress = page.locator(".cs-progress")
        expect(progress).to_have_attribute("data-state", "starting")
        expect(progress).to_contain_text("importing Keras")
        expect(page.locator(".cs-chart").first).to_contain_text("waiting for the first batch")

        xla = "XLA compiles the training step, once"
        run.state("running", epoch=1, preparing=xla)
        expect(progress).to_contain_text(f"epoch 1 of 3 · batch 0 of 20 · {xla}")

        run.train(5)
        assert wait_for_points(page, 5) == 5
        expect(progress).to_contain_text("Training")
        expect(progress).not_to_contain_text("XLA")
        expect(progress).to_contain_text("epoch 1 of 3 · batch 5 of 20")
        expect(progress.get_by_label("Load")).to_have_text(
            "GPU 87 %, 8.1 GB of 24 GB · CPU 47 % of 8 cores · memory 2.4 GB · "
            "machine 12 GB of 64 GB"
        )
        run.train(12)
        assert wait_for_points(page, 17) == 17, "the curve moves during an epoch"
        expect(progress).to_contain_text("batch 17 of 20")
        run.train()
        assert wait_for_points(page, 63) == 63  # 60 batches and 3 epochs
        assert wait_for_points(page, 63, chart=1) == 63
        expect(page.locator(".cs-chart").first).to_have_attribute("data-best", "3")
        expect(page.locator(".cs-chart .annotation-text").first).to_contain_text("best 0.")
        expect(page.locator(".cs-log")).to_contain_text("epoch 3 batch 19")

        expect(page.get_by_text("script runs: 1, ended: False")).to_be_visible()
        run.end()
        expect(progress).to_have_attribute("data-state", "finished")
        expect(progress).to_contain_text("took 2 min 05 s")
        expect(progress.get_by_label("Load")).to_have_text("memory up to 2.5 GB")
        expect(page.get_by_text("script runs: 2, ended: True")).to_be_visible()
        page.get_by_role("link", name="Other").click()
        expect(page.get_by_text("Another page")).to_be_visible()
        page.go_back()
        expect(progress).to_have_attribute("data-state", "finished")
        page.wait_for_timeout(1_000)  # nothing can be waited for: a rerun too many must not come
        expect(page.get_by_text("script runs: 3")).to_be_visible()
        words = page.locator(".cs-chart .cs-sr").first
        expect(words).to_contain_text("Loss: training 0.")
        expect(words).to_contain_text("at epoch 3.0; validation 0.")


def test_a_run_that_has_ended_is_shown_without_a_rerun_too_many(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    with FakeRun(live_home, epochs=2, batches=5) as run:
        run.train()
        run.end("failed", "out of memory; choose a smaller batch")
        show(page, live_server, run)
        expect(page.locator(".cs-progress")).to_have_attribute("data-state", "failed")
        expect(page.locator(".cs-progress")).to_contain_text("choose a smaller batch")
        assert wait_for_points(page, 12) == 12
        expect(page.get_by_text("script runs: 2")).to_be_visible()


def test_zoom_stays_over_updates_reruns_and_pages(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    with FakeRun(live_home, epochs=4, batches=20) as run:
        run.train(40)
        show(page, live_server, run)
        wait_for_points(page, 42)
        chosen = zoom(page)
        assert 0 < chosen[0] < chosen[1] < 3

        run.train(20)
        page.wait_for_function(
            "() => Number(document.querySelector('.cs-chart').dataset.received) >= 63"
        )
        page.wait_for_timeout(400)  # the drawing that follows
        assert page.evaluate(ZOOMED) == chosen

        page.get_by_role("button", name="Rerun").click()
        expect(page.get_by_text("script runs: 2")).to_be_visible()
        assert page.evaluate(ZOOMED) == chosen

        page.get_by_role("link", name="Other").click()
        expect(page.get_by_text("Another page")).to_be_visible()
        page.go_back()
        wait_for_points(page, 1)
        assert page.evaluate(ZOOMED) == chosen

        page.get_by_role("button", name="reset zoom").first.click()
        page.wait_for_function(f"() => ({ZOOMED})()[0] === 0")
        assert wait_for_points(page, 63) == 63


def test_charts_of_a_run_share_one_connection(
    fresh_page: Page, live_server: AppServer, live_home: Path
) -> None:
    page = fresh_page
    connections: list[str] = []
    page.on(
        "request",
        lambda request: connections.append(request.url) if "/events?" in request.url else None,
    )
    with FakeRun(live_home) as run:
        run.train(20)
        show(page, live_server, run)
        wait_for_points(page, 21, chart=1)
        page.get_by_role("button", name="Rerun").click()
        expect(page.get_by_text("script runs: 2")).to_be_visible()
    assert len(connections) == 1


def test_plotly_is_loaded_once(fresh_page: Page, live_server: AppServer, live_home: Path) -> None:
    page = fresh_page
    scripts: list[str] = []
    page.on(
        "request",
        lambda request: scripts.append(request.url) if "plotly.min" in request.url else None,
    )
    with FakeRun(live_home) as run:
        run.train(20)
        show(page, live_server, run)
        wait_for_points(page, 21, chart=1)
    assert len(scripts) == 1


def test_a_lost_connection_is_said_and_mended(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    refusing = True

    def answer(route: Route) -> None:
        if refusing:
            route.fulfill(status=403, body="no")
        else:
            route.continue_()

    with FakeRun(live_home, epochs=2, batches=10) as run:
        run.train(10)
        page.route("**/events?*", answer)
        show(page, live_server, run)
        expect(page.locator(".cs-progress")).to_contain_text("connection lost, retrying")
        expect(page.locator(".cs-chart").first).to_contain_text("connection lost, retrying")
        refusing = False
        wait_for_points(page, 11)
        expect(page.locator(".cs-chart").first).not_to_contain_text("connection lost")


def test_the_theme_is_followed_without_a_rerun(
    fresh_page: Page, live_server: AppServer, live_home: Path
) -> None:
    page = fresh_page
    silence = silenceable(page)
    with FakeRun(live_home) as run:
        run.train(20)
        show(page, live_server, run)
        wait_for_points(page, 21)
        silence()
        assert line_colors(page) == ["rgb(0, 114, 178)", "rgb(213, 94, 0)"]
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            "() => document.querySelector('.js-plotly-plot').data[0].line.color"
            " === 'rgb(86, 180, 233)'"
        )
        assert line_colors(page) == ["rgb(86, 180, 233)", "rgb(245, 140, 66)"]


def test_logarithm_and_smoothing(page: Page, live_server: AppServer, live_home: Path) -> None:
    with FakeRun(live_home) as run:
        run.train(20)
        show(page, live_server, run)
        wait_for_points(page, 21)
        page.get_by_role("button", name="log").first.click()
        page.wait_for_function(
            "() => document.querySelector('.js-plotly-plot').layout.yaxis.type === 'log'"
        )
        expect(page.get_by_role("button", name="log").first).to_have_attribute(
            "aria-pressed", "true"
        )
        page.get_by_role("slider", name="Smoothing").first.fill("0.8")
        page.wait_for_function("() => document.querySelector('.js-plotly-plot').data.length === 3")
        assert wait_for_points(page, 21) == 21, "a smoothed line adds no points"


def test_a_long_run_is_drawn_with_its_extremes(
    page: Page, live_server: AppServer, live_home: Path
) -> None:
    with FakeRun(live_home, epochs=1, batches=9_000) as run:
        run.fill(9_000, spike_at=4_321)
        show(page, live_server, run)
        drawn = wait_for_points(page, 2)
        assert drawn <= 2_000
        assert page.evaluate(
            "() => Math.max(...document.querySelector('.js-plotly-plot').data[0].y)"
        ) == pytest.approx(9.0)


def test_a_picture_that_is_asked_for_before_the_chart_is_drawn_comes_when_it_is(
    fresh_page: Page, live_server: AppServer, live_home: Path
) -> None:
    page = fresh_page
    held: list[Route] = []
    page.route("**/plotly.min.js*", lambda route: held.append(route))
    downloads: list[str] = []
    page.on("download", lambda download: downloads.append(download.suggested_filename))
    with FakeRun(live_home, epochs=2, batches=4) as run:
        run.train()
        run.end()
        show(page, live_server, run)
        chart = page.locator(".cs-chart").first
        chart.get_by_label("Save this chart").select_option("png")
        assert held
        assert downloads == []
        with page.expect_download() as waited:
            for route in held:
                route.continue_()
        assert waited.value.path().read_bytes().startswith(b"\x89PNG")
        assert waited.value.suggested_filename == "loss.png"
