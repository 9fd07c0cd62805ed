"""The rows: what they show, how they are changed by hand, and that nothing jumps."""

import re

import pytest
from playwright.sync_api import expect

from tests.components.editor.conftest import OpenEditor

pytestmark = pytest.mark.browser


def test_a_row_shows_what_there_is_to_know(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    stem = editor.row("conv2d_1")
    expect(stem.locator(".name")).to_have_text("stem")
    expect(stem.locator(".block")).to_have_text("Conv2D")
    expect(stem.locator(".parameters")).to_have_text("64, 3×3, same")
    expect(stem.locator(".shape")).to_have_text("32×32×64")
    expect(stem.locator(".params")).to_have_text("1,792")
    expect(stem.locator(".params .figure")).to_have_attribute(
        "title", "1,792 parameters, 1.77 M MACs (1,769,472)"
    )
    expect(editor.row("residual_1").locator(".times")).to_have_text("×3")
    expect(stem.locator(".times")).to_be_hidden()
    expect(editor.page.locator(".stack-bar .count")).to_have_text("19 blocks")


def test_the_heaviest_row_has_the_longest_bar(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    wide, narrow = (editor.row(node).locator(".fill") for node in ("residual_1", "conv2d_4"))
    expect(wide).to_have_attribute("style", "width: 100%;")
    expect(narrow).to_have_attribute("style", re.compile(r"width: 16\.6"))


def test_problems_stand_under_their_row_with_a_sign(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    issue = editor.row("max_pooling2d_1").locator(".issue")
    expect(issue).to_have_attribute("data-level", "error")
    expect(issue.locator("svg")).to_be_visible()
    expect(issue).to_contain_text("a 5×5 window does not fit a 4×4 input")
    box = issue.bounding_box()
    assert box is not None
    assert box["height"] < 45  # two lines at most
    expect(editor.row("conv2d_1").locator(".issue")).to_be_hidden()


def test_a_row_says_where_it_takes_its_input_from_unless_it_is_the_row_above(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("residual")
    expect(editor.row("add_1").locator(".from")).to_have_text("from se_1, activation_1")
    # The person's own names are used.
    named = editor.row("concatenate_1").locator(".from")
    expect(named).to_have_text("from conv2d_3, residual_1, stem_pool")
    expect(editor.row("conv2d_2").locator(".from")).to_be_hidden()


def test_skips_are_drawn_from_source_to_target(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    paths = editor.page.locator(".gutter path")
    expect(paths).to_have_count(3)
    gutter = editor.page.locator(".gutter").bounding_box()
    assert gutter is not None
    ends = []
    for i in range(3):
        box = paths.nth(i).bounding_box()
        assert box is not None
        ends.append((round(box["y"]), round(box["y"] + box["height"])))
    rows = {node: editor.row(node).bounding_box() for node in editor.ids()}

    def inside(y: int, node: str) -> bool:
        box = rows[node]
        return box is not None and box["y"] < y < box["y"] + 30

    wanted = {
        ("activation_1", "add_1"),
        ("conv2d_3", "concatenate_1"),
        ("residual_1", "concatenate_1"),
    }
    for source, target in wanted:
        assert any(inside(top, source) and inside(bottom, target) for top, bottom in ends)
    expect(editor.page.locator(".gutter path.on")).to_have_count(0)
    editor.select("activation_1")
    expect(editor.page.locator(".gutter path.on")).to_have_count(1)


def test_links_are_for_rows_that_need_them(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    expect(editor.page.locator(".gutter path")).to_have_count(0)


def test_row_actions(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_2")
    act = editor.toolbar.get_by_role("button", name="Duplicate")
    act.click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv2d_1", "conv_3")
    editor.expect_selected("conv2d_1")
    editor.toolbar.get_by_role("button", name="Move up").click()
    editor.expect_rows("input_1", "conv_1", "conv2d_1", "conv_2", "conv_3")
    editor.toolbar.get_by_role("button", name="Move down").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv2d_1", "conv_3")
    more = editor.toolbar.get_by_role("button", name="Repeat one time more")
    more.click()
    more.click()
    editor.settle()
    expect(editor.row("conv2d_1").locator(".times")).to_have_text("×3")
    editor.toolbar.get_by_role("button", name="Repeat one time less").click()
    editor.settle()
    expect(editor.row("conv2d_1").locator(".times")).to_have_text("×2")
    editor.toolbar.get_by_role("button", name="Remove").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3")
    editor.expect_selected("conv_3")


def test_what_can_not_be_done_is_off(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("input_1")
    for name in ("Move up", "Repeat one time less"):
        button = editor.toolbar.get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-disabled", "true")
        button.click(force=True)
    editor.select("conv_3")
    button = editor.toolbar.get_by_role("button", name="Move down")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert {entry.split(":")[1] for entry in editor.facts()["applied"]} == {"select"}


def test_the_actions_of_the_row_under_the_pointer(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", width=1300)
    editor.row("conv_2").hover()
    bar = editor.page.locator(".row-toolbar.passing")
    bar.get_by_role("button", name="Remove").click()
    editor.expect_rows("input_1", "conv_1", "conv_3")


def test_a_press_on_the_middle_of_a_row_selects_it_and_does_nothing_else(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("chain", width=560)
    editor.row("conv_2").dblclick()
    editor.expect_selected("conv_2")
    assert editor.facts()["applied"] == ["1:select"]


def test_a_press_on_the_ground_selects_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_2")
    editor.page.locator(".scroller").click(position={"x": 200, "y": 400})
    expect(editor.page.locator('.row[aria-selected="true"]')).to_have_count(0)
    assert editor.facts()["applied"] == ["1:select", "2:select"]


def test_a_row_is_dragged_to_another_place(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.drag(editor.row("conv_3"), editor.row("conv_1"), "top")
    expect(editor.page.locator(".marker")).to_be_visible()
    expect(editor.page.locator(".chip")).to_have_text("conv_3")
    editor.page.mouse.up()
    expect(editor.page.locator(".chip")).to_have_count(0)
    assert editor.ids() == ["input_1", "conv_3", "conv_1", "conv_2"]  # at once
    editor.expect_rows("input_1", "conv_3", "conv_1", "conv_2")
    expect(editor.page.locator(".marker")).to_be_hidden()
    editor.drag(editor.row("conv_1"), editor.row("input_1"), "top")
    editor.page.mouse.up()
    editor.expect_rows("conv_1", "input_1", "conv_3", "conv_2")


def test_a_drag_to_where_it_was_or_given_up_changes_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.drag(editor.row("conv_2"), editor.row("conv_1"), "bottom")
    expect(editor.page.locator(".marker")).to_be_hidden()
    editor.page.mouse.up()
    editor.drag(editor.row("conv_2"), editor.row("input_1"), "top")
    expect(editor.page.locator(".marker")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.page.locator(".chip")).to_have_count(0)
    editor.page.mouse.up()
    assert "move" not in str(editor.facts()["applied"])
    assert editor.ids() == ["input_1", "conv_1", "conv_2", "conv_3"]


def test_the_list_scrolls_while_something_is_dragged_to_its_edge(open_editor: OpenEditor) -> None:
    editor = open_editor("long")
    scroller = editor.page.locator(".scroller")
    editor.drag(editor.row("conv_1"), editor.row("conv_3"), "bottom")
    box = scroller.bounding_box()
    assert box is not None
    editor.page.mouse.move(box["x"] + 100, box["y"] + box["height"] - 5)
    editor.page.wait_for_function(
        """() => document.querySelector('[data-testid="stBidiComponentIsolated"]')
            .shadowRoot.querySelector(".scroller").scrollTop > 400"""
    )
    editor.page.mouse.up()
    editor.settle()
    assert editor.ids().index("conv_1") > 20


def test_the_plus_between_rows_says_where_the_next_block_goes(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.row("conv_1").hover(position={"x": 200, "y": 26})
    plus = editor.page.get_by_role("button", name="Insert a block after conv_1")
    plus.click()
    expect(editor.search).to_be_focused()
    expect(editor.search).to_have_attribute("placeholder", "Add after conv_1")
    expect(editor.page.locator(".marker")).to_be_visible()
    editor.page.keyboard.type("drop")
    editor.page.keyboard.press("Enter")
    editor.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    expect(editor.page.locator(".marker")).to_be_hidden()
    editor.page.keyboard.press("Enter")
    editor.expect_rows("input_1", "conv_1", "dropout_1", "dropout_2", "conv_2", "conv_3")


def test_the_plus_above_the_first_row(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.row("input_1").hover(position={"x": 200, "y": 3})
    editor.page.get_by_role("button", name="Insert a block at the top").click()
    editor.block("Rescaling").click()
    editor.expect_rows("rescaling_1", "input_1", "conv_1", "conv_2", "conv_3")


def test_elements_and_scroll_stay_through_an_update(open_editor: OpenEditor) -> None:
    editor = open_editor("long")
    editor.select("conv_12")
    editor.settle()
    editor.page.evaluate(
        """() => {
            const { shadowRoot } = document.querySelector(
                '[data-testid="stBidiComponentIsolated"]');
            window.list = shadowRoot.querySelector(".list");
            window.scroller = shadowRoot.querySelector(".scroller");
            window.before = [...list.children];
            scroller.scrollTop = 137;
            window.scrolls = [];
            scroller.addEventListener("scroll", () => scrolls.push(scroller.scrollTop));
        }"""
    )
    editor.page.wait_for_function("() => scrolls.length === 1")
    editor.page.keyboard.press("Control+d")
    expect(editor.row("conv2d_1")).to_be_visible()
    editor.page.keyboard.press("+")
    editor.page.keyboard.press("Alt+ArrowDown")
    editor.settle()
    assert editor.page.evaluate("before.every((row) => row.isConnected)")
    assert editor.page.evaluate("scroller.scrollTop") == 137
    assert editor.focused() == "conv2d_1"


def test_a_new_row_is_scrolled_into_view_and_flashes_once(open_editor: OpenEditor) -> None:
    editor = open_editor("long")
    editor.page.evaluate(
        """() => {
            const { shadowRoot } = document.querySelector(
                '[data-testid="stBidiComponentIsolated"]');
            window.flashes = [];
            shadowRoot.addEventListener("animationstart", (event) => {
                if (event.animationName === "arrive") flashes.push(event.target.dataset.nodeId);
            });
        }"""
    )
    editor.block("Dropout").click()
    expect(editor.row("dropout_1")).to_be_in_viewport()
    editor.settle()
    editor.select("conv_59")
    editor.settle()
    assert editor.page.evaluate("flashes") == ["dropout_1"]


def test_an_empty_stack_says_what_to_do_first(open_editor: OpenEditor) -> None:
    editor = open_editor("empty")
    empty, begin = editor.page.locator(".empty:not(.begin)"), editor.page.locator(".begin")
    expect(begin).to_be_hidden()
    expect(empty).to_have_text("Add an Input block to begin, or open a template.")
    empty.get_by_role("button").click()
    editor.expect_rows("input_1")
    expect(empty).to_be_hidden()
    expect(begin).to_be_visible()


def test_the_page_can_tell_how_far_the_editor_is(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    expect(editor.root).to_have_attribute("data-revision", "0")
    expect(editor.root).to_have_attribute("data-ack", "0")
    editor.block("Dropout").click()
    editor.settle()
    expect(editor.root).to_have_attribute("data-revision", "1")
    expect(editor.root).to_have_attribute("data-ack", "1")
