"""Copying, loose ends, repeats and looking into blocks, on the canvas in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.components.canvas.conftest import CanvasPage, OpenCanvas

pytestmark = pytest.mark.browser

WRITE = """text => {
    const hosts = [...document.querySelectorAll("*")].filter((each) => each.shadowRoot);
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true });
    hosts.at(-1).dispatchEvent(event);
}"""
"""Pastes a text as if it had been in the clipboard."""


def test_a_selection_is_copied_into_another_tab_and_cut_into_another_place(
    open_canvas: OpenCanvas,
) -> None:
    canvas, other = open_canvas(), open_canvas("empty")
    canvas.page.bring_to_front()
    canvas.node("residual_block_1").click()
    canvas.node("residual_block_2").click(modifiers=["Shift"])
    canvas.press("Control+c")
    expect(canvas.root.get_by_role("status").first).to_have_text("2 blocks copied")
    other.page.bring_to_front()
    other.root.focus()
    for search in ("input", "dropout"):
        other.add(search)
    other.node("input_1").click()
    other.press("Control+v")
    assert other.inputs() == {
        "input_1": [],
        "residual_block_1": ["input_1"],
        "residual_block_2": ["residual_block_1"],
        "dropout_1": ["residual_block_2"],
    }
    assert other.selected() == {"residual_block_1", "residual_block_2"}
    other.press("Control+z")
    assert other.inputs()["dropout_1"] == ["input_1"]
    # In its own document a copy reads what the original reads, and the rest stays as it was.
    canvas.page.bring_to_front()
    before = canvas.inputs()
    canvas.press("Control+v")
    assert canvas.inputs() == before | {
        "residual_block_4": ["rescaling_1"],
        "residual_block_5": ["residual_block_4"],
    }
    canvas.press("Control+z")
    # What is cut goes where it is pasted.
    canvas.node("residual_block_1").click()
    canvas.press("Control+x")
    assert canvas.inputs()["residual_block_2"] == ["rescaling_1"]
    canvas.node("residual_block_3").click()
    canvas.press("Control+v")
    assert canvas.inputs()["residual_block_1"] == ["residual_block_3"]
    assert canvas.inputs()["global_average_pooling2d_1"] == ["residual_block_1"]


def test_several_blocks_are_duplicated_as_a_whole(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    canvas.node("residual_block_1").click()
    canvas.node("residual_block_2").click(modifiers=["Shift"])
    canvas.press("Control+d")
    assert canvas.inputs()["residual_block_4"] == ["residual_block_2"]
    assert canvas.inputs()["residual_block_3"] == ["residual_block_5"]
    assert canvas.selected() == {"residual_block_4", "residual_block_5"}
    canvas.press("Control+z")
    assert len(canvas.inputs()) == 7


def test_what_else_is_in_the_clipboard_changes_nothing_and_is_explained(
    open_canvas: OpenCanvas,
) -> None:
    canvas = open_canvas()
    canvas.node("dense_1").click()
    before = canvas.facts()
    words = canvas.root.get_by_role("status").first
    for text in ("hello", "{", '{"format": "convstack-architecture"}'):
        canvas.page.evaluate(WRITE, text)
        expect(words).to_contain_text("There are no blocks in the clipboard")
        assert canvas.facts() == before
    node = {"id": "x", "block": "Lambda", "inputs": []}
    hostile = {"format": "convstack-nodes", "version": 1, "nodes": [node]}
    canvas.page.evaluate(WRITE, json.dumps(hostile))
    expect(canvas.page.get_by_test_id("stText")).to_contain_text("cannot be pasted")
    assert "Lambda" in canvas.facts()["messages"][0]
    assert canvas.inputs() == before["inputs"]
    # In a text field the browser's own copying and pasting are left alone.
    canvas.page.get_by_label("a field").fill("words")
    canvas.page.get_by_label("a field").press("Control+a")
    canvas.page.keyboard.press("Control+x")
    canvas.page.keyboard.press("Control+v")
    canvas.page.keyboard.press("Control+v")
    expect(canvas.page.get_by_label("a field")).to_have_value("wordswords")
    assert canvas.inputs() == before["inputs"]


def test_a_connection_let_go_over_nothing_asks_for_a_block(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    before = canvas.inputs()
    x, y = canvas.draw("residual_block_1")
    canvas.page.mouse.move(x + 260, y + 30, steps=4)
    canvas.page.mouse.up()
    field = canvas.page.get_by_role("combobox", name="Add a block that reads residual_block_1")
    box = field.bounding_box()
    assert box is not None
    assert abs(box["x"] - x - 260) < 4
    assert abs(box["y"] - y - 30) < 4
    expect(canvas.page.locator(".loose path")).to_be_visible()
    canvas.page.keyboard.type("conv2d")
    canvas.press("Enter")
    expect(canvas.page.locator(".loose")).to_have_count(0)
    assert canvas.inputs() == before | {"conv2d_1": ["residual_block_1"]}
    card = canvas.node("conv2d_1").bounding_box()
    assert card is not None
    assert abs(card["x"] + card["width"] / 2 - x - 260) < 4
    # From the other end it is read.
    x, y = canvas.draw("dense_1", "target")
    canvas.page.mouse.move(x + 280, y + 20, steps=4)
    canvas.page.mouse.up()
    canvas.page.keyboard.type("flatten")
    canvas.press("Enter")
    assert canvas.inputs()["dense_1"] == ["flatten_1"]
    assert canvas.inputs()["flatten_1"] == []
    # So does a double click on the ground, there.
    canvas.page.locator(".react-flow__pane").dblclick(position={"x": 40, "y": 500})
    field = canvas.page.get_by_role("combobox", name="Add after flatten_1")
    graph, box = canvas.page.locator(".graph").bounding_box(), field.bounding_box()
    assert graph is not None
    assert box is not None
    assert abs(box["x"] - graph["x"] - 40) < 4
    canvas.press("Escape")
    expect(field).to_have_count(0)


def take_end(canvas: CanvasPage, wire: tuple[str, str], end: str) -> None:
    """Select a connection and press the place where one of its ends is taken."""
    canvas.wire(*wire).locator(".hit").dispatch_event("click")
    grip = canvas.wire(*wire).locator(f'.grip[data-end="{end}"]')
    expect(grip).to_have_css("opacity", "1")
    grip.hover()  # waits until the graph has been laid out anew
    canvas.page.mouse.down()


def over(canvas: CanvasPage, node: str) -> None:
    """Move what is held into the middle of a node's card."""
    card = canvas.node(node).bounding_box()
    assert card is not None
    canvas.page.mouse.move(card["x"] + 60, card["y"] + 80, steps=3)
    canvas.page.mouse.move(card["x"] + 60, card["y"] + 25, steps=3)


def test_the_ends_of_a_line_are_dragged_to_other_blocks(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    before = canvas.add_subtract()
    take_end(canvas, ("rescaling_1", "subtract_1"), "source")
    over(canvas, "residual_block_1")
    expect(canvas.node("residual_block_1").locator(".card")).to_have_attribute("data-fit", "misfit")
    canvas.page.mouse.up()
    assert canvas.inputs()["subtract_1"] == ["residual_block_2", "residual_block_1"]
    take_end(canvas, ("residual_block_1", "subtract_1"), "target")
    over(canvas, "dense_1")
    canvas.page.mouse.up()
    after = canvas.inputs()
    assert (after["subtract_1"], after["dense_1"]) == (["residual_block_2"], ["residual_block_1"])
    canvas.press("Control+z")
    assert canvas.inputs()["subtract_1"] == ["residual_block_2", "residual_block_1"]
    assert canvas.inputs()["dense_1"] == before["dense_1"]
    canvas.press("Control+z")
    assert canvas.inputs() == before
    # Over nothing, over what would close a cycle, and after Escape, it stays where it was.
    for leave in ("nothing", "dense_1", "Escape"):
        take_end(canvas, ("rescaling_1", "subtract_1"), "source")
        if leave == "dense_1":
            over(canvas, leave)
            expect(canvas.node(leave).locator(".card")).to_have_attribute("data-fit", "refused")
        else:
            canvas.page.mouse.move(300, 500, steps=4)
        if leave == "Escape":
            canvas.page.keyboard.press("Escape")
        canvas.page.mouse.up()
        assert canvas.inputs() == before
        expect(canvas.wire("rescaling_1", "subtract_1")).to_be_visible()
        expect(canvas.page.get_by_role("combobox", name="Add a block")).to_have_count(0)


def test_the_end_of_a_line_is_dragged_to_another_input_of_its_block(
    open_canvas: OpenCanvas,
) -> None:
    canvas = open_canvas()
    before = canvas.add_subtract()
    places, tip = canvas.page.locator(".inlets span"), canvas.page.locator(".tip")
    card = canvas.node("subtract_1").bounding_box()
    assert card is not None
    left, right = ((card["x"] + card["width"] * share, card["y"] + 30) for share in (0.2, 0.8))
    take_end(canvas, ("rescaling_1", "subtract_1"), "target")
    canvas.page.mouse.move(*right, steps=4)
    expect(places).to_have_text(["1", "2"])
    expect(tip).to_have_count(0)
    canvas.page.mouse.up()
    expect(places).to_have_count(0)
    assert canvas.inputs() == before, "it was there already"
    take_end(canvas, ("rescaling_1", "subtract_1"), "target")
    canvas.page.mouse.move(*left, steps=4)
    expect(places.first).to_have_attribute("data-held", "true")
    expect(tip).to_have_text("Becomes input 1; residual_block_2 becomes input 2.")
    canvas.page.mouse.up()
    swapped = ["rescaling_1", "residual_block_2"]
    assert canvas.inputs() == before | {"subtract_1": swapped}
    canvas.press("Control+z")
    assert canvas.inputs() == before
    # Both inputs read the same block: there is nothing to exchange.
    canvas.wire("residual_block_2", "subtract_1").locator(".hit").dispatch_event("click")
    take_end(canvas, ("residual_block_2", "subtract_1"), "source")
    over(canvas, "rescaling_1")
    canvas.page.mouse.up()
    twice = canvas.inputs()
    assert twice["subtract_1"] == ["rescaling_1", "rescaling_1"]
    canvas.page.locator('.wire[data-edge="rescaling_1>subtract_1"] .hit').last.dispatch_event(
        "click"
    )
    grip = canvas.page.locator('.selected .grip[data-end="target"]')
    grip.hover(force=True)
    canvas.page.mouse.down()
    for at in (left, right):
        canvas.page.mouse.move(*at, steps=4)
    canvas.page.mouse.move(*left, steps=4)
    expect(tip).to_have_text("Inputs 2 and 1 both read rescaling_1.")
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.up()
    assert canvas.inputs() == twice


def test_a_connection_is_given_up_by_escape(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    before = canvas.inputs()
    canvas.connect("input_1", "residual_block_1")
    line = canvas.page.locator(".react-flow__connection path").first
    expect(line).to_be_attached()  # straight down to where it would end: a box without width
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator(".react-flow__connection")).to_have_count(0)
    canvas.page.mouse.up()
    expect(canvas.page.locator(".quick")).to_have_count(0)
    assert canvas.inputs() == before


def test_why_a_connection_does_not_fit_is_said_while_it_is_drawn(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    tip = canvas.page.locator(".tip")
    canvas.connect("residual_block_2", "residual_block_1")
    expect(tip).to_have_text(
        "residual_block_2 already depends on residual_block_1, so this connection would close a "
        "cycle; connect from a node above."
    )
    canvas.page.mouse.up()
    expect(tip).to_have_count(0)
    expect(canvas.page.locator(".quick")).to_have_count(0)
    canvas.connect("dense_1", "input_1")
    expect(tip).to_contain_text("dense_1 already depends on input_1")
    canvas.page.mouse.up()
    # Cut, the end of the network may feed its middle, but its shape does not fit there.
    canvas.wire("residual_block_1", "residual_block_2").locator(".hit").click(force=True)
    canvas.press("Delete")
    canvas.node("residual_block_1").click()
    canvas.add("flatten")
    canvas.connect("flatten_1", "residual_block_2")
    expect(tip).to_contain_text("expected an image")
    expect(canvas.node("residual_block_2").locator(".card")).to_have_attribute("data-fit", "misfit")
    canvas.page.mouse.up()
    assert canvas.inputs()["residual_block_2"] == ["flatten_1"]


def test_how_often_a_block_is_repeated_is_set_on_its_card(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas()
    repeats = canvas.page.get_by_role("group", name="How often residual_block_3 is repeated")
    canvas.node("residual_block_3").hover()
    repeats.get_by_role("button", name="one time more").click()
    expect(canvas.node("residual_block_3").locator(".times")).to_have_text("×2")
    assert canvas.facts()["selection"] is None, "the pointer sets it without selecting"
    canvas.node("residual_block_3").click()
    canvas.page.keyboard.press("r")
    canvas.page.keyboard.type("12")
    canvas.press("Enter")
    expect(canvas.node("residual_block_3").locator(".times")).to_have_text("×12")
    canvas.press("-")
    expect(canvas.node("residual_block_3").locator(".times")).to_have_text("×11")
    canvas.page.keyboard.press("r")
    canvas.page.keyboard.type("3")
    canvas.press("Escape")
    expect(canvas.node("residual_block_3").locator(".times")).to_have_text("×11")
    canvas.page.keyboard.press("r")
    canvas.page.keyboard.type("999")
    canvas.press("Enter")
    expect(canvas.page.get_by_test_id("stText")).to_contain_text("received 999")
    expect(canvas.node("residual_block_3").locator(".times")).to_have_text("×11")
    canvas.page.keyboard.press("r")
    canvas.page.keyboard.type("a few")
    canvas.press("Enter")
    expect(canvas.root.get_by_role("status").first).to_contain_text("received “a few”")
    canvas.node("input_1").click()
    canvas.page.keyboard.press("r")
    expect(canvas.page.locator(".repeats")).to_have_count(0)


def test_the_path_says_where_one_looks_and_leads_out_again(open_canvas: OpenCanvas) -> None:
    canvas = open_canvas("nasnet_mobile")
    crumbs = canvas.page.get_by_role("navigation", name="Where the view is")
    cell = next(node for node in canvas.inputs() if node.startswith("nasnet_normal_cell"))
    canvas.node(cell).click()
    canvas.settle()
    expect(crumbs).to_have_count(0)
    canvas.press("Enter")
    expect(crumbs.get_by_role("button")).to_have_text(["nasnet_mobile", cell])
    inner = canvas.page.locator(".react-flow__node.part").filter(
        has=canvas.page.locator('.fold[aria-expanded="false"]')
    )
    key = inner.first.get_attribute("data-id")
    assert key is not None
    canvas.fold(key)
    expect(crumbs.get_by_role("button")).to_have_count(3)
    last = crumbs.get_by_role("button").last
    expect(last).to_have_attribute("aria-current", "location")
    last.click()
    whole = canvas.node(key).bounding_box()
    graph = canvas.page.locator(".graph").bounding_box()
    assert whole is not None
    assert graph is not None
    assert graph["x"] <= whole["x"]
    assert whole["x"] + whole["width"] <= graph["x"] + graph["width"]
    canvas.root.focus()
    canvas.press("u")
    expect(crumbs.get_by_role("button")).to_have_text(["nasnet_mobile", cell])
    canvas.press("u")
    expect(crumbs).to_have_count(0)
    assert canvas.selected() == {cell}, "looking at the whole network takes nothing away"
