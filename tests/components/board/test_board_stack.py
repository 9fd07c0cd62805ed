"""The rows: what they show, how they are changed by hand and by keys, and that nothing jumps."""

import re

import pytest
from playwright.sync_api import expect

from tests.components.board.conftest import OpenBoard

pytestmark = pytest.mark.browser

CHAIN = ("input_1", "conv_1", "conv_2", "conv_3")


def test_a_row_shows_and_says_what_there_is_to_know(open_board: OpenBoard) -> None:
    board = open_board("residual")
    stem = board.row("conv2d_1")
    expect(stem.locator(".name")).to_have_text("stem")
    expect(stem.locator(".params .figure")).to_have_attribute(
        "title", "896 parameters, 885 k MACs (884,736)"
    )
    expect(board.row("residual_1").locator(".fill")).to_have_attribute("style", "width: 100%;")
    expect(board.row("conv2d_2").locator(".fill")).to_have_attribute("style", "width: 2%;")
    expect(board.row("residual_1")).to_have_accessible_name(
        "residual_1 ×3 residual_block 128, pooling output 4×4×128 853,120 parameters"
    )
    issue = board.row("max_pooling2d_1").locator(".issue")
    expect(issue).to_have_attribute("data-level", "error")
    expect(board.row("max_pooling2d_1")).to_have_accessible_name(
        re.compile(r"output \? – parameters from residual_1 error: .*does not fit")
    )
    expect(board.page.locator(".stack-bar .count")).to_have_text("16 blocks")
    # A row tells its input unless that is the row above, and links lead there.
    expect(board.row("add_1").locator(".from")).to_have_text("from se_1, projection")
    expect(board.row("conv2d_2").locator(".from")).to_be_hidden()
    expect(board.page.locator(".gutter path")).to_have_count(4)
    board.select("se_1")
    expect(board.page.locator(".gutter path.on")).to_have_count(1)
    # Layers of a shortcut stand beside the main path.
    expect(board.page.locator(".shortcut-head")).to_have_text(["shortcut"])
    expect(board.row("projection")).to_have_accessible_name(re.compile("on the shortcut to add_1"))
    bars = [board.row(node).locator(".bar").bounding_box() for node in ("projection", "add_1")]
    assert bars[0] is not None
    assert bars[1] is not None
    assert bars[0]["x"] == bars[1]["x"] + 12


def test_rows_are_walked_moved_repeated_duplicated_and_removed_by_keys(
    open_board: OpenBoard,
) -> None:
    board = open_board("chain")
    stops = board.page.locator('.row[tabindex="0"]')
    board.select("conv_1")
    walked = [("ArrowDown", "conv_2"), ("End", "conv_3"), ("Home", "input_1")]
    for key, node in [*walked, ("ArrowUp", "input_1"), ("ArrowDown", "conv_1")]:
        board.press(key)
        board.expect_selected(node)
        assert board.focused() == node
    expect(stops).to_have_count(1)
    board.press("Alt+ArrowDown", "Alt+ArrowDown")
    live = board.page.locator("[aria-live=polite]")
    expect(live).to_have_text("Moved conv_1 to row 4 of 4")
    board.expect_rows("input_1", "conv_2", "conv_3", "conv_1")
    board.press(*["Alt+ArrowUp"] * 2)
    board.expect_rows(*CHAIN)
    assert board.focused() == "conv_1"
    board.press("+", "+", "-")
    board.settle()
    expect(board.row("conv_1").locator(".times")).to_have_text("×2")
    board.press("Control+d")
    expect(board.row("conv2d_1")).to_be_focused()
    board.press("Delete", "Delete")
    board.expect_rows("input_1", "conv_1", "conv_3")
    assert board.focused() == "conv_3"
    # Behind the list stand the actions, which are one stop.
    board.press("Tab")
    assert board.focused() == "Duplicate"
    board.press("ArrowRight", "ArrowRight", "Enter")
    board.settle()
    expect(board.row("conv_3").locator(".times")).to_have_text("×2")
    assert board.focused() == "Repeat one time more"
    board.press("Tab", "Enter")
    expect(board.search).to_have_attribute("placeholder", "Add after conv_3")
    board.page.keyboard.type("flat")
    board.press("Enter")
    board.expect_rows("input_1", "conv_1", "conv_3", "flatten_1")
    board.select("conv_1")
    board.press("Control+c")
    expect(board.root.locator(".why")).to_have_text("1 block copied")
    board.press("Control+v")
    board.expect_rows("input_1", "conv_1", "conv2d_1", "conv_3", "flatten_1")


def test_several_rows_are_selected_and_removed_or_grouped_together(open_board: OpenBoard) -> None:
    board = open_board("chain")

    def expect_chosen(*ids: str) -> None:
        expect(board.page.locator('.row[aria-selected="true"]')).to_have_count(len(ids))
        assert board.chosen() == list(ids)

    board.select("conv_1")
    board.press("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowUp")
    expect_chosen("conv_1", "conv_2")
    for key, why in (("Alt+ArrowDown", "move"), ("Control+d", "duplicate"), ("+", "repeat")):
        board.press(key)
        expect(board.root.locator(".why")).to_have_text(f"Select one row to {why} it")
    board.press("Control+g")
    board.settle()
    assert board.operations() == ["group"]
    board.row("conv_3").locator(".name").click(modifiers=["Shift"])
    board.row("conv_2").locator(".name").click(modifiers=["Control"])
    expect_chosen("conv_1", "conv_3")
    board.press("Escape")
    expect(board.page.locator('.row[aria-selected="true"]')).to_have_count(1)
    board.press("Control+a")
    expect_chosen(*CHAIN)
    make = board.root.get_by_role("button", name="Make a block of")
    expect(make).to_have_text("Make a block of 4")
    board.row("input_1").locator(".name").click(modifiers=["Control"])
    board.press("Delete")
    board.expect_rows("input_1")
    board.press("Control+z")
    board.expect_rows(*CHAIN)


def test_a_row_is_dragged_to_another_place_or_not(open_board: OpenBoard) -> None:
    board = open_board("long")
    marker, chip = board.page.locator(".marker"), board.page.locator(".chip")
    board.drag(board.row("conv_3"), board.row("conv_1"), "top")
    expect(marker).to_be_visible()
    expect(chip).to_have_text("conv_3")
    board.page.mouse.up()
    assert board.ids()[:4] == ["input_1", "conv_3", "conv_1", "conv_2"]  # at once
    board.settle()
    board.drag(board.row("conv_2"), board.row("conv_1"), "bottom")
    expect(marker).to_be_hidden()  # it is there already
    board.page.mouse.up()
    board.drag(board.row("conv_2"), board.row("input_1"), "top")
    board.press("Escape")
    expect(chip).to_have_count(0)
    board.page.mouse.up()
    assert board.operations() == ["move"]
    board.drag(board.row("conv_1"), board.row("conv_5"), "bottom")
    box = board.page.locator(".scroller").bounding_box()
    assert box is not None
    board.page.mouse.move(box["x"] + 100, box["y"] + box["height"] - 5)
    board.page.wait_for_function(
        """() => document.querySelector('[data-testid="stBidiComponentIsolated"]')
            .shadowRoot.querySelector(".scroller").scrollTop > 400"""
    )
    board.page.mouse.up()
    board.settle()
    assert board.ids().index("conv_1") > 20


def test_the_plus_between_rows_says_where_the_next_block_goes(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.row("conv_1").hover(position={"x": 200, "y": 26})
    board.page.get_by_role("button", name="Insert a block after conv_1").click()
    expect(board.search).to_have_attribute("placeholder", "Add after conv_1")
    expect(board.page.locator(".marker")).to_be_visible()
    board.page.keyboard.type("drop")
    board.press("Enter")
    board.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    expect(board.page.locator(".marker")).to_be_hidden()
    board.press("Enter")
    board.expect_rows("input_1", "conv_1", "dropout_1", "dropout_2", "conv_2", "conv_3")
    board.row("input_1").hover(position={"x": 200, "y": 3})
    board.page.get_by_role("button", name="Insert a block at the top").click()
    board.press("Escape", "Escape")
    assert board.focused() == "dropout_2"
    # The actions of the row under the pointer, and a press on the ground.
    board.row("conv_2").hover()
    bar = board.page.locator(".row-toolbar.passing")
    bar.get_by_role("button", name="Remove").click()
    board.expect_rows("input_1", "conv_1", "dropout_1", "dropout_2", "conv_3")
    board.page.locator(".scroller").click(position={"x": 200, "y": 400})
    expect(board.page.locator('.row[aria-selected="true"]')).to_have_count(0)


def test_elements_scroll_and_keyboard_stay_through_updates(open_board: OpenBoard) -> None:
    board = open_board("long")
    board.select("conv_12")
    board.settle()
    board.page.evaluate(
        """() => {
            const { shadowRoot } = document.querySelector(
                '[data-testid="stBidiComponentIsolated"]');
            window.scroller = shadowRoot.querySelector(".scroller");
            window.before = [...shadowRoot.querySelector(".list").children];
            window.flashes = [];
            shadowRoot.addEventListener("animationstart", (event) => {
                if (event.animationName === "arrive") flashes.push(event.target.dataset.nodeId);
            });
            scroller.scrollTop = 137;
        }"""
    )
    board.press("Control+d")
    expect(board.row("conv2d_1")).to_be_visible()
    board.press("+", "Alt+ArrowDown")
    board.settle()
    assert board.page.evaluate("before.every((row) => row.isConnected)")
    assert board.page.evaluate("scroller.scrollTop") == 137
    assert board.focused() == "conv2d_1"
    board.select("conv_12")
    board.page.keyboard.press("End")
    board.block("Dropout").click()
    expect(board.row("dropout_1")).to_be_in_viewport()
    board.settle()
    assert board.page.evaluate("[...new Set(flashes)]") == ["conv2d_1", "dropout_1"]


def test_a_row_is_looked_into_walked_and_never_edited_inside(open_board: OpenBoard) -> None:
    board = open_board("residual", height=900)
    board.page.set_viewport_size({"width": 1200, "height": 1080})
    board.select("residual_1")
    board.press("ArrowRight")
    expect(board.part("residual_1/0")).to_be_visible()
    board.settle()
    for key, there in (("ArrowRight", "residual_1/0"), ("ArrowDown", "residual_1/0/0")):
        board.press(key)
        assert board.focused() == there
    expect(board.part("residual_1/0/0")).to_contain_text("on the shortcut")
    for key in ("Delete", "Backspace", "+", "-", "Enter", "Alt+ArrowDown"):
        board.press(key)
    assert board.operations() == ["open"]
    assert board.focused() == "residual_1/0/0"
    board.page.reload()
    expect(board.part("residual_1/0")).to_be_visible()
    board.settle()
    board.part("residual_1/0/1").click()
    board.expect_selected("residual_1")
    board.press("ArrowLeft", "ArrowLeft")
    assert board.focused() == "residual_1"
    board.press("ArrowLeft")
    expect(board.page.locator(".part")).to_have_count(0)
    board.settle()
    assert board.operations() == ["open", "open", "open"]


def test_keys_belong_to_who_types_and_undo_works_anywhere(open_board: OpenBoard) -> None:
    board = open_board("chain")
    undo = board.page.get_by_role("button", name="Undo (Ctrl+Z)")
    expect(undo).to_have_count(0)  # it stands in the bar of the page
    board.page.get_by_role("button", name="Full window").click()
    expect(undo).to_have_attribute("aria-disabled", "true")
    board.page.get_by_role("button", name="Leave full window").click()
    board.press("Control+z", "Control+y")
    board.block("Dropout").click()
    board.expect_rows(*CHAIN, "dropout_1")
    board.page.get_by_label("a field").click()
    board.page.keyboard.type("abc/?")
    board.press("Control+z", "Control+y", "Backspace", "Delete")
    expect(board.search).not_to_be_focused()
    expect(board.page.locator(".help")).to_have_count(0)
    board.page.get_by_test_id("stMain").click(position={"x": 5, "y": 740})
    board.press("Control+z")
    board.expect_rows(*CHAIN)
    board.press("Meta+Shift+z")
    board.expect_rows(*CHAIN, "dropout_1")
    board.page.get_by_role("button", name="Full window").click()
    undo.click()
    board.expect_rows(*CHAIN)
    board.page.get_by_role("button", name="Leave full window").click()
    assert board.operations() == ["add", "undo", "redo", "undo"]
    board.select("conv_1")
    board.press("?")
    keys = board.page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("duplicate it")
    keys.evaluate("dialog => { dialog.style.maxWidth = '320px'; }")  # its words take two lines
    heights = keys.locator("kbd").evaluate_all("all => all.map(key => key.offsetHeight)")
    assert len(heights) > 20
    assert len(set(heights)) == 1
    board.press("Escape")
    expect(keys).to_have_count(0)
    assert board.focused() == "conv_1"


def test_an_empty_board_says_what_to_do_first(open_board: OpenBoard) -> None:
    board = open_board("empty")
    empty, begin = board.page.locator(".empty:not(.begin)"), board.page.locator(".begin")
    expect(begin).to_be_hidden()
    expect(empty).to_have_text("Add an Input block to begin, or open a template.")
    empty.get_by_role("button").click()
    board.expect_rows("input_1")
    expect(empty).to_be_hidden()
    expect(begin).to_be_visible()
