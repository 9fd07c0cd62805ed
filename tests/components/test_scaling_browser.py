"""The scaling dialog in a real browser: where the reason of a refused factor stands."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from tests.app_server import AppServer
from tests.browser import READY
from tests.living_page import visit

pytestmark = pytest.mark.browser

PLACES = """() => [...document.querySelectorAll(".st-key-cs-scale-factors input, .cs-scale-hint")]
    .map((element) => element.getBoundingClientRect())
    .map(({x, y, width, height}) => [x, y, width, height].map(Math.round))"""


@pytest.fixture
def address(server: AppServer, app_home: Path) -> str:
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    return f"{server.url}/?doc={document}"


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_reason_stands_below_its_field_and_moves_nothing(
    app_page: Page, address: str, width: int
) -> None:
    app_page.set_viewport_size({"width": width, "height": 900})
    visit(app_page, address)
    _look(app_page)


def _look(page: Page) -> None:
    page.locator(".st-key-cs-menu button").click()
    page.get_by_role("button", name="Scale…").click()
    phi = page.get_by_role("textbox", name="φ")
    expect(page.get_by_role("button", name="Apply")).to_be_enabled()
    expect(page.get_by_role("textbox", name="γ")).to_be_visible()
    page.locator(READY).wait_for(state="attached")  # the dialog may still be being drawn
    before = page.evaluate(PLACES)
    phi.fill("abc")
    phi.press("Enter")
    reason = page.locator(".cs-field-error")
    expect(reason).to_contain_text("received 'abc'")
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    page.locator(READY).wait_for(state="attached")
    assert page.evaluate(PLACES) == before
    field, below = phi.bounding_box(), reason.bounding_box()
    assert field is not None
    assert below is not None
    assert 0 <= below["y"] - field["y"] - field["height"] < 10
    assert below["x"] + below["width"] <= field["x"] + field["width"] + 2
    following = page.get_by_role("textbox", name="γ").bounding_box()
    assert following is not None
    assert below["y"] + below["height"] <= following["y"]
