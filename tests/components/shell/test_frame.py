"""The frame around the pages, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from components import routes, scripts
from tests.app_server import AppServer, running
from tests.browser import READY
from tests.components.conftest import LIVE_APP
from tests.components.fake_run import FakeRun

pytestmark = pytest.mark.browser


def test_a_page_that_raises_says_what_to_do(page: Page, live_server: AppServer) -> None:
    page.goto(f"{live_server.url}/broken")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("This page could not be drawn completely. Your work is saved.")
    expect(notice).to_contain_text("Reload the page")
    expect(page.get_by_text("Before the failure")).to_be_visible()
    expect(page.get_by_role("link", name="Live")).to_be_visible()
    shown = page.locator("body").inner_text()
    assert "secret detail" not in shown
    assert "Traceback" not in shown
    assert "KeyError: 'secret detail'" in live_server.log.read_text()


def test_an_error_meant_for_a_person_is_shown_as_it_stands(
    page: Page, live_server: AppServer
) -> None:
    page.goto(f"{live_server.url}/refused")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("conv_3: a 5×5 window does not fit a 4×4 input")
    expect(notice).to_contain_text("use padding='same'")


@pytest.mark.parametrize(
    ("scheme", "background", "convolution"),
    [
        ("light", "rgb(255, 255, 255)", "rgb(0, 114, 178)"),
        ("dark", "rgb(21, 24, 28)", "rgb(86, 180, 233)"),
    ],
)
def test_both_themes(
    page: Page, live_server: AppServer, scheme: str, background: str, convolution: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{live_server.url}/other")
    # READY alone will not do: Streamlit says so too before the page has been drawn at all.
    expect(page.get_by_test_id("stApp")).to_have_css("font-variant-numeric", "tabular-nums")
    page.wait_for_selector(READY)
    style = page.evaluate(
        """() => {
            const app = document.querySelector(".stApp");
            const probe = app.appendChild(document.createElement("i"));
            probe.style.color = "var(--cs-convolution)";
            return {
                background: getComputedStyle(app).backgroundColor,
                convolution: getComputedStyle(probe).color,
                outside: getComputedStyle(document.body).colorScheme,
                font: document.fonts.check("14px Inter"),
                numbers: getComputedStyle(app).fontVariantNumeric,
            };
        }"""
    )
    assert style == {
        "background": background,
        "convolution": convolution,
        "outside": scheme,
        "font": True,
        "numbers": "tabular-nums",
    }


def test_the_server_stops_while_a_run_is_watched(context: BrowserContext, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    page = context.new_page()
    with FakeRun(home) as run, running(LIVE_APP, home) as server:
        page.goto(f"{server.url}/?run={run.id}")
        expect(page.locator(".cs-progress")).to_have_attribute("data-connection", "open")
        server.process.terminate()
        server.process.wait(5)
        expect(page.locator(".cs-progress")).to_contain_text("connection lost, retrying")
        assert "without completing" not in server.log.read_text()
    page.close()


def test_every_sign_of_the_style_sheet_is_there() -> None:
    shell = Path(routes.__file__).parent / "shell"
    for level in ("error", "warning", "good", "info"):
        assert f'url("{scripts.ADDRESS}/shell/{level}.svg")' in (shell / "style.css").read_text()
        assert (shell / "assets" / f"{level}.svg").is_file()
