"""The canvas in a real browser, over a real document."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageColor
from playwright.sync_api import BrowserContext, expect

from builder.codegen.diagram.colors import BACKGROUND
from tests.app_server import AppServer
from tests.browser import THEMES, look_in
from tests.components.canvas.conftest import CanvasPage, OpenCanvas

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SVG = "{http://www.w3.org/2000/svg}"
CHAIN = ["input_1", "conv2d_1", "conv2d_2", "add_1"]


def build_residual(canvas: CanvasPage) -> None:
    canvas.page.locator(".react-flow__pane").click(position={"x": 60, "y": 60})
    for search in ("input", "conv2d", "conv2d", "add"):
        canvas.add(search)
    canvas.connect("conv2d_1", "add_1")


def test_a_residual_net_is_built_broken_mended_undone_and_found_again(
    open_canvas: OpenCanvas,
) -> None:
    canvas = open_canvas("empty")
    expect(canvas.page.get_by_text("Nothing here yet")).to_be_visible()
    build_residual(canvas)
    # While it is drawn: what it would close a cycle with is dimmed, what would not fit is marked.
    expect(canvas.node("input_1").locator(".card")).to_have_attribute("data-fit", "refused")
    expect(canvas.node("add_1").locator(".card")).to_have_attribute("data-fit", "misfit")
    canvas.page.mouse.up()
    assert canvas.inputs()["add_1"] == ["conv2d_2", "conv2d_1"]
    badge = canvas.node("add_1").locator(".badge")
    expect(badge).to_be_visible()
    badge.hover()
    expect(canvas.page.locator(".tip")).to_contain_text("shape")
    # Mended by taking the second convolution out: the chain closes.
    canvas.node("conv2d_2").click()
    canvas.press("Delete")
    assert canvas.inputs()["add_1"] == ["conv2d_1"]
    canvas.press("Control+z")
    assert list(canvas.inputs()) == CHAIN
    # A connection is cut, and the cut undone.
    canvas.wire("conv2d_1", "conv2d_2").locator(".hit").click(force=True)
    canvas.press("Delete")
    assert canvas.inputs()["conv2d_2"] == []
    canvas.press("Control+z")
    assert canvas.inputs()["conv2d_2"] == ["conv2d_1"]
    # The same connection twice is two lines: each is cut alone, and takes a block alone.
    canvas.connect("conv2d_1", "add_1")
    canvas.page.mouse.up()
    assert canvas.inputs()["add_1"] == ["conv2d_2", "conv2d_1", "conv2d_1"]
    lines = canvas.wire("conv2d_1", "add_1")
    expect(lines).to_have_count(2)
    lines.last.locator(".hit").click(force=True)
    canvas.press("Delete")
    assert canvas.inputs()["add_1"] == ["conv2d_2", "conv2d_1"]
    before = canvas.inputs(), canvas.places()
    canvas.page.reload()
    expect(canvas.node("add_1")).to_be_visible()
    assert (canvas.inputs(), canvas.places()) == before
    canvas.root.focus()
    canvas.press(*["Control+z"] * 7)
    assert canvas.inputs() == {}


def test_a_block_is_added_on_a_connection_and_only_what_is_below_makes_room(
    open_canvas: OpenCanvas,
) -> None:
    canvas = open_canvas()
    before = canvas.places()
    canvas.wire("residual_block_1", "residual_block_2").locator(".hit").hover(force=True)
    canvas.wire("residual_block_1", "residual_block_2").locator(".plus").click(force=True)
    canvas.page.keyboard.type("dropout")
    canvas.press("Enter")
    assert canvas.inputs()["residual_block_2"] == ["dropout_1"]
    expect(canvas.node("dropout_1")).to_be_visible()
    after = canvas.places()
    for node in ("input_1", "rescaling_1", "residual_block_1"):
        assert after[node] == before[node]
    assert after["residual_block_2"] != before["residual_block_2"]
    canvas.press("Control+z")
    expect(canvas.node("dropout_1")).to_have_count(0)
    assert canvas.places() == before


def test_selecting_goes_both_ways(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    canvas.node("residual_block_1").click()
    assert canvas.facts()["selection"] == "residual_block_1"
    canvas.press("ArrowDown")
    assert canvas.facts()["selection"] == "residual_block_2"
    canvas.node("dense_1").click(modifiers=["Shift"])
    assert canvas.selected() == {"residual_block_2", "dense_1"}
    canvas.press("Control+g")  # told to the script, which nobody waits for
    expect(canvas.page.get_by_test_id("stText")).to_contain_text('"grouped": ["')
    assert set(canvas.facts()["grouped"]) == {"residual_block_2", "dense_1"}
    canvas.press("Escape")
    assert canvas.facts()["selection"] is None
    canvas.press("Control+a")
    assert len(canvas.selected()) == 7
    canvas.press("Escape")
    box = canvas.node("rescaling_1").bounding_box()
    assert box is not None
    canvas.page.keyboard.down("Shift")
    canvas.page.mouse.move(box["x"] - 40, box["y"] - 15)
    canvas.page.mouse.down()
    canvas.page.mouse.move(box["x"] + 260, box["y"] + 130, steps=5)
    canvas.page.mouse.up()
    canvas.page.keyboard.up("Shift")
    canvas.settle()
    assert canvas.selected() == {"rescaling_1", "residual_block_1"}
    canvas.press("Delete")
    assert "rescaling_1" not in canvas.inputs()


def test_quick_clicks_with_shift_all_count(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    canvas.node("input_1").click()
    canvas.page.keyboard.down("Shift")
    canvas.settle()
    canvas.page.locator(".react-flow__node").evaluate_all(
        """(nodes, ids) => ids.forEach(id => nodes.find(node => node.dataset.id === id)
            .dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true })))""",
        ["rescaling_1", "residual_block_1"],
    )  # the second before React has drawn the first
    canvas.page.keyboard.up("Shift")
    canvas.settle()
    assert canvas.selected() == {"input_1", "rescaling_1", "residual_block_1"}


def test_what_a_node_is_made_of_unfolds_in_place_and_folds_back(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    before = canvas.places()
    canvas.fold("residual_block_2")
    expect(canvas.node("residual_block_2/4")).to_contain_text("Add")
    skip = canvas.wire("residual_block_2/0", "residual_block_2/4")
    expect(skip.locator(".shape")).to_have_text("8×8×64")
    assert canvas.places()["residual_block_1"] == before["residual_block_1"]
    canvas.page.reload()  # this tab remembers what was unfolded
    expect(canvas.node("residual_block_2/4")).to_be_visible()
    canvas.fold("residual_block_2")
    expect(canvas.node("residual_block_2/4")).to_have_count(0)
    assert canvas.places() == before


def test_what_is_unfolded_is_seen_as_a_whole(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    graph = canvas.page.locator(".graph")
    canvas.node("residual_block_2").hover()
    canvas.page.keyboard.down("Control")
    canvas.page.mouse.wheel(0, -400)  # nearer, so that a block fills the view
    canvas.page.keyboard.up("Control")

    def expect_whole(box: str) -> None:
        expect(canvas.node(box).locator(".fold")).to_have_attribute("aria-expanded", "true")
        expect(canvas.node(f"{box}/0")).to_be_visible()
        canvas.settle()
        seen, frame = graph.bounding_box(), canvas.node(box).bounding_box()
        assert seen is not None
        assert frame is not None
        for start, length in (("x", "width"), ("y", "height")):
            assert seen[start] <= frame[start]
            assert frame[start] + frame[length] <= seen[start] + seen[length]

    canvas.fold("residual_block_3")
    expect_whole("residual_block_3")
    canvas.node("residual_block_2").dblclick()
    expect_whole("residual_block_2")
    canvas.press("ArrowUp", "Space")
    expect_whole("residual_block_1")


def test_a_large_network_opens_folded_and_a_cell_unfolds(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas("nasnet_large")
    expect(canvas.page.locator(".react-flow__node")).to_have_count(28)
    canvas.fold("nasnet_normal_cell_1")
    expect(canvas.node("nasnet_normal_cell_1/0")).to_be_attached()
    canvas.press("f")
    expect(canvas.page.locator(".react-flow__node.part")).not_to_have_count(0)


REMEMBERED_FROM_FAR = r"""() => Object.values(localStorage).some(
    (kept) => (JSON.parse(kept).view?.zoom ?? 1) < 0.3)"""
"""Whether the view that a reload shows again is the one of now; a move ends a moment after it."""


def test_from_far_cards_are_areas_of_color_and_come_back_whole(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    card = canvas.node("residual_block_1")
    name, handle = card.locator(".name"), card.locator(".react-flow__handle.source")
    plain = card.locator(".card").evaluate("card => getComputedStyle(card).backgroundColor")
    expect(name).to_be_visible()
    canvas.root.hover()
    canvas.page.keyboard.down("Control")
    for _ in range(30):
        canvas.page.mouse.wheel(0, 100)
    canvas.page.keyboard.up("Control")
    expect(name).to_be_hidden()
    expect(handle).to_be_hidden()
    expect(card.locator(".card")).not_to_have_css("background-color", plain)
    canvas.page.wait_for_function(REMEMBERED_FROM_FAR)
    canvas.page.reload()
    expect(name).to_be_hidden()
    expect(canvas.page.locator(".wire .line")).to_have_count(6)
    canvas.root.focus()
    canvas.root.hover()
    canvas.page.keyboard.down("Control")
    for _ in range(30):
        canvas.page.mouse.wheel(0, -100)
    canvas.page.keyboard.up("Control")
    canvas.press("f")
    expect(name).to_be_visible()
    expect(card.locator(".card")).to_have_css("background-color", plain)
    canvas.connect("residual_block_1", "global_average_pooling2d_1")
    drawn, begun = canvas.page.locator(".react-flow__connection-path"), handle.bounding_box()
    line = drawn.bounding_box()
    assert begun is not None
    assert line is not None
    assert line["y"] == pytest.approx(begun["y"] + begun["height"] / 2, abs=begun["height"])
    canvas.page.mouse.up()
    assert "residual_block_1" in canvas.inputs()["global_average_pooling2d_1"]


def test_what_a_person_moved_stays_until_it_is_tidied(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    before = canvas.places()
    box = canvas.node("residual_block_1").bounding_box()
    assert box is not None
    canvas.page.mouse.move(box["x"] + 90, box["y"] + 40)
    canvas.page.mouse.down()
    canvas.page.mouse.move(box["x"] + 300, box["y"] + 60, steps=5)
    canvas.page.mouse.up()
    moved = canvas.places()
    assert moved["residual_block_1"] != before["residual_block_1"]
    assert {**moved, "residual_block_1": ""} == {**before, "residual_block_1": ""}
    canvas.page.get_by_label("another page").check(force=True)
    expect(canvas.root).to_have_count(0)
    canvas.page.get_by_label("another page").uncheck(force=True)
    expect(canvas.node("residual_block_1")).to_be_visible()
    assert canvas.places() == moved
    canvas.root.focus()
    canvas.page.keyboard.press("t")
    expect(canvas.node("residual_block_1")).to_have_css("left", "0px")
    canvas.page.wait_for_function(
        """([node, place]) => {
            const hosts = [...document.querySelectorAll("*")].filter((e) => e.shadowRoot);
            const found = hosts.map((e) => e.shadowRoot.querySelector(node)).find(Boolean);
            return found?.style.transform === place;
        }""",
        arg=['.react-flow__node[data-id="residual_block_1"]', before["residual_block_1"]],
    )


def test_no_key_does_anything_while_a_person_types(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    canvas.node("dense_1").click()
    canvas.settle()
    before = canvas.facts()
    canvas.page.get_by_label("a field").click()
    for key in (*"rutf+-/?", "Delete", "ArrowUp", "Enter", *(f"Control+{key}" for key in "advg")):
        canvas.page.keyboard.press(key)
    assert canvas.facts() == before
    canvas.root.focus()
    canvas.page.keyboard.press("/")
    canvas.page.keyboard.type("dense?")
    canvas.page.keyboard.press("Backspace")
    expect(canvas.page.get_by_role("combobox", name="Add after dense_1")).to_have_value("dense")
    canvas.page.keyboard.press("Escape")
    assert canvas.facts() == before


def test_the_numbers_on_the_cards_and_the_direction_are_chosen_and_kept(
    open_canvas: OpenCanvas,
) -> None:
    canvas = open_canvas()
    figure = canvas.node("residual_block_3").locator(".figure")
    expect(figure).to_have_text("230 k")
    numbers = canvas.page.get_by_label("Numbers on the cards")
    seen = {}
    for overlay in ("MACs", "Activation memory", "Receptive field", "Output shape"):
        numbers.select_option(overlay)
        seen[overlay] = figure.inner_text()
    assert seen["MACs"].endswith("M MACs")
    assert seen["Activation memory"].endswith("kB")
    assert seen["Receptive field"].startswith("sees ")
    assert seen["Output shape"] == "8×8×128"
    canvas.page.get_by_label("Draw from left to right").click()
    expect(canvas.root).to_have_attribute("data-direction", "right")
    canvas.page.reload()
    expect(canvas.root).to_have_attribute("data-direction", "right")
    expect(figure).to_have_text("8×8×128")


def test_the_graph_is_saved_as_a_picture(open_canvas: OpenCanvas, tmp_path: Path) -> None:
    canvas = open_canvas(theme="dark")
    canvas.fold("residual_block_2")
    expect(canvas.node("residual_block_2/4")).to_be_visible()
    for name in ("svg", "png"):
        with canvas.page.expect_download() as download:
            canvas.page.get_by_label("Save as a picture").select_option(name)
        download.value.save_as(tmp_path / f"graph.{name}")
    drawn = ElementTree.parse(tmp_path / "graph.svg").getroot()
    assert any(text.text == "MaxPooling2D" for text in drawn.iter(f"{SVG}text"))
    assert "color(" not in (tmp_path / "graph.svg").read_text(encoding="utf-8")
    with Image.open(tmp_path / "graph.png") as picture:
        assert picture.size[1] == 2 * float(drawn.attrib["height"])
        corner = picture.convert("RGB").getpixel((2, 2))
        assert corner == ImageColor.getrgb(BACKGROUND["dark"])


def test_without_its_worker_the_canvas_says_so_and_tries_again(
    canvas_server: AppServer, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route("**/elk-worker.min.js", lambda route: route.abort())
    page.goto(f"{canvas_server.url}/?network=unet&name=without")
    expect(page.get_by_text("The graph could not be laid out")).to_be_visible()
    page.unroute_all()
    page.locator(".canvas").focus()
    page.keyboard.press("t")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.close()


def test_axe_finds_nothing(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    canvas.wire("residual_block_2", "residual_block_3").locator(".hit").click(force=True)
    canvas.press("Delete")
    canvas.fold("residual_block_1")
    canvas.node("residual_block_1").locator(".frame > .head .name").click()
    canvas.settle()
    expect(canvas.page.get_by_role("navigation", name="Where the view is")).to_be_visible()
    expect(canvas.page.get_by_role("group", name="How often")).to_be_visible()
    _axe(canvas)
    canvas.page.keyboard.press("/")
    expect(canvas.page.get_by_role("combobox", name="Add after residual_block_1")).to_be_visible()
    _axe(canvas)
    canvas.page.keyboard.press("Escape")
    canvas.page.keyboard.press("?")
    expect(canvas.page.get_by_role("dialog", name="Keys")).to_be_visible()
    _axe(canvas)


def _axe(canvas: CanvasPage) -> None:
    """Looks in both themes, each when its colors have come."""
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    found: list[str] = []
    for theme in THEMES:
        look_in(canvas.page, theme)
        seen = Axe().run(canvas.page, options=options).response
        assert len(seen["passes"]) > 10, "it has looked"
        found += [
            f"{theme}: {violation['id']}: {[node['target'][-1] for node in violation['nodes'][:5]]}"
            for violation in seen["violations"]
        ]
    assert found == []
