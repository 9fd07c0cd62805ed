"""Both themes, the widths that the board is given, and what it asks of eyes and hands."""

from contextlib import suppress
from typing import Literal

import pytest
from playwright.sync_api import TimeoutError as LateError
from playwright.sync_api import expect

from tests.components.board.conftest import OpenBoard

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]

# For every element with text of its own: the contrast of its color with what is painted behind.
CONTRASTS = """() => {
    const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colors) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const color of colors) {
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b]
        .map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const found = {};
    for (const element of root.querySelectorAll(".board *")) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!own || !element.checkVisibility()) continue;
        if (element.closest('[aria-disabled="true"], style')) continue;
        const behind = [];
        for (let at = element; at instanceof Element; at = at.parentElement) {
            behind.unshift(getComputedStyle(at).backgroundColor);
        }
        if (element.matches(".figure") && element.previousSibling.offsetWidth > 4) {
            behind.push(getComputedStyle(element.previousSibling).backgroundColor);
        }
        const ground = rgb(behind);
        const text = rgb([...behind, getComputedStyle(element).color]);
        const [a, b] = [light(ground), light(text)].sort((x, y) => y - x);
        const name = element.className || element.tagName;
        found[name] = Math.min(found[name] ?? 99, (a + 0.05) / (b + 0.05));
    }
    return found;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(open_board: OpenBoard, theme: Theme) -> None:
    board = open_board("residual", theme=theme, width=1500, views=("Canvas", "Stack"))
    expect(board.root).to_have_attribute("data-theme", theme)
    expect(board.card("residual_1")).to_be_visible()
    board.row("se_1").locator(".fold").click()
    expect(board.page.locator(".part").first).to_be_visible()
    board.settle()
    for node in ("max_pooling2d_1", "concatenate_1", "add_1"):
        board.select(node)
        contrasts = board.page.evaluate(CONTRASTS)
        assert len(contrasts) > 20
        assert {name: value for name, value in contrasts.items() if value < 4.5} == {}
    board.search.fill("conv")
    board.page.locator(".stack-bar").get_by_role("button", name="Keys (?)").click()
    contrasts = board.page.evaluate(CONTRASTS)
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}


def test_theme_and_colors_are_those_of_the_app_at_any_time(open_board: OpenBoard) -> None:
    board = open_board("chain", theme="light")
    board.select("conv_1")
    board.settle()
    ground = "element => getComputedStyle(element).backgroundColor"
    before = board.root.evaluate(ground)
    board.page.emulate_media(color_scheme="dark")
    expect(board.root).to_have_attribute("data-theme", "dark")
    assert board.root.evaluate(ground) != before
    board.expect_selected("conv_1")
    color = ":root { --cs-convolution: rgb(1, 2, 3) !important; }"
    style = board.page.add_style_tag(content=color)
    expect(board.row("conv_1").locator(".bar")).to_have_css("background-color", "rgb(1, 2, 3)")
    style.evaluate("style => style.remove()")


STICKING_OUT = """() => {
    const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const board = root.querySelector(".board");
    const { left, right } = board.getBoundingClientRect();
    const lines = ".stack :is(.row, .part, :is(.row, .part) > :not(.spoken))";
    return [...board.querySelectorAll(`${lines}, .row-toolbar, .stack-bar > *`)]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.className, element.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.left < left || box.right > right + 0.5))
        .map(([name]) => name);
}"""


def test_nothing_sticks_out_at_any_width(open_board: OpenBoard) -> None:
    board = open_board("residual", views=("Canvas", "Stack"))
    board.row("residual_1").locator(".fold").click()
    expect(board.page.locator(".part").first).to_be_visible()
    board.select("add_1")
    for width in (390, 560, 760, 1024, 1366, 1900):
        board.page.set_viewport_size({"width": width, "height": 760})
        with suppress(LateError):  # the page around it takes its new width in some frames
            board.page.wait_for_function(f"() => !({STICKING_OUT})().length", timeout=3_000)
        assert (width, board.page.evaluate(STICKING_OUT)) == (width, [])


def test_rows_are_thirty_pixels_high_and_columns_line_up(open_board: OpenBoard) -> None:
    board = open_board("residual", width=1200)
    boxes = {node: board.row(node).bounding_box() for node in ("input_1", "conv2d_2")}
    assert {box["height"] for box in boxes.values() if box} == {30}
    for column in ("bar", "name", "block", "shape", "params"):
        places = board.page.locator(f".row:not(.aside) .{column}").evaluate_all(
            """(all, side) => all.map((element) =>
                Math.round(element.getBoundingClientRect()[side] * 4) / 4)""",
            "right" if column in ("shape", "params") else "left",
        )
        assert len(set(places)) == 1, column
    heads = board.page.locator(".heads span").evaluate_all(
        "all => all.map((head) => head.getBoundingClientRect())"
    )
    block = board.row("input_1").locator(".block").bounding_box()
    shape = board.row("input_1").locator(".shape").bounding_box()
    assert block is not None
    assert shape is not None
    assert abs(heads[1]["left"] - block["x"]) < 1
    assert abs(heads[2]["right"] - (shape["x"] + shape["width"])) < 1


def test_the_number_at_the_end_of_a_long_name_is_never_cut(open_board: OpenBoard) -> None:
    row = open_board("residual", width=560).row("global_average_pooling2d_1")
    expect(row.locator(".name")).to_have_text("global_average_pooling2d_1")
    cut, overlap = row.evaluate(
        """row => {
            const [stem, number] = row.querySelector(".name").children;
            const end = row.querySelector(".who").getBoundingClientRect().right;
            return [
                stem.scrollWidth > stem.clientWidth,
                number.getBoundingClientRect().right - end,
            ];
        }"""
    )
    assert cut
    assert overlap <= 0


def test_one_view_is_shown_or_two_and_the_browser_remembers(open_board: OpenBoard) -> None:
    board = open_board("chain", width=1400, views=("Stack", ""))
    stack, canvas = board.page.locator(".stack"), board.page.locator(".canvas")
    expect(canvas).to_be_hidden()
    board.page.get_by_role("tab", name="Canvas").click()
    expect(board.card("conv_1")).to_be_visible()
    expect(stack).to_be_hidden()
    board.card("conv_2").click()
    board.page.keyboard.press("w")
    board.expect_selected("conv_2")
    left, right = stack.bounding_box(), canvas.bounding_box()
    assert left is not None
    assert right is not None
    assert abs(left["x"] + left["width"] - right["x"]) <= 2
    board.page.get_by_role("tab", name="Canvas").click()
    expect(stack).to_be_hidden()  # the tab of the view beside shows it alone
    assert "convstack-views=Canvas." in board.page.evaluate("document.cookie")
    canvas.press("w")
    expect(canvas).to_be_visible()
    board.page.set_viewport_size({"width": 390, "height": 760})
    expect(canvas).to_be_hidden()  # there is room for one
