"""Every page as axe-core sees it, in both themes: no violation of WCAG 2.2, levels A and AA."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.studies.conductor import conduct
from tests.app_server import AppServer
from tests.browser import THEMES, look_in
from tests.datasets.given import two_classes, zipped
from tests.living_page import visit
from tests.studies.fake_trainings import ask, stand_in

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def url(server: AppServer, app_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    stand_in(monkeypatch)
    conduct(ask(app_home, seeds=1).folder, 0)
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    return f"{server.url}/?doc={document}"


def settle(page: Page) -> None:
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator(".late:visible")).to_have_count(0)  # "Laying out…" fades in, and goes again


def look_at_a_block(page: Page) -> None:
    page.locator('.row[data-node-id="residual_block_2"] .name').click()
    settle(page)
    page.locator('.row[data-node-id="residual_block_2"] .fold').click()
    settle(page)


def look_at_exports(page: Page) -> None:
    page.get_by_role("tab", name="Export").click()
    settle(page)


def make_a_block(page: Page) -> None:
    look_at_a_block(page)
    page.get_by_role("button", name="Make a block…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)


def go_to(name: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.get_by_role("link", name=name).first.click()
        expect(page).to_have_title(f"{name} · Convstack")
        settle(page)

    return go


def ask_a_study(page: Page) -> None:
    page.get_by_role("button", name="Study").first.click()
    page.get_by_role("link", name="What is each part worth?").click()
    expect(page.locator(".cs-plan")).to_be_visible()
    settle(page)


def look_at_a_study(page: Page) -> None:
    go_to("Studies")(page)
    page.get_by_role("link", name="Ablation of").first.click()
    expect(page.locator(".cs-figure .main-svg").first).to_be_visible()
    settle(page)


def look_at_a_variant(page: Page) -> None:
    look_at_a_study(page)
    page.locator("[data-row='v001'] button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)


def look_at_own_images(page: Page) -> None:
    go_to("Train")(page)
    page.get_by_role("button", name="Your own images").click()
    members = two_classes() | {"red/notes.txt": b"no"}
    page.locator("input[type=file]").set_input_files(
        {"name": "set.zip", "mimeType": "application/zip", "buffer": zipped(members)}
    )
    expect(page.locator(".cs-own-preview figure")).to_have_count(6)
    settle(page)


SIGHTS = {
    "a block": look_at_a_block,
    "exports": look_at_exports,
    "a dialog": make_a_block,
    "Train": go_to("Train"),
    "images of one's own": look_at_own_images,
    "Runs": go_to("Runs"),
    "Studies": go_to("Studies"),
    "a new study": ask_a_study,
    "a study": look_at_a_study,
    "a variant": look_at_a_variant,
}


def violations(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    seen = Axe().run(page, options=options).response
    assert len(seen["passes"]) > 10, "it has looked"
    found: list[str] = []
    for violation in seen["violations"]:
        places = [str(node["target"][-1]) for node in violation["nodes"]]
        found.append(f"{violation['id']}: {', '.join(places[:5])}")
    return found


@pytest.mark.parametrize("sight", SIGHTS)
def test_no_page_has_a_violation(app_page: Page, url: str, sight: str) -> None:
    page = app_page
    visit(page, url)
    expect(page.locator('.row[data-node-id="dense_1"]')).to_be_visible()
    SIGHTS[sight](page)
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        look_in(page, theme)
        settle(page)
        found[theme] = violations(page)
    assert found == {"light": [], "dark": []}
