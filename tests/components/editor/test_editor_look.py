"""Both themes, and the widths that the editor is given."""

from contextlib import suppress
from typing import Literal

import pytest
from playwright.sync_api import TimeoutError as LateError
from playwright.sync_api import expect

from tests.components.editor.conftest import OpenEditor

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
    for (const element of root.querySelectorAll(".editor *")) {
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
def test_every_text_can_be_read(open_editor: OpenEditor, theme: Theme) -> None:
    editor = open_editor("residual", theme=theme)
    expect(editor.root).to_have_attribute("data-theme", theme)
    editor.row("residual_1").locator(".fold").click()
    expect(editor.page.locator(".part").first).to_be_visible()
    for node in ("max_pooling2d_1", "conv2d_4", "add_1"):
        editor.select(node)
        contrasts = editor.page.evaluate(CONTRASTS)
        assert len(contrasts) > 12
        assert {name: value for name, value in contrasts.items() if value < 4.5} == {}
    editor.search.fill("conv")
    editor.page.locator(".stack-bar").get_by_role("button", name="Keys (?)").click()
    contrasts = editor.page.evaluate(CONTRASTS)
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}


def test_the_theme_is_followed_without_a_reload(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", theme="light")
    editor.select("conv_1")
    editor.settle()
    ground = "element => getComputedStyle(element).backgroundColor"
    before = editor.root.evaluate(ground)
    editor.page.emulate_media(color_scheme="dark")
    expect(editor.root).to_have_attribute("data-theme", "dark")
    assert editor.root.evaluate(ground) != before
    editor.expect_selected("conv_1")


def test_the_colors_of_the_app_are_used_where_it_has_some(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.page.add_style_tag(content=":root { --cs-convolution: rgb(1, 2, 3); }")
    expect(editor.row("conv_1").locator(".bar")).to_have_css("background-color", "rgb(1, 2, 3)")


STICKING_OUT = """() => {
    const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const editor = root.querySelector(".editor");
    const { left, right } = editor.getBoundingClientRect();
    const lines = ".row, :is(.row, .part) > :not(.spoken)";
    return [...editor.querySelectorAll(`${lines}, .row-toolbar, .stack-bar > *`)]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.className, element.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.left < left || box.right > right + 0.5))
        .map(([name]) => name);
}"""


def test_nothing_sticks_out_at_any_width(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    editor.row("residual_1").locator(".fold").click()
    expect(editor.page.locator(".part").first).to_be_visible()
    editor.select("add_1")
    for width in (380, 560, 760, 1000, 1400, 1900):
        editor.page.set_viewport_size({"width": width, "height": 760})
        with suppress(LateError):  # the page around it takes its new width in some frames
            editor.page.wait_for_function(f"() => !({STICKING_OUT})().length", timeout=3_000)
        assert (width, editor.page.evaluate(STICKING_OUT)) == (width, [])


def test_rows_are_thirty_pixels_high_and_columns_line_up(open_editor: OpenEditor) -> None:
    editor = open_editor("residual", width=1200)
    boxes = {node: editor.row(node).bounding_box() for node in ("input_1", "conv2d_2")}
    assert {box["height"] for box in boxes.values() if box} == {30}
    for column in ("bar", "name", "block", "shape", "params"):
        places = editor.page.locator(f".row .{column}").evaluate_all(
            """(all, side) => all.map((element) =>
                Math.round(element.getBoundingClientRect()[side] * 4) / 4)""",
            "right" if column in ("shape", "params") else "left",
        )
        assert len(set(places)) == 1, column
    heads = editor.page.locator(".heads span").evaluate_all(
        "all => all.map((head) => head.getBoundingClientRect())"
    )
    block = editor.row("input_1").locator(".block").bounding_box()
    shape = editor.row("input_1").locator(".shape").bounding_box()
    assert block is not None
    assert shape is not None
    assert abs(heads[1]["left"] - block["x"]) < 1
    assert abs(heads[2]["right"] - (shape["x"] + shape["width"])) < 1


def test_the_number_at_the_end_of_a_long_name_is_never_cut(open_editor: OpenEditor) -> None:
    row = open_editor("residual", width=760).row("global_average_pooling2d_1")
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


def test_what_is_unknown_is_not_written_as_0(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    expect(editor.row("max_pooling2d_1").locator(".figure")).to_have_text("–")
    expect(editor.row("input_1").locator(".figure")).to_have_text("0")


def test_the_plus_above_the_first_row_is_whole(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    editor.row("input_1").locator(".bar").hover(position={"x": 1, "y": 2})
    plus = editor.page.locator(".inserter.offered")
    expect(plus).to_have_attribute("aria-label", "Insert a block at the top")
    hidden = plus.evaluate(
        """plus => plus.closest(".scroller").getBoundingClientRect().top
            - plus.getBoundingClientRect().top"""
    )
    assert hidden <= 3, "the button's own margin around the circle"
