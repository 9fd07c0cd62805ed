"""Downloads of the Design page in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from tests.app_server import AppServer
from tests.browser import READY
from tests.living_page import visit

pytestmark = pytest.mark.browser

COUNT_CLICKS = """
window.clicks = 0;
const click = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () { window.clicks += 1; return click.call(this); };
"""
"""Counts the downloads that a script begins; a browser may hold the second one back."""

IN_MENU = "[data-testid=stPopoverBody]:focus, [data-testid=stPopoverBody] :focus"
"""What has the focus, where it is in a menu."""


def test_what_was_made_beside_the_page_is_downloaded_once(
    context: BrowserContext, server: AppServer, app_home: Path
) -> None:
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    page = context.new_page()
    page.set_default_timeout(60_000)
    begun: list[str] = []
    page.on("download", lambda download: begun.append(download.suggested_filename))
    page.add_init_script(COUNT_CLICKS)
    page.goto(f"{server.url}/?doc={document}")
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download .svg").click()
    assert caught.value.path().read_bytes().startswith(b"<?xml")
    link = page.get_by_role("link", name="small_residual.svg")
    expect(link).to_be_visible()
    page.get_by_role("tab", name="Code").click()
    expect(link).not_to_be_visible()
    page.get_by_role("tab", name="Export").click()
    expect(link).to_be_visible()
    page.wait_for_selector(READY, state="attached")
    assert page.evaluate("window.clicks") == 1
    with page.expect_download():
        link.click()
    assert begun == ["small_residual.svg"] * 2, "one by itself, one by the link"
    page.close()


def test_a_press_in_the_moment_of_a_redrawing_downloads_as_well(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    """The page is what it was before the edits, as on a slow line: nothing reaches it any more."""
    workspace = Workspace(app_home)
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    page = app_page
    visit(page, f"{server.url}/?doc={document}")
    page.get_by_role("tab", name="Export").click()
    names = ("py", "ipynb", "json", "dot")
    links = [page.get_by_role("link", name=f"Download .{ending}", exact=True) for ending in names]
    for link in links:
        expect(link).to_be_visible()
    page.wait_for_selector(READY, state="attached")
    addresses = [link.get_attribute("href") for link in links]
    total = page.locator(".cs-fact b").first
    shown = total.text_content()
    for filters in (48, 96):
        workspace.edit(
            document,
            lambda a, n=filters: edits.set_parameters(a, "residual_block_2", {"filters": n}),
        )
        expect(total).not_to_have_text(shown or "")
        shown = total.text_content()
        page.wait_for_selector(READY, state="attached")
    for ending, link, address in zip(names, links, addresses, strict=True):
        assert link.get_attribute("href") != address
        link.evaluate("(link, address) => link.setAttribute('href', address)", address)
        with page.expect_download() as caught:
            link.click()
        assert caught.value.suggested_filename == f"small_residual.{ending}"
        assert caught.value.path().stat().st_size > 500


def test_the_menu_closes_when_its_download_is_chosen(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    page = app_page
    visit(page, f"{server.url}/?doc={document}")
    page.locator(".st-key-cs-menu button").first.click()
    item = page.get_by_test_id("stPopoverBody").get_by_role("link", name="Download JSON")
    expect(item).to_be_visible()
    # A menu takes the focus a moment after it is drawn.
    expect(page.locator(IN_MENU)).to_have_count(1)
    page.keyboard.press("End")
    expect(item).to_be_focused()
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    assert caught.value.suggested_filename == "small_residual.json"
    expect(item).to_have_count(0)
