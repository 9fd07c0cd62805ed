"""The live views' own app in a real browser."""

import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from playwright.sync_api import BrowserContext, Page
from streamlit.components.v2 import manifest_scanner

from components import export_jobs
from tests.app_server import ROOT, AppServer, running
from tests.browser import shared_visitor, watched
from tests.living_page import lent

MISUSE = "not officially supported"
"""What Streamlit says of a callback that draws."""

LIVE_APP = Path(__file__).with_name("live_app.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what draws whole pages: each takes its second, and `make check` leaves them out."""
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item.module, "AppTest"):
            item.add_marker("page")


@pytest.fixture(autouse=True)
def _no_keras(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Keras is imported, Streamlit clears its session, a second, after every run of a page.

    The app's process never imports it, and other tests of this one may have.
    """
    if request.node.get_closest_marker("page"):
        monkeypatch.delitem(sys.modules, "keras", raising=False)


@pytest.fixture(scope="session", autouse=True)
def _installed_components() -> Iterator[None]:
    """Each new AppTest reads the metadata of all installed packages, most of a page test's time."""
    found = functools.cache(manifest_scanner.scan_component_manifests)
    with mock.patch.object(manifest_scanner, "scan_component_manifests", found):
        yield


@pytest.fixture(scope="session", autouse=True)
def _exports_go() -> Iterator[None]:
    """Where tests share the work, their processes end too abruptly to tidy up by themselves."""
    yield
    export_jobs._temporary().cleanup()


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """The visitor of most tests."""
    options = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    with shared_visitor(**options) as made:
        yield made


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `server`, to which each test adds documents and runs of its own."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def server(app_home: Path) -> Iterator[AppServer]:
    """The real app, without a worker that waits; one for all tests of this process.

    What Streamlit writes into its log about a misuse fails the last test.
    """
    with running(ROOT / "app.py", app_home) as app:
        yield app
    assert MISUSE not in app.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="session")
def live_server(live_home: Path) -> Iterator[AppServer]:
    with running(LIVE_APP, live_home) as app:
        yield app


@pytest.fixture
def page(context: BrowserContext, live_server: AppServer) -> Iterator[Page]:
    """A page that fails the test on an error of ours and on a request to any other host."""
    with lent(context, live_server.url, rest="/other") as page:
        yield page


@pytest.fixture
def fresh_page(context: BrowserContext, live_server: AppServer) -> Iterator[Page]:
    """The same, for a test that has to do with how the app is loaded."""
    with watched(context.new_page(), live_server.url) as page:
        yield page


@pytest.fixture
def app_page(context: BrowserContext, server: AppServer) -> Iterator[Page]:
    """A page of the real app that lives on; see `tests.living_page`."""
    with lent(context, server.url) as page:
        yield page
