"""Starting Chromium for the tests that look at real pages."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import ImageColor
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    WebSocketRoute,
    expect,
    sync_playwright,
)

from builder.codegen.diagram.colors import BACKGROUND, ThemeName

READY = '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
"""What Streamlit's page looks like when nothing is going on."""

THEMES: tuple[ThemeName, ...] = ("light", "dark")
SITE = "http://localhost/"
"""What Chromium takes all apps on this machine for, whatever their ports."""

MISSING = (
    "no browser for the tests: `make test` installs one; "
    "else run `playwright install chromium`, or name one in CHROMIUM"
)
_IN_THEME = """theme => {
    const roots = [document];
    for (const root of roots)
        for (const element of root.querySelectorAll("*"))
            if (element.shadowRoot) roots.push(element.shadowRoot);
    const own = roots.flatMap((root) => [...root.querySelectorAll("[data-theme]")]);
    const changing = roots.flatMap((root) => root.getAnimations()).filter(
        (change) => change instanceof CSSTransition && change.playState === "running");
    return own.every((element) => element.dataset.theme === theme) && changing.length === 0;
}"""
_POLICY = "Content Security Policy"
"""What Chromium's words for something that a page may not load contain."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",
)
_shared = ExitStack()
_browser: Browser | None = None
_visitors: dict[str, BrowserContext] = {}
kept_open: set[Page] = set()
"""Pages that outlive a test; see `tests.living_page`."""
_users = 0
_playwright: Playwright | None = None

expect.set_options(timeout=30_000)  # a busy machine is no failure


@contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """Starts Chromium: the one named in CHROMIUM, the system's, or Playwright's own.

    The headless shell, which Playwright takes of its own two as well, draws the same pages with a
    fifth less of the processor, as nothing of a window is behind them.

    Args:
        whole: Whether what a person uses is preferred, for figures and pictures of it.
    """
    names = ("chromium-headless-shell", "chromium")
    found = [path for name in names if (path := shutil.which(name))]
    path = os.environ.get("CHROMIUM") or next(iter(found[::-1] if whole else found), None)
    with _shared_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        except Error:
            pytest.fail(MISSING, pytrace=False)
        try:
            yield browser
        finally:
            browser.close()


def shared_browser() -> Browser:
    """The Chromium of all tests of this process; `close_shared` ends it."""
    global _browser
    if _browser is None:
        _browser = _shared.enter_context(chromium())
    return _browser


@contextmanager
def shared_visitor(**options: Any) -> Iterator[BrowserContext]:
    """A visitor of the shared Chromium, the same one for the same options.

    What one test's pages have loaded and compiled, the next test's pages have already. No page of a
    test outlives it, but for those of `kept_open`.
    """
    key = repr(sorted(options.items()))
    if key not in _visitors:
        _visitors[key] = _shared.enter_context(visitor(shared_browser(), **options))
    context = _visitors[key]
    context.clear_cookies(name="convstack-views")  # each test sees the page as at a first visit
    yield context
    for page in context.pages[1:]:  # the first keeps the process
        if page not in kept_open:
            page.close()


def close_shared() -> None:
    """Ends the shared Chromium: while Playwright is up, no test can run an event loop."""
    global _browser
    _visitors.clear()
    kept_open.clear()
    _browser = None
    _shared.close()


@contextmanager
def visitor(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A visitor whose pages open in half the time from the second on, as they share a process.

    An empty page of the same site, which a server never sees, keeps that process, and in it what
    Chromium has compiled of Streamlit's scripts.

    Args:
        browser: Chromium.
        options: What `new_context` takes.
    """
    context = browser.new_context(**options)
    keeper = context.new_page()
    keeper.route(SITE, lambda route: route.fulfill(body="", content_type="text/html"))
    keeper.goto(SITE)
    yield context
    context.close()


def silenceable(page: Page) -> Callable[[], None]:
    """Makes a page's server able to fall silent: what it sends then reaches the page no more.

    Returns:
        Silences the server; to be called once the page is there.
    """
    is_silent = False

    def connect(browser_side: WebSocketRoute) -> None:
        server_side = browser_side.connect_to_server()
        server_side.on_message(lambda sent: None if is_silent else browser_side.send(sent))

    def silence() -> None:
        nonlocal is_silent
        is_silent = True

    page.route_web_socket("**/_stcore/stream", connect)
    return silence


def look_in(page: Page, theme: ThemeName) -> None:
    """Has the person prefer a theme, and waits until every color has come."""
    page.emulate_media(color_scheme=theme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground(theme))
    page.locator(READY).wait_for(state="attached")
    page.wait_for_function(_IN_THEME, arg=theme)


def ground(theme: ThemeName) -> str:
    """The background of a page in a theme, as a browser writes it."""
    return "rgb({}, {}, {})".format(*ImageColor.getrgb(BACKGROUND[theme]))


@contextmanager
def watched(page: Page, url: str) -> Iterator[Page]:
    """Watches a page as `watching` does, and closes it."""
    page.set_default_timeout(60_000)
    with watching(page, url), closing(page):
        yield page


@contextmanager
def watching(page: Page, url: str) -> Iterator[None]:
    """Fails the test on an error of ours in a page, or a request elsewhere.

    An error is also what the page's Content-Security-Policy does not allow.

    Args:
        page: What the test drives.
        url: The app's address.
    """
    problems: list[str] = []
    requested: list[str] = []
    with (
        listening(page, "pageerror", lambda error: problems.append(str(error))),
        listening(
            page, "console", lambda line: problems.extend([line.text] * (_POLICY in line.text))
        ),
        listening(page, "request", lambda request: requested.append(request.url)),
    ):
        yield
    hosts = {urlsplit(asked).netloc for asked in requested if asked.startswith(("http", "ws"))}
    assert hosts <= {urlsplit(url).netloc}
    assert problems == []


@contextmanager
def listening(page: Page, event: Any, listener: Callable[[Any], None]) -> Iterator[None]:
    """Hears of what happens in a page, for a while."""
    page.on(event, listener)
    yield
    page.remove_listener(event, listener)


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
