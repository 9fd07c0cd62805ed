"""Starting Chromium for the tests that look at real pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

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
