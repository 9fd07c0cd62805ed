"""What can be seen of the Design page: focus, small windows, the lists of keys."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from tests.app_server import AppServer
from tests.browser import READY
from tests.living_page import visit

pytestmark = pytest.mark.browser

IS_WHOLE = """list => {
    const width = list.offsetWidth;
    list.closest("label").style.flex = "none";
    return width >= list.offsetWidth;
}"""


@pytest.fixture
def address(server: AppServer, app_home: Path) -> str:
    document = Workspace(app_home).create(TEMPLATES["resnet50"].architecture)
    return f"{server.url}/?doc={document}"


def opened(page: Page, address: str, size: tuple[int, int] = (1440, 900)) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, address)
    page.locator(".react-flow__node").first.wait_for()
    page.locator(READY).wait_for(state="attached")
    return page


def edges(element: Locator) -> tuple[float, float]:
    """Top and bottom of an element, in pixels from the top of the window."""
    box = element.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_the_ring_of_the_canvas_goes_around_all_of_it_and_is_not_there_for_a_pointer(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    canvas = page.locator(".canvas")
    box = canvas.bounding_box()
    assert box is not None
    left, height = round(box["x"]), round(box["y"] + box["height"] - 60)

    def blueness() -> int:
        """How much bluer than red the edge of the canvas is, 0 to 255."""
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        edge = np.asarray(picture.crop((left, height, left + 3, height + 1)), int)
        return int(edge[..., 2].max() - edge[..., 0].min())

    page.locator(".react-flow__pane").click(position={"x": 12, "y": 12})
    expect(canvas).to_be_focused()
    assert blueness() < 20
    page.keyboard.press("f")
    canvas.get_by_role("button", name="Add", exact=True).focus()
    page.keyboard.press("Escape")
    expect(canvas).to_be_focused()
    assert blueness() > 90


@pytest.mark.parametrize("view", ["Canvas", "Stack"])
def test_in_a_small_window_the_settings_leave_what_is_selected_in_sight(
    app_page: Page, address: str, view: str
) -> None:
    page = opened(app_page, address, (390, 844))
    page.get_by_role("tab", name=view).click()
    if view == "Canvas":
        page.locator(".canvas").focus()
        thing = page.locator(".react-flow__node.selected")
        page.get_by_role("button", name="Fit (F)").click()
    else:
        page.locator(".row").first.click()
        page.keyboard.press("ArrowUp")
        thing = page.locator('.row[aria-selected="true"]')
    page.keyboard.press("ArrowDown")
    settings = page.locator(".st-key-cs-inspector")
    expect(settings).to_be_visible()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.locator(READY).wait_for(state="attached")
    assert edges(thing)[1] <= edges(settings)[0]


def test_the_list_of_keys_is_that_of_the_view_that_shows(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    keys = page.get_by_role("dialog", name="Keys")
    page.get_by_role("button", name="One view").click()
    page.keyboard.press("?")
    expect(keys).to_contain_text("fit all into the view")
    page.keyboard.press("?")
    expect(keys).to_have_count(0)
    page.get_by_role("tab", name="Stack").click()
    page.get_by_role("button", name="Full window").focus()
    page.keyboard.press("?")
    expect(keys).to_contain_text("select the row above or below")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Code").click()
    page.keyboard.press("?")
    expect(keys).to_have_count(0)


@pytest.mark.parametrize("view", ["Diagram", "Layers", "Code", "Export"])
def test_in_a_small_window_the_settings_are_folded_below_what_is_only_looked_at(
    app_page: Page, address: str, view: str
) -> None:
    page = opened(app_page, address, (390, 844))
    page.locator(".canvas").focus()
    page.keyboard.press("ArrowDown")
    settings = page.locator(".st-key-cs-inspector")
    expect(settings).to_be_visible()
    page.get_by_role("tab", name=view).click()
    shown = page.locator(f".st-key-cs-view-{view.lower()}")
    expect(shown).to_be_visible()
    expect(settings).to_be_hidden()
    bar = page.get_by_role("button", name="Show settings")
    assert edges(bar)[1] - edges(bar)[0] >= 44
    assert edges(shown)[1] <= edges(bar)[0] + 1
    whole = edges(shown)[1] - edges(shown)[0]
    bar.click()
    expect(settings).to_be_visible()
    bar = page.get_by_role("button", name="Hide settings")
    assert edges(shown)[1] <= edges(bar)[0] + 1
    assert edges(bar)[1] <= edges(settings)[0] + 1
    bar.click()
    expect(settings).to_be_hidden()
    assert edges(shown)[1] - edges(shown)[0] == pytest.approx(whole, abs=1)
    page.get_by_role("tab", name="Canvas").click()
    expect(settings).to_be_visible()
    page.get_by_role("button", name="Hide settings").click()
    page.locator(".canvas").focus()
    page.keyboard.press("e")
    expect(settings.locator(":focus")).to_be_visible()


@pytest.mark.parametrize("width", [801, 901, 1000, 1101])
def test_beside_each_other_names_of_blocks_pages_and_the_document_have_room(
    app_page: Page, server: AppServer, app_home: Path, width: int
) -> None:
    named = edits.rename_architecture(TEMPLATES["lenet5"].architecture, "a long name " * 5)
    document = Workspace(app_home).create(named)
    page = opened(app_page, f"{server.url}/?doc={document}", (width, 700))
    expect(page.locator('.row[data-node-id="input_1"] .name')).to_have_text("input_1")
    names = page.locator(".row .name").evaluate_all("all => all.map(each => each.offsetWidth)")
    assert min(names) > 40
    pages = page.get_by_role("link", name="Studies").bounding_box()
    bar = page.locator(".st-key-cs-top-bar").bounding_box()
    assert pages is not None
    assert bar is not None
    beside = bar["x"] >= pages["x"] + pages["width"]
    assert beside or bar["y"] >= pages["y"] + pages["height"]
    assert bar["x"] + bar["width"] <= width


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768), (390, 844)])
def test_the_lists_in_the_bar_of_the_canvas_are_whole(
    app_page: Page, address: str, size: tuple[int, int]
) -> None:
    page = opened(app_page, address, size)
    for name in ("Numbers on the cards", "Save as a picture"):
        assert page.get_by_label(name).evaluate(IS_WHOLE)


def test_a_refused_value_is_told_with_its_field_until_it_is_mended(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    page.locator('.row[data-node-id="dense_1"] .name').click()
    units = page.locator(".st-key-cs-inspector").get_by_role("spinbutton", name="units")
    value = units.input_value()
    units.fill("-3")
    units.press("Enter")
    expect(units).to_have_attribute("aria-invalid", "true")
    expect(units).to_have_accessible_description(
        "received -3, expected a whole number from 1 to 65,536"
    )
    expect(page.locator('.row[data-node-id="dense_1"] .shape')).to_have_text(value)
    units.fill("12")
    units.press("Enter")
    expect(page.locator('.row[data-node-id="dense_1"] .shape')).to_have_text("12")
    expect(units).not_to_have_attribute("aria-invalid", "true")
    expect(units).to_have_accessible_description("")


def test_each_of_several_quick_presses_on_undo_and_redo_counts(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    rows = page.locator(".row")
    before = rows.count()
    block = page.locator(".palette").get_by_role("button", name="ReLU", exact=True)
    for number in (1, 2, 3):
        block.click()
        expect(rows).to_have_count(before + number)
    undo, redo = (page.get_by_role("button", name=word, exact=True) for word in ("Undo", "Redo"))
    expect(undo).to_be_enabled()
    undo.click(click_count=3)
    expect(rows).to_have_count(before)
    expect(undo).to_be_disabled()
    redo.click(click_count=3)
    expect(rows).to_have_count(before + 3)
    expect(redo).to_be_disabled()
