"""Two data sets of one name in a real browser that is far away: what is chosen stays chosen."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from builder.datasets.own_images.target import Target
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from tests.app_server import ROOT, running
from tests.browser import READY
from tests.datasets.given import kept, two_classes, write_zip

pytestmark = pytest.mark.browser

TIMES = 4
CUT_OFF = """option => [option, ...option.querySelectorAll("*")].some(
    (one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)"""
SECONDS = 30
LATE_MS = 400
"""How long each message of the browser is on its way: others of before are as well, then."""

_LATE = """late => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (message) {
        setTimeout(() => send.call(this, message), late);
    };
}"""


@pytest.fixture(scope="module")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data-choice")


@pytest.fixture(scope="module")
def address(app_home: Path) -> Iterator[str]:
    with running(ROOT / "app.py", app_home) as app:
        yield app.url


@pytest.fixture
def alike(app_home: Path, tmp_path: Path) -> tuple[str, str]:
    """The same folder, prepared at two sizes: both are called by its name."""
    path = write_zip(tmp_path / "flowers.zip", two_classes(6))
    small, large = (kept(path, app_home, Target(side, side, 1)) for side in (8, 16))
    assert small.dataset.title == large.dataset.title
    return f"own:{small.dataset.id}", f"own:{large.dataset.id}"


@pytest.fixture
def document(app_home: Path) -> str:
    return Workspace(app_home).create(TEMPLATES["se_residual_digits"].architecture)


@pytest.fixture
def page(browser: Browser, address: str, document: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/train?doc={document}")
    expect(page.get_by_role("button", name="Your own images …")).to_be_visible()
    yield page
    page.close()


def go_far_away(page: Page) -> None:
    """From now on what the page sends takes its time, as over a slow connection."""
    page.evaluate(_LATE, LATE_MS)


def chosen(app_home: Path, document: str) -> str:
    training = Workspace(app_home).open(document).document.training or {}
    return str(training.get("dataset"))


def choice(page: Page) -> str:
    """What the box says."""
    return page.get_by_role("combobox", name="data").input_value()


def settle(page: Page) -> None:
    page.locator(READY).wait_for(state="attached")


def test_the_ends_of_long_titles_are_seen(page: Page, app_home: Path, tmp_path: Path) -> None:
    title = "Patients of the second half of a study of many years"
    path = write_zip(tmp_path / "patients.zip", two_classes(5))
    owns = [kept(path, app_home, Target(side, side, 1), title=title).dataset for side in (9, 11)]
    page.reload()
    page.get_by_role("combobox", name="data").click()
    for own in owns:
        option = page.get_by_role("option", name=f"{title}, {own.height}×{own.width}")
        expect(option).to_be_visible()
        assert not option.evaluate(CUT_OFF)
    page.get_by_role("option", name=f"{title}, 11×11").click()
    expect(page.locator(".cs-data")).to_contain_text(f"{title}, 11×11")


def test_what_is_clicked_of_two_that_have_one_name_is_chosen(
    page: Page, app_home: Path, document: str, alike: tuple[str, str]
) -> None:
    page.reload()
    expect(page.get_by_role("combobox", name="data")).to_be_visible()
    go_far_away(page)
    for name, words in zip(alike, ("flowers, 8×8", "flowers, 16×16"), strict=True):
        page.get_by_role("combobox", name="data").click()
        page.get_by_role("option", name=words, exact=True).click()
        expect(page.locator(".cs-data")).to_contain_text(words.split(", ")[1])
        settle(page)
        # The digits have 8×8 pixels too: what the page says may still be said of them.
        deadline = time.monotonic() + SECONDS
        while chosen(app_home, document) != name and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        assert chosen(app_home, document) == name


def test_use_is_never_taken_back_by_what_the_box_showed_before(
    page: Page, app_home: Path, document: str, alike: tuple[str, str]
) -> None:
    go_far_away(page)
    taken: list[str] = []
    for turn in range(TIMES):
        name = alike[turn % 2]
        page.get_by_role("button", name="Your own images …").click()
        own = page.locator(f".st-key-cs-own-use-{name.removeprefix('own:')}")
        own.get_by_role("button").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_label("seed").first.hover()
        settle(page)
        taken.append(chosen(app_home, document))
    assert taken == [alike[turn % 2] for turn in range(TIMES)]
    assert choice(page) == "flowers, 16×16"
