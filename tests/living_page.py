"""Pages that live on from test to test, as a person's page does from document to document.

Loading the app takes a second of a core and more. A page that is there already shows the next
address within the app, as Back and Forward do, in a quarter of that. Between two tests it rests on
a page without a board: what the views keep while they are shown is gone with them.

A test that leaves behind what cannot be taken back for sure, or that fails, costs the page its
life. One that holds back the server, adds scripts or styles to the page, or counts what is loaded
takes a page of its own: `watched(context.new_page(), url)`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, ViewportSize
from playwright.sync_api import TimeoutError as LateError

from tests.browser import READY, kept_open, watching

_GO = """address => new Promise((tell) => {
    const late = Date.now() + 15_000;
    let moves = 0;
    const observer = new MutationObserver(() => { moves += 1; });
    observer.observe(document.body, { subtree: true, childList: true });
    const look = () => {
        const { testScriptState } = document.querySelector('[data-testid="stApp"]').dataset;
        const drawn = document.querySelector('header a[aria-current="page"]');
        const isThere = !drawn || new URL(drawn.href).pathname === location.pathname;
        const isDrawn = moves > 0 && isThere && testScriptState === "notRunning";
        if (!isDrawn && Date.now() < late) return setTimeout(look, 20);
        observer.disconnect();
        tell(isDrawn);
    };
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
    look();
})"""
"""Goes to an address within the app; tells whether the script has drawn it."""

_SHOW_FIRST_VIEWS = """async () => {
    const shown = () => document.documentElement.dataset.csViews ?? "Stack Canvas";
    const hosts = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    const root = hosts.map((host) => host.shadowRoot).find((each) => each?.querySelector(".board"));
    if (!root || root.querySelectorAll(".views [role=tab]").length === 2) return true;
    for (const name of ["Canvas", "One view", "Stack", "Split"]) {
        if (shown() === "Stack Canvas") break;
        const named = ({ title, textContent }) => `${title} ${textContent}`.trim().startsWith(name);
        [...root.querySelectorAll(".views button")].find(named)?.click();
        await new Promise((drawn) => setTimeout(drawn));
    }
    return shown() === "Stack Canvas";
}"""
"""Shows the views of a first visit again, which the server's session remembers as well."""

_IS_LEFT_OPEN = """() => document.querySelector(`[role=dialog], [data-testid=stPopoverBody],
    [data-testid=stToast], .st-key-cs-deleted button`) !== null"""
"""Whether something stands there that would still stand there for the next test."""

_IS_BARE = """() => !document.querySelector(".st-key-cs-main")
    && ![...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
        .some((host) => host.shadowRoot?.querySelector(".board"))"""
"""Whether no board is there, nor a place for one."""

_MOST_TESTS = 40
"""After so many a page makes room for a new one, with the memory that it has taken."""

_idle: dict[tuple[object, ...], list[Page]] = {}
"""Those that wait, by what `lent` was asked for."""
_sound: set[Page] = set()
_served: dict[Page, int] = {}


@contextmanager
def lent(
    context: BrowserContext,
    url: str,
    *,
    rest: str = "/runs",
    make: Callable[[BrowserContext], Page] = BrowserContext.new_page,
) -> Iterator[Page]:
    """Lends a page for one test, and watches it until it rests again.

    Args:
        context: The visitor, shared between tests.
        url: The app's address.
        rest: Where the page waits for the next test; not where a test's pages are.
        make: Opens a page where none waits.
    """
    idle = _idle.setdefault((context, url, rest, make), [])
    idle[:] = [page for page in idle if page in kept_open]
    page = idle.pop() if idle else make(context)
    kept_open.add(page)
    _sound.add(page)
    _served[page] = _served.get(page, 0) + 1
    page.set_default_timeout(60_000)
    size = page.viewport_size
    is_ready = False
    try:
        with watching(page, url):
            yield page
            if page in _sound and _served[page] < _MOST_TESTS:
                with suppress(Error):
                    is_ready = _rests(page, url + rest, size)
            if not is_ready:
                page.close()
        if is_ready:
            idle.append(page)
    finally:
        if page not in idle:
            kept_open.discard(page)
            _served.pop(page)


def visit(page: Page, address: str) -> None:
    """Goes to another address of the app that a page shows, else loads the app there."""
    is_open = urlsplit(page.url).netloc == urlsplit(address).netloc
    if not (is_open and page.evaluate(_GO, address)):
        page.goto(address)


def spoil() -> None:
    """A test has failed: the pages that it has are not lent again."""
    _sound.clear()


def _rests(page: Page, address: str, size: ViewportSize | None) -> bool:
    """Brings a page to where it waits; returns whether nothing is left of the test.

    Args:
        page: What the test has driven.
        address: Where it waits.
        size: Its window at first.
    """
    if page.url == "about:blank" or page.url.startswith(address):
        return False
    page.unroute_all(behavior="ignoreErrors")
    page.mouse.move(0, 0)
    page.mouse.up()
    page.emulate_media(color_scheme="light")
    if size and page.viewport_size != size:
        page.set_viewport_size(size)
    if page.evaluate(_IS_LEFT_OPEN):
        page.keyboard.press("Escape")
        with suppress(LateError):
            page.wait_for_function(f"() => !({_IS_LEFT_OPEN})()", timeout=1_000)
    if page.evaluate(_IS_LEFT_OPEN) or not page.evaluate(_SHOW_FIRST_VIEWS):
        return False
    page.locator(READY).wait_for(state="attached")
    visit(page, address)
    page.wait_for_function(_IS_BARE)
    page.evaluate("sessionStorage.clear()")
    return True
