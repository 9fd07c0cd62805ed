"""Starting Chromium for the tests that look at real pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

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


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts Chromium: the one named in CHROMIUM, the system's, or Playwright's own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        except Error:
            pytest.fail(MISSING, pytrace=False)
        try:
            yield browser
        finally:
            browser.close()
