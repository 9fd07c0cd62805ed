"""What an edit in the inspector makes of the board shows with the press, before it is made."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, WebSocketRoute, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from tests.app_server import AppServer
from tests.browser import READY
from tests.living_page import lent, visit

pytestmark = pytest.mark.browser

NODE = "conv2d_1"
PATIENCE_SECONDS = 20
TRUE_MS = 20_000
"""Longer than what is foreseen and does not come true stands."""


NOTE_SHAPES = """label => {
  window.shown_ = [];
  const note = () => window.shown_.push(label.textContent);
  new MutationObserver(note).observe(
    label, { childList: true, characterData: true, subtree: true });
}"""


class Mail:
    """What the page sends to its script; it may be kept back for a while."""

    def __init__(self) -> None:
        self.is_kept = False
        self._kept: list[Callable[[], None]] = []

    def connect(self, page: WebSocketRoute) -> None:
        """Stands between a page's socket and the server."""
        server = page.connect_to_server()

        def hand_on(message: str | bytes) -> None:
            if self.is_kept:
                self._kept.append(lambda: server.send(message))
            else:
                server.send(message)

        page.on_message(hand_on)

    def send(self) -> None:
        """Sends what was kept back."""
        self.is_kept = False
        while self._kept:
            self._kept.pop(0)()


_MAIL = Mail()


def page_with_mail(context: BrowserContext) -> Page:
    page = context.new_page()
    page.route_web_socket("**/_stcore/stream**", _MAIL.connect)
    return page


@pytest.fixture
def mail() -> Iterator[Mail]:
    yield _MAIL
    _MAIL.send()


@pytest.fixture
def document(app_home: Path) -> str:
    return Workspace(app_home).create(TEMPLATES["lenet5"].architecture)


@pytest.fixture
def page(context: BrowserContext, server: AppServer, mail: Mail, document: str) -> Iterator[Page]:
    """A page that shows the settings of the first convolution."""
    with lent(context, server.url, make=page_with_mail) as page:
        visit(page, f"{server.url}/?doc={document}")
        page.locator(f'.row[data-node-id="{NODE}"] .name').click()
        page.locator(f'.st-key-cs-inspector-name input[value="{NODE}"]').wait_for()
        page.locator(READY).wait_for(state="attached")
        yield page
        mail.send()


def field(page: Page, parameter: str) -> Locator:
    return page.locator(
        f'.st-key-cs-inspector [class*="st-key-cs-field-"][class*="-p-{parameter} "]'
    )


def shape(page: Page) -> Locator:
    return page.locator(f'.row[data-node-id="{NODE}"] .shape')


def saved(app_home: Path, document: str, parameter: str) -> object:
    nodes = Workspace(app_home).open(document).architecture.nodes
    return next(node.block.values()[parameter] for node in nodes if node.id == NODE)


def expect_saved(page: Page, app_home: Path, document: str, parameter: str, value: object) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while saved(app_home, document, parameter) != value and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert saved(app_home, document, parameter) == value
    page.locator(READY).wait_for(state="attached")


def asking(page: Page, value: object, act: Callable[[], object]) -> None:
    """Does what makes the browser ask what a value would change, and waits for the answer."""
    with page.expect_response(
        lambda answer: "/foresight?" in answer.url and f"value={value}" in answer.url
    ):
        act()


def test_presses_on_a_number_show_their_shapes_before_the_script_runs(
    page: Page, mail: Mail, app_home: Path, document: str
) -> None:
    plus = field(page, "filters").get_by_test_id("stNumberInputStepUp")
    expect(shape(page)).to_have_text("28×28×6")
    asking(page, 7, plus.hover)
    mail.is_kept = True
    asking(page, 8, plus.click)  # of the network as it is, with 6
    expect(shape(page)).to_have_text("28×28×7")
    assert saved(app_home, document, "filters") == 6, "the script has not heard of it"
    asking(page, 8, mail.send)  # and once more, of that with 7
    expect_saved(page, app_home, document, "filters", 7)
    expect(shape(page)).to_have_text("28×28×7")
    mail.is_kept = True
    plus.click()
    expect(shape(page)).to_have_text("28×28×8")
    mail.send()
    expect(field(page, "filters").get_by_test_id("stNumberInputField")).to_have_value("8")
    expect_saved(page, app_home, document, "filters", 8)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(shape(page)).to_have_text("28×28×7")


def test_a_typed_number_shows_with_enter_and_with_leaving_the_field(
    page: Page, mail: Mail, app_home: Path, document: str
) -> None:
    number = field(page, "filters").get_by_test_id("stNumberInputField")
    asking(page, 12, lambda: number.fill("12"))
    expect(shape(page)).to_have_text("28×28×6")
    mail.is_kept = True
    number.press("Enter")
    expect(shape(page)).to_have_text("28×28×12")
    mail.send()
    expect_saved(page, app_home, document, "filters", 12)
    number = field(page, "kernel_size").get_by_test_id("stNumberInputField")
    asking(page, 3, lambda: number.fill("3"))
    mail.is_kept = True
    number.press("Tab")
    assert saved(app_home, document, "kernel_size") == 5
    mail.send()
    expect_saved(page, app_home, document, "kernel_size", 3)


def test_a_field_that_is_left_as_it_was_shows_nothing(
    page: Page, mail: Mail, app_home: Path, document: str
) -> None:
    number = field(page, "filters").get_by_test_id("stNumberInputField")
    asking(page, 12, lambda: number.fill("12"))
    number.press("Enter")
    expect_saved(page, app_home, document, "filters", 12)
    expect(shape(page)).to_have_text("28×28×12")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(f'.row[data-node-id="{NODE}"] .name').click()
    theirs = field(other, "filters").get_by_test_id("stNumberInputField")
    expect(theirs).to_have_value("12")
    mail.is_kept = True  # so that the field goes on to show what was typed
    theirs.fill("7")
    asking(page, 12, lambda: theirs.press("Enter"))
    expect(shape(page)).to_have_text("28×28×7")
    shape(page).evaluate(NOTE_SHAPES)
    number.dispatch_event("focusout", {"bubbles": True})
    mail.send()
    expect(number.and_(page.locator('[value="7"]'))).to_have_count(1)  # beside the one that goes
    expect(number).to_have_count(1)
    page.locator(READY).wait_for(state="attached")
    assert page.evaluate("window.shown_") == []


def test_an_option_shows_with_its_choice(
    page: Page, mail: Mail, app_home: Path, document: str
) -> None:
    padding = field(page, "padding")
    padding.get_by_role("combobox").click()
    option = page.get_by_role("option", name="valid")
    asking(page, "%22valid%22", option.hover)
    mail.is_kept = True
    option.click()
    expect(shape(page)).to_have_text("24×24×6")
    assert saved(app_home, document, "padding") == "same"
    mail.send()
    expect_saved(page, app_home, document, "padding", "valid")
    expect(shape(page)).to_have_text("24×24×6")


def test_what_a_field_shows_already_is_no_edit_even_where_it_is_not_true_any_more(
    page: Page, mail: Mail, app_home: Path, document: str
) -> None:
    padding = field(page, "padding").get_by_role("combobox")
    mail.is_kept = True  # so that the fields go on to show what was there
    values = {"padding": "valid", "filters": 9}
    Workspace(app_home).edit(document, lambda a: edits.set_parameters(a, NODE, values))
    expect(shape(page)).to_have_text("24×24×9")
    shape(page).evaluate(NOTE_SHAPES)
    number = field(page, "filters").get_by_test_id("stNumberInputField")
    asking(page, 12, lambda: number.fill("12"))
    asking(page, 6, lambda: number.fill("6"))
    number.press("Enter")
    padding.click()
    option = page.get_by_role("option", name="same")
    option.hover()
    option.click()
    mail.send()
    expect(padding.and_(page.locator('[value="valid"]'))).to_have_count(1)
    page.locator(READY).wait_for(state="attached")
    assert page.evaluate("window.shown_") == []


def test_what_was_foreseen_gives_way_to_what_is_true(
    page: Page, app_home: Path, document: str
) -> None:
    def lie(route: Route) -> None:
        told = route.fetch().json()
        told["nodes"][0]["shape"] = "1×2×3"
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.route("**/foresight?**", lie)
    shape(page).evaluate(NOTE_SHAPES)
    plus = field(page, "filters").get_by_test_id("stNumberInputStepUp")
    asking(page, 7, plus.hover)
    plus.click()
    expect(shape(page)).to_have_text("28×28×7")
    assert page.evaluate("window.shown_") == ["1×2×3", "28×28×7"]


def test_an_edit_that_gets_lost_is_taken_back(page: Page, mail: Mail) -> None:
    plus = field(page, "filters").get_by_test_id("stNumberInputStepUp")
    asking(page, 7, plus.hover)
    mail.is_kept = True
    plus.click()
    expect(shape(page)).to_have_text("28×28×7")
    expect(shape(page)).to_have_text("28×28×6", timeout=TRUE_MS)
