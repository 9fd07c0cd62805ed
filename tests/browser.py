"""Starting Chromium for the tests that look at real pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

READY = '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
"""What Streamlit's page looks like when nothing is going on."""

MISSING = (
    "no browser for the tests: `make test` installs one; "
    "else run `playwright install chromium`, or name one in CHROMIUM"
)
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_users = 0
_playwright: Playwright | None = None

expect.set_options(timeout=30_000)  # a busy machine is no failure


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts Chromium: the one named in CHROMIUM, the system's, or Playwright's own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with _shared_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        except Error:
            pytest.fail(MISSING, pytrace=False)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(page: Page, url: str) -> Iterator[Page]:
    """Fails the test on an error of ours in a page, and on a request to any other host; closes it.

    Args:
        page: What the test drives.
        url: The app's address.
    """
    page.set_default_timeout(60_000)
    problems: list[str] = []
    requested: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: requested.append(request.url))
    yield page
    page.close()
    hosts = {urlsplit(asked).netloc for asked in requested if asked.startswith(("http", "ws"))}
    assert hosts <= {urlsplit(url).netloc}
    assert problems == []


@contextmanager
def _shared_playwright() -> Iterator[Playwright]:
    """Starts Playwright once: a thread can hold one only, however many browsers it needs."""
    global _users, _playwright
    if _playwright is None:
        _playwright = sync_playwright().start()
    _users += 1
    try:
        yield _playwright
    finally:
        _users -= 1
        if _users == 0:
            _playwright.stop()
            _playwright = None
