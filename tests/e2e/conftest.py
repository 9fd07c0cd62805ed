"""The real app in a real browser, with a data folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.app_server import ROOT, AppServer, running
from tests.browser import watched


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with running(ROOT / "app.py", tmp_path_factory.mktemp("main-job") / "home") as app:
        yield app


@pytest.fixture
def home(server: AppServer) -> Path:
    """The app's data folder."""
    return server.log.with_name("home")


@pytest.fixture
def page(browser: Browser, server: AppServer) -> Iterator[Page]:
    """A new visitor's page; a script error, or a request to any other host, fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    with watched(context.new_page(), server.url) as page:
        yield page
    context.close()
