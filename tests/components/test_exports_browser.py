"""The Export tab in a real browser: that a download begins by itself, and once."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from tests.app_server import AppServer
from tests.browser import READY

pytestmark = pytest.mark.browser

COUNT_CLICKS = """
window.clicks = 0;
const click = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () { window.clicks += 1; return click.call(this); };
"""
"""Counts the downloads that a script begins; a browser may hold the second one back."""


def test_what_was_made_beside_the_page_is_downloaded_once(
    browser: Browser, server: AppServer, app_home: Path
) -> None:
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    page = browser.new_page()
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
