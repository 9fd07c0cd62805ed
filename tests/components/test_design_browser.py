"""The Design page in a real browser: what only a browser can show."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect
from playwright.sync_api import TimeoutError as LateError

from builder.custom_blocks.grouping import group
from builder.documents.document_store import DocumentStore
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.gallery.template import block
from builder.network import edits
from builder.network.own_block import definitions_in
from tests.analysis.fake_gradients import run_of, write_gradients
from tests.app_server import AppServer
from tests.browser import THEMES, ground
from tests.components.conftest import MISUSE
from tests.living_page import visit

pytestmark = pytest.mark.browser

NARROW_SIZES = [(1440, 900), (1366, 768), (1024, 768), (700, 900), (390, 844)]
ONE_VIEW = 800
"""The widest window with one view at a time, in pixels."""


@pytest.fixture
def address(server: AppServer, app_home: Path) -> str:
    document = Workspace(app_home).create(TEMPLATES["small_residual"].architecture)
    return f"{server.url}/?doc={document}"


class Held:
    """A server whose answers reach the page late."""

    def __init__(self) -> None:
        self.is_holding = False
        self._waiting: list[Callable[[], None]] = []

    def connect(self, page: WebSocketRoute) -> None:
        """Stands between a page's socket and the server."""

        def hand_on(message: str | bytes) -> None:
            if self.is_holding:
                self._waiting.append(lambda: page.send(message))
            else:
                page.send(message)

        page.connect_to_server().on_message(hand_on)

    def release(self) -> None:
        self.is_holding = False
        for send in self._waiting:
            send()
        self._waiting.clear()


def opened(page: Page, address: str, size: tuple[int, int] = (1440, 900)) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, address)
    if size[0] <= ONE_VIEW:
        page.get_by_role("tab", name="Stack").click()
    expect(row(page, "dense_1")).to_be_visible()
    return page


def row(page: Page, node: str) -> Locator:
    return page.locator(f'.row[data-node-id="{node}"]')


PICTURE = '[data-testid="stGraphVizChart"] svg'


def open_diagram(page: Page) -> Locator:
    page.get_by_role("tab", name="Diagram").click()
    return page.locator(".st-key-cs-diagram")


def select(page: Page, node: str) -> None:
    row(page, node).locator(".name").click()
    expect_inspected(page, node)


def expect_inspected(page: Page, node: str) -> None:
    """Waits for a node's inspector; what was drawn before it may still be there for a moment."""
    name = page.locator(".st-key-cs-inspector-name input")
    expect(name.and_(page.locator(f'[value="{node}"]'))).to_have_count(1)
    expect(name).to_have_count(1)
    expect(page.locator(".st-key-cs-inspector")).not_to_have_attribute("inert", "")


def total(page: Page) -> Locator:
    return page.locator(".cs-fact b").first


def fill(page: Page, name: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=name)
    box.fill(value)
    box.press("Enter")


def test_two_browsers_show_the_same_document(
    browser: Browser, app_page: Page, address: str
) -> None:
    another = browser.new_context()
    one, other = opened(app_page, address), opened(another.new_page(), address)
    select(one, "residual_block_2")
    fill(one, "filters", "48")
    for page in (one, other):
        expect(total(page)).to_have_text("255,921")
        expect(row(page, "residual_block_2")).to_contain_text("8×8×48")
    select(other, "dense_1")
    fill(other, "units", "10")
    expect(total(one)).to_have_text("257,082")
    expect_inspected(one, "residual_block_2")
    other.reload()
    expect(total(other)).to_have_text("257,082")
    another.close()


def test_an_edit_moves_nothing_and_the_diagram_follows(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    diagram = open_diagram(page)
    expect(diagram.locator("g.node")).to_have_count(8)
    select(page, "residual_block_2")
    expect(diagram.locator("#box-residual_block_2 path")).to_have_css("stroke-width", "3px")
    diagram.hover()
    page.mouse.wheel(0, 40)
    expect(diagram.locator(PICTURE)).to_have_attribute("style", re.compile(r", -?\d+\S*px\)"))
    chosen = diagram.locator(PICTURE).get_attribute("style")
    fill(page, "filters", "48")
    expect(diagram).to_contain_text("36,240 params")
    assert diagram.locator(PICTURE).get_attribute("style") == chosen


def test_the_diagram_is_zoomed_and_moved_by_keys_and_buttons(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    diagram = open_diagram(page)
    percent = diagram.get_by_role("status")
    expect(percent).to_have_text(re.compile(r"\d+ %"))
    whole = percent.inner_text()
    first = diagram.locator(PICTURE).get_attribute("style") or ""
    diagram.get_by_role("button", name="Zoom in").click()
    expect(percent).not_to_have_text(whole)
    diagram.focus()
    page.keyboard.press("-")
    expect(percent).to_have_text(whole)
    page.keyboard.press("ArrowUp")
    expect(diagram.locator(PICTURE)).not_to_have_attribute("style", first)
    page.keyboard.press("0")
    expect(diagram.locator(PICTURE)).to_have_attribute("style", first)


def board(page: Page) -> dict[str, float]:
    """Where the parts of the page are, and how far it has been scrolled."""
    return page.evaluate(
        """() => Object.fromEntries(["main", "inspector", "totals"].map((name) => {
            const { left, top, right, bottom } =
                document.querySelector(`.st-key-cs-${name}`).getBoundingClientRect();
            return [name, [left, top, right, bottom].map(Math.round).join(" ")];
        }).concat([["scrolled", document.querySelector('[data-testid="stMain"]').scrollTop]]))"""
    )


def test_the_page_fills_the_window_and_a_view_moves_nothing_else(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollHeight <= e.clientHeight"), "the page itself never scrolls"
    before = board(page)
    for name in ("Diagram", "Layers", "Code", "Export"):
        page.get_by_role("tab", name=name).click()
        expect(page.locator(f".st-key-cs-view-{name.lower()}")).not_to_be_empty()
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        assert board(page) == before, name
    totals = page.locator(".st-key-cs-totals").bounding_box()
    assert totals is not None
    assert totals["y"] + totals["height"] == pytest.approx(900, abs=12)


def test_views_stand_side_by_side_alone_and_in_the_whole_window(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    canvas, rows = page.locator(".react-flow__pane"), page.locator(".row")
    expect(canvas).to_be_visible()  # beside the stack, at the first visit
    page.get_by_role("button", name="One view").click()
    expect(rows.first).to_be_hidden()
    alone = page.locator(".canvas").bounding_box()
    page.get_by_role("tab", name="Code").click()
    code = page.locator(".st-key-cs-view-code").get_by_test_id("stCode")
    expect(code).to_be_visible()
    page.get_by_role("button", name="Split").click()
    expect(code).to_be_visible()
    expect(canvas).to_be_visible()
    page.get_by_role("tab", name="Stack").click()
    expect(row(page, "dense_1")).to_be_visible()
    stack = page.locator(".stack").bounding_box()
    beside = page.locator(".st-key-cs-view-code").bounding_box()
    assert stack is not None
    assert beside is not None
    assert stack["x"] + stack["width"] <= beside["x"] + 1, "the stack stands on the left"
    page.get_by_role("tab", name="Code").click()  # of two, its own tab leaves it alone
    expect(code).to_be_visible()
    expect(rows.first).to_be_hidden()
    page.get_by_role("tab", name="Canvas").click()
    page.get_by_role("button", name="Full window").click()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    full = page.locator(".canvas").bounding_box()
    assert alone is not None
    assert full is not None
    assert full["width"] > alone["width"] + 500
    assert full["height"] > alone["height"]
    page.get_by_role("button", name="Leave full window").click()
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    expect(canvas).to_be_visible()


def test_problems_are_in_reach_in_the_whole_window_and_escape_leaves_it(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    network = edits.set_inputs(TEMPLATES["small_residual"].architecture, "dense_1", [])
    document = Workspace(app_home).create(network)
    page = opened(app_page, f"{server.url}/?doc={document}")
    page.get_by_role("button", name="Full window").click()
    header = page.get_by_test_id("stHeader")
    expect(header).to_be_hidden()
    line, board = page.locator(".st-key-cs-totals"), page.locator(".st-key-cs-main")
    expect(line).to_be_visible()
    below, above = line.bounding_box(), board.bounding_box()
    assert below is not None
    assert above is not None
    assert above["y"] + above["height"] <= below["y"] + 1, "the board ends above the status line"
    assert below["y"] + below["height"] <= 900 + 1
    line.get_by_role("button", name=re.compile("problem")).click()
    problems = page.locator(".st-key-cs-problem-panel")
    problems.get_by_role("button", name="dense_1", exact=True).first.click()
    expect_inspected(page, "dense_1")
    page.get_by_role("button", name="Close the list").click()
    page.locator(".canvas").focus()
    page.keyboard.press("?")
    page.keyboard.press("Escape")  # closes the list of keys
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.press("Escape")  # selects nothing
    expect(page.locator('.row[aria-selected="true"]')).to_have_count(0)
    expect(header).to_be_hidden()
    page.keyboard.press("Escape")
    expect(header).to_be_visible()
    expect(line).to_be_visible()


def test_the_browser_remembers_the_views(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    page.get_by_role("tab", name="Layers").click()
    expect(page.locator(".cs-layers")).to_be_visible()
    page.wait_for_function("() => document.cookie.includes('convstack-views=Layers.Stack')")
    page.reload()
    expect(page.locator(".cs-layers")).to_be_visible()
    expect(row(page, "dense_1")).to_be_visible()
    expect(page.locator(".react-flow__pane")).to_be_hidden()


def test_in_a_narrow_window_the_settings_lie_over_one_view_or_are_pinned(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address, (1366, 768))
    settings, canvas = page.locator(".st-key-cs-inspector"), page.locator(".canvas")
    expect(settings).to_be_visible()  # two views have it beside them
    page.get_by_role("button", name="One view").click()
    expect(settings).to_be_hidden()
    wide = canvas.bounding_box()
    card(page, "rescaling_1").click()
    expect_inspected(page, "rescaling_1")
    assert canvas.bounding_box() == wide, "it lies over the view, which keeps its place"
    page.keyboard.press("Escape")
    expect(settings).to_be_hidden()
    page.get_by_role("button", name="Pin the settings").click()
    expect(settings).to_be_visible()
    beside, shown = settings.bounding_box(), canvas.bounding_box()
    assert beside is not None
    assert shown is not None
    assert shown["x"] + shown["width"] <= beside["x"]
    page.get_by_role("button", name="Unpin the settings").click()
    expect(settings).to_be_hidden()


def test_a_block_is_looked_into_in_stack_diagram_and_table(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    diagram, table = open_diagram(page), page.locator(".cs-layers .cs-inside")
    row(page, "residual_block_2").locator(".fold").click()
    expect(page.locator(".list .part")).to_have_count(5)
    expect(diagram.locator("#frame-residual_block_2")).to_be_visible()
    expect(diagram.locator("g.node")).to_have_count(7 + 5)
    page.get_by_role("button", name="Open all").click()
    expect(page.locator(".list .part")).to_have_count(14)
    expect(diagram.locator("g.cluster")).to_have_count(3)
    select(page, "residual_block_2")
    frame = diagram.locator("#frame-residual_block_2 path")
    expect(frame).to_have_css("stroke-width", "3px")
    page.get_by_role("button", name="Close all").click()
    expect(page.locator(".list .part")).to_have_count(0)
    expect(diagram.locator("g.node")).to_have_count(8)
    page.get_by_role("tab", name="Layers").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Layers", exact=True).click()
    expect(table).to_have_count(14)


def test_quick_selections_leave_every_field_right(
    app_page: Page, address: str, app_home: Path
) -> None:
    """Each click interrupts the drawing of the one before it."""
    workspace = Workspace(app_home)
    document = address.rpartition("=")[2]
    saved = workspace.store.revision(document)
    page = opened(app_page, address)
    for _ in range(3):
        for node in ("residual_block_1", "dense_1", "residual_block_3", "residual_block_2"):
            row(page, node).locator(".name").click()
        expect_inspected(page, "residual_block_2")
        expect(page.get_by_role("spinbutton", name="filters")).to_have_value("64")
        expect(page.get_by_role("combobox", name="block")).to_have_value("residual_block")
    assert workspace.store.revision(document) == saved, "looking changes nothing"


def test_the_settings_are_shut_until_they_are_those_of_the_selection(
    context: BrowserContext, address: str, app_home: Path
) -> None:
    """What is typed into those of the block before would be lost, or change that block."""
    page, held = context.new_page(), Held()
    page.route_web_socket("**/_stcore/stream*", held.connect)
    page.set_default_timeout(60_000)
    page.goto(address)
    select(page, "residual_block_1")
    panel = page.locator(".st-key-cs-inspector")
    name = page.locator(".st-key-cs-inspector-name input")
    expect(panel).not_to_have_attribute("inert", "")
    held.is_holding = True
    row(page, "residual_block_2").locator(".name").click()
    expect(panel).to_have_attribute("inert", "")
    name.evaluate("field => { field.focus(); field.select(); }")
    page.keyboard.type("stem")
    expect(name).to_have_value("residual_block_1")
    held.release()
    expect_inspected(page, "residual_block_2")
    expect(panel).not_to_have_attribute("inert", "")
    name.fill("stem")
    name.press("Enter")
    expect(row(page, "residual_block_2").locator(".name")).to_have_text("stem")
    nodes = Workspace(app_home).open(address.rpartition("=")[2]).architecture.by_id
    assert [nodes[f"residual_block_{n}"].name for n in (1, 2)] == ["", "stem"]
    page.close()


def test_the_settings_open_again_whatever_is_selected(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    panel = page.locator(".st-key-cs-inspector")
    for act, told in (
        (lambda: row(page, "residual_block_1").locator(".name").click(), "residual_block"),
        (lambda: page.keyboard.press("Shift+ArrowDown"), "2 blocks"),
        (lambda: page.keyboard.press("Control+a"), "7 blocks"),
        (lambda: row(page, "dense_1").locator(".name").click(), "Dense"),
        (lambda: page.keyboard.press("Control+d"), "Dense"),
        (lambda: page.keyboard.press("Delete"), ""),
        (lambda: page.keyboard.press("Control+z"), "Dense"),
        (lambda: page.locator('.react-flow__node[data-id="dense_1"]').click(), "Dense"),
        (lambda: page.locator(".react-flow__pane").click(position={"x": 8, "y": 8}), "Select a"),
    ):
        act()
        expect(panel).to_contain_text(told)
        expect(page.locator(".board")).to_have_attribute("data-pending", "0")
        expect(panel).not_to_have_attribute("inert", "")


def test_a_refused_value_is_explained_at_its_field(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    select(page, "residual_block_2")
    fill(page, "filters", "0")
    reason = page.locator(".cs-field-error")
    expect(reason).to_have_text(re.compile("received 0, expected a whole number from 1 to 65,536"))
    expect(page.get_by_role("spinbutton", name="filters")).to_have_value("0")
    expect(total(page)).to_have_text("297,697")
    fill(page, "filters", "64")
    expect(reason).to_have_count(0)


def test_the_menu_of_the_name_takes_the_keyboard_and_gives_it_back(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    name = page.locator(".st-key-cs-name button").first
    hint = page.get_by_test_id("stTooltipContent").filter(has_text="Documents")
    name.hover()
    expect(hint).to_be_visible()
    name.focus()
    page.keyboard.press("Enter")
    items = page.get_by_test_id("stPopoverBody").get_by_role("button")
    expect(items.first).to_be_focused()
    expect(hint).to_be_hidden()
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    expect(items.last).to_have_text("Delete")
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    expect(name).to_be_focused()


def test_the_board_takes_the_keyboard_from_what_the_page_takes_away(
    app_page: Page, address: str
) -> None:
    page = opened(app_page, address)
    select(page, "residual_block_2")
    # At its left, where the next button comes to lie.
    page.locator(".st-key-cs-unpack button").first.click(position={"x": 12, "y": 12})
    expect(row(page, "conv2d_1")).to_have_attribute("aria-selected", "true")
    expect(row(page, "conv2d_1")).to_be_focused()
    hint = page.get_by_test_id("stTooltipContent")  # of the button that lies there now
    expect(hint).to_have_count(1)
    expect(hint).to_be_hidden()
    worth = page.locator(".st-key-cs-worth-menu button").first
    worth.hover()
    expect(hint).to_be_visible()
    canvas = page.locator(".canvas")
    card(page, "residual_block_3").click()
    page.locator(".st-key-cs-unpack button").first.click()
    expect(row(page, "conv2d_4")).to_have_attribute("aria-selected", "true")
    expect(canvas).to_be_focused()

    page.get_by_role("button", name="Document menu").click()
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.locator(".row")).to_have_count(1)
    expect(canvas).to_be_focused()
    page.locator(".st-key-cs-templates button").first.click()
    page.locator(".st-key-cs-use-small_residual button").first.click()
    expect(row(page, "dense_1")).to_be_visible()
    expect(canvas).to_be_focused()
    page.get_by_role("button", name="Document menu").click()
    page.get_by_role("button", name="Open…").click()
    page.locator('[class*="st-key-cs-open-"]').get_by_role("button", name="untitled").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(canvas).to_be_focused()


def test_e_leads_to_the_settings_and_what_a_merge_reads_is_ordered_by_keys(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    network = edits.add(TEMPLATES["small_residual"].architecture, block("Add"), "rescaling_1")
    workspace = Workspace(app_home)
    document = workspace.create(edits.set_inputs(network, "add_1", ["rescaling_1", "input_1"]))
    page = opened(app_page, f"{server.url}/?doc={document}")
    select(page, "dense_1")
    page.keyboard.press("e")
    expect(page.get_by_role("spinbutton", name="units")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, "dense_1")).to_be_focused()
    row(page, "add_1").locator(".name").click()
    page.keyboard.press("e")  # its settings are on their way
    later = page.get_by_role("button", name="Move rescaling_1 later")
    expect(page.get_by_role("button", name="Move rescaling_1 earlier")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    items = page.locator(".cs-order li b")
    expect(items).to_have_text(["input_1", "rescaling_1"])
    expect(row(page, "add_1").locator(".from")).to_have_text("from input_1, rescaling_1")
    expect(page.get_by_role("button", name="Move rescaling_1 earlier")).to_be_focused()
    expect(later).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(items).to_have_text(["rescaling_1", "input_1"])
    page.get_by_role("button", name="Drop input_1").click()
    expect(items).to_have_text(["rescaling_1"])
    expect(row(page, "add_1").locator(".from")).to_be_hidden()
    canvas = page.locator(".canvas")
    canvas.get_by_role("button", name="Add", exact=True).focus()
    page.keyboard.press("End")
    expect(canvas.get_by_role("button", name="Keys (?)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(canvas.get_by_role("dialog", name="Keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(canvas).to_be_focused()
    page.locator(".stack").get_by_role("button", name="Keys (?)").click()
    canvas.get_by_role("button", name="Keys (?)").click()  # the other list of keys closes
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_have_count(1)
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_have_count(0)
    expect(canvas).to_be_focused()


def test_several_blocks_are_edited_at_once(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    row(page, "residual_block_1").locator(".name").click()
    row(page, "residual_block_3").locator(".name").click(modifiers=["Shift"])
    expect(page.locator(".st-key-cs-inspector .cs-title")).to_have_text("3 blocks")
    filled = page.locator(".st-key-cs-inspector .stSelectbox input").first
    expect(filled).to_have_css("text-overflow", "ellipsis")
    expect(page.locator(".cs-kinds > span").first).to_have_css("display", "inline-block")
    canvas = page.get_by_role("toolbar", name="Canvas")
    expect(canvas.get_by_role("button", name="3 selected: make a block")).to_be_visible()
    beyond = canvas.evaluate("bar => bar.scrollWidth - bar.clientWidth")
    assert beyond == 0, "no button is pushed out of the toolbar"
    filters = page.get_by_role("spinbutton", name="filters")
    expect(filters).to_have_count(1)  # what was drawn before may still be there for a moment
    expect(filters).to_have_attribute("placeholder", "mixed")
    expect(filters).to_have_value("")
    fill(page, "filters", "16")
    for node, shape in (("1", "16×16×16"), ("2", "8×8×16"), ("3", "8×8×16")):
        expect(row(page, f"residual_block_{node}")).to_contain_text(shape)
    expect(filters).to_have_value("16")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(total(page)).to_have_text("297,697")
    expect(page.get_by_role("spinbutton", name="filters")).to_have_value("")


def test_the_code_can_be_downloaded(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    page.get_by_role("tab", name="Code").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .py").click()
    assert download.value.suggested_filename == "small_residual.py"
    assert "def build_model()" in Path(download.value.path()).read_text()


STICKING_OUT = """() => [...document.querySelectorAll(
    '[class*="st-key-cs-"] button, [class*="st-key-cs-"] input, .cs-figures, .cs-inner')]
    .filter(e => e.checkVisibility({ contentVisibilityAuto: true }))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 80))"""


def test_nothing_sticks_out_of_the_window(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    select(page, "residual_block_2")
    for width, height in NARROW_SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if width <= ONE_VIEW:
            page.get_by_role("tab", name="Stack").click()
        with suppress(LateError):  # the page takes its new width in some frames
            page.wait_for_function(f"() => !({STICKING_OUT})().length", timeout=3_000)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (width, wide, page.evaluate(STICKING_OUT)) == (width, width, [])


def test_what_a_press_in_a_dialog_has_done_is_said(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    """A callback of a dialog must draw nothing itself; Streamlit's log tells of it."""
    network = group(TEMPLATES["small_residual"].architecture, ["residual_block_1"], "stem")
    document = Workspace(app_home).create(network)
    before = server.log.read_text()
    page = opened(app_page, f"{server.url}/?doc={document}")
    page.locator(".row .name").nth(2).click()
    page.get_by_role("button", name="Edit this block").click()
    expect(row(page, "inputs")).to_be_visible()
    page.locator(".row .name").nth(1).click()
    page.keyboard.press("Control+d")
    expect(page.locator(".row")).to_have_count(3)
    page.get_by_role("button", name="Save…").click()
    purpose = page.get_by_role("textbox", name="What it is for")
    purpose.fill("the beginning")
    page.get_by_role("button", name="Save in 1 place").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Changed stem in 1 place")
    expect(row(page, "dense_1")).to_be_visible()
    (stem,) = definitions_in(Workspace(app_home).open(document).architecture)
    assert stem.summary == "the beginning"
    assert MISUSE not in server.log.read_text().removeprefix(before)


def test_a_long_name_of_an_own_block_is_shown_as_a_whole(
    app_page: Page, server: AppServer, app_home: Path
) -> None:
    name = "stem_" * 12
    architecture = group(TEMPLATES["small_residual"].architecture, ["residual_block_1"], name)
    document = Workspace(app_home).create(architecture)
    page = opened(app_page, f"{server.url}/?doc={document}")
    page.locator(".row .name").nth(2).click()
    words = page.locator(".st-key-cs-inspector .cs-what")
    expect(words).to_contain_text(name)
    assert words.evaluate("text => text.scrollWidth <= text.clientWidth")


def test_a_long_name_of_a_document_is_cut_off_nowhere(app_page: Page, address: str) -> None:
    page = opened(app_page, address, (700, 900))
    name = page.locator(".st-key-cs-name button").first
    field = page.get_by_role("dialog", name="Rename").get_by_role("textbox")
    name.click()
    page.get_by_role("button", name="Rename…").click()
    field.fill("W" * 81)
    field.press("Enter")
    reason = page.locator(".cs-error p")
    expect(reason).to_contain_text("expected a text of 1 to 80 characters")
    assert reason.evaluate("text => text.scrollWidth <= text.clientWidth")
    field.fill("W" * 80)
    field.press("Enter")
    title = page.locator(".st-key-cs-inspector .cs-title")
    expect(title).to_have_text("W" * 80)
    assert title.evaluate("text => text.scrollWidth <= text.clientWidth")
    name.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    offer = page.locator(".st-key-cs-deleted")
    expect(offer.get_by_role("button", name="Dismiss")).to_be_visible()  # the last of the row
    text, undo = (
        offer.locator("p").first.bounding_box(),
        offer.get_by_role("button", name="Undo").bounding_box(),
    )
    assert text is not None
    assert undo is not None
    assert text["x"] + text["width"] <= undo["x"], "the name makes room for the button beside it"


def test_an_open_dialog_follows_the_theme(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    page.get_by_role("button", name="Document menu").click()
    page.get_by_role("button", name="Open…").click()
    search = page.get_by_role("dialog").get_by_test_id("stTextInputRootElement")
    for theme in reversed(THEMES):
        page.emulate_media(color_scheme=theme)
        expect(search).to_have_css("background-color", ground(theme))
        expect(page.locator("html")).to_have_css("color-scheme", theme)


def test_nothing_is_asked_of_another_host(app_page: Page, address: str, server: AppServer) -> None:
    page = app_page
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    visit(page, address)
    expect(open_diagram(page).locator("g.node")).to_have_count(8)
    select(page, "residual_block_2")
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_role("link", name="Download .py")).to_be_visible()
    assert hosts <= {urlsplit(server.url).netloc, ""}


def card(page: Page, node: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{node}"]')


def test_stack_and_canvas_work_on_one_document(app_page: Page, address: str) -> None:
    page = opened(app_page, address)
    rows, cards = page.locator(".row"), page.locator(".react-flow__node")
    expect(cards).to_have_count(7)
    select(page, "residual_block_2")
    expect(card(page, "residual_block_2")).to_have_class(re.compile(r"\bselected\b"))
    card(page, "rescaling_1").click()
    expect_inspected(page, "rescaling_1")
    expect(row(page, "rescaling_1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Delete")
    expect(rows).to_have_count(6)
    row(page, "residual_block_3").locator(".name").click()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(5)
    expect(cards).to_have_count(5)
    card(page, "dense_1").click()
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(6)
    expect(cards).to_have_count(6)
    row(page, "dense_1").locator(".name").click()
    page.keyboard.press("Control+z")
    expect(cards).to_have_count(7)
    expect(total(page)).to_have_text("297,697")
    fill_in_stack = page.get_by_label("Search blocks; Enter adds the first hit")
    card(page, "residual_block_1").click()
    page.keyboard.press("/")
    expect(fill_in_stack).not_to_be_focused()
    page.keyboard.type("dropout")
    page.keyboard.press("Enter")
    expect(row(page, "dropout_1")).to_be_visible()
    expect(card(page, "dropout_1")).to_be_visible()


def test_the_cards_show_the_gradients_of_the_latest_training(
    app_page: Page, address: str, app_home: Path
) -> None:
    page = opened(app_page, address)
    canvas = page.locator(".canvas")
    canvas.get_by_label("Numbers on the cards").select_option("Gradient flow")
    note = canvas.locator(".gradient-note")
    note.get_by_text("No gradients yet").click()
    expect(note).to_contain_text("No training of this network has recorded gradients yet.")
    document = DocumentStore(app_home).load(address.partition("?doc=")[2])
    norms = {"conv2d": 2e-6, "conv2d_1": 3e-6, "conv2d_3": 0.25, "conv2d_6": 0, "dense": 1}
    write_gradients(run_of(app_home, document), norms)
    page.reload()  # which remembers what the cards show
    first = canvas.locator('.card[data-node-id="residual_block_1"]')
    expect(first).to_contain_text("2.0e-6")
    expect(first).to_have_attribute("data-gradient", "weak")
    expect(canvas.locator('.card[data-node-id="residual_block_2"]')).to_contain_text("0.25")
    expect(canvas.locator('.card[data-node-id="residual_block_3"]')).to_contain_text("no gradient")
    note.get_by_text("Gradients vanish").click()
    expect(note).to_contain_text(
        "Vanishing: going back to the input, from residual_block_1 › conv2d_2 on hardly"
    )
    note.get_by_role("button", name="Show where it begins").click()
    expect_inspected(page, "residual_block_1")
    fill(page, "filters", "40")  # what is changed has not been trained like this
    expect(first).not_to_have_attribute("data-gradient", "weak", timeout=15_000)
    expect(note).to_contain_text("The network has changed since: 1 block was not trained so.")
