"""The palette: search, categories, adding by click, key and drag."""

import pytest
from playwright.sync_api import expect

from tests.components.editor.conftest import EditorPage, OpenEditor
from tests.components.editor.scenes import PALETTE

pytestmark = pytest.mark.browser

CHAIN = ("input_1", "conv_1", "conv_2", "conv_3")


def hits(editor: EditorPage, query: str) -> list[str]:
    editor.search.fill(query)
    blocks = editor.page.locator(".blocks > .block-item")
    return blocks.evaluate_all("all => all.map((block) => block.dataset.block)")


def test_every_block_stands_in_its_category_with_its_summary(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    for category in PALETTE:
        group = editor.page.get_by_role("group", name=category["label"])
        expect(group.locator(".block-item")).to_have_count(len(category["blocks"]))
        for block in category["blocks"]:
            item = group.get_by_role("button", name=block["block"], exact=True)
            expect(item).to_have_attribute("title", block["summary"])


def test_a_category_folds(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    head = editor.page.get_by_role("button", name="Pooling 4")
    head.click()
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(editor.block("MaxPooling2D")).to_be_hidden()
    # A hit is found all the same, and folding outlives an update.
    assert hits(editor, "maxp")[0] == "MaxPooling2D"
    editor.search.fill("")
    editor.block("Dropout").click()
    editor.settle()
    expect(editor.block("MaxPooling2D")).to_be_hidden()
    head.press("ArrowRight")
    expect(editor.block("MaxPooling2D")).to_be_visible()


def test_what_enter_added_is_undone_from_the_search_field(open_editor: OpenEditor) -> None:
    """Undo takes back typing where there is some, else what was done to the stack."""
    editor = open_editor("chain")
    editor.search.fill("dropout")
    editor.search.press("Enter")
    editor.settle()
    rows = editor.page.locator(".row")
    expect(rows).to_have_count(5)
    editor.search.press("Control+z")
    expect(rows).to_have_count(4)
    editor.search.press("Control+Shift+z")
    expect(rows).to_have_count(5)
    editor.search.press_sequentially("pool")
    editor.search.press("Control+z")
    editor.settle()
    expect(editor.search).not_to_have_value("pool")
    expect(rows).to_have_count(5)
    editor.search.press("Escape")
    editor.search.press("Control+z")
    expect(rows).to_have_count(4)


def test_the_search_finds(open_editor: OpenEditor) -> None:
    wanted = {
        "conv": "Conv2D",
        "CONV2D": "Conv2D",
        "pool": "MaxPooling2D",
        "glap": "GlobalAveragePooling2D",
        "gmp": "GlobalMaxPooling2D",
        "batch norm": "BatchNormalization",
        "bn": "BatchNormalization",
        "sep": "SeparableConv2D",
        "cbr": "ConvBNReLU",
        "largest image": "GlobalMaxPooling2D",
        "sigmoid": "Activation",
    }
    editor = open_editor("empty")
    assert {query: hits(editor, query)[0] for query in wanted} == wanted


def test_the_search_says_when_there_is_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    assert hits(editor, "transformer") == []
    expect(editor.page.locator(".nothing-found")).to_have_text("No block fits “transformer”.")
    editor.page.keyboard.press("Enter")
    assert editor.facts()["applied"] == []


def test_enter_adds_the_first_hit_after_the_selection_and_the_next_replaces_the_query(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("chain")
    editor.select("conv_1")
    editor.page.keyboard.press("/")
    editor.page.keyboard.type("batch")
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.type("drop")
    editor.page.keyboard.press("Enter")
    editor.expect_rows("input_1", "conv_1", "batchnormalization_1", "dropout_1", "conv_2", "conv_3")
    expect(editor.search).to_be_focused()


def test_escape_clears_the_search_then_leaves_it(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_2")
    editor.search.fill("drop")
    editor.search.press("Escape")
    expect(editor.search).to_have_value("")
    expect(editor.block("Input")).to_be_visible()
    editor.search.press("Escape")
    assert editor.focused() == "conv_2"


def test_a_click_adds_after_the_selection_or_at_the_end(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.block("Flatten").click()
    editor.expect_rows(*CHAIN, "flatten_1")
    editor.expect_selected("flatten_1")
    editor.select("input_1")
    editor.block("Dropout").click()
    editor.expect_rows("input_1", "dropout_1", "conv_1", "conv_2", "conv_3", "flatten_1")


def test_the_palette_is_walked_with_arrows(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.search.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        editor.page.keyboard.press(key)
    editor.expect_rows(*CHAIN, "rescaling_1")
    expect(editor.block("Rescaling")).to_be_focused()
    for _ in range(3):
        editor.page.keyboard.press("ArrowUp")
    expect(editor.search).to_be_focused()


def test_a_block_is_dragged_between_two_rows(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.drag(editor.block("Dropout"), editor.row("conv_1"), "bottom")
    expect(editor.page.locator(".chip")).to_have_text("Dropout")
    line = editor.page.locator(".marker").bounding_box()
    row = editor.row("conv_1").bounding_box()
    assert line is not None
    assert row is not None
    assert abs(line["y"] + 1 - (row["y"] + row["height"])) <= 1
    editor.page.mouse.up()
    editor.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    assert editor.facts()["applied"] == ["1:add"]


def test_a_block_is_dragged_into_an_empty_stack(open_editor: OpenEditor) -> None:
    editor = open_editor("empty")
    editor.drag(editor.block("Input"), editor.page.locator(".empty:not(.begin)"), "bottom")
    editor.page.mouse.up()
    editor.expect_rows("input_1")


def test_a_block_dropped_outside_is_not_added(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.drag(editor.block("Dropout"), editor.row("conv_1"), "bottom")
    editor.page.mouse.move(100, 300, steps=3)
    expect(editor.page.locator(".marker")).to_be_hidden()
    editor.page.mouse.up()
    assert editor.facts()["applied"] == []


def test_where_there_is_little_room_the_palette_drops_down(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", width=560)
    palette = editor.page.locator(".palette")
    expect(palette).to_be_hidden()
    editor.select("conv_1")
    editor.page.get_by_role("button", name="Add block").click()
    expect(editor.search).to_be_focused()
    editor.block("Dropout").click()
    editor.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    expect(palette).to_be_hidden()
    assert editor.focused() == "dropout_1"
    editor.page.keyboard.press("/")
    expect(palette).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_a_block_is_dragged_out_of_the_panel(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", width=560)
    editor.page.get_by_role("button", name="Add block").click()
    editor.drag(editor.block("Conv2D"), editor.row("conv_2"), "bottom")
    expect(editor.page.locator(".palette")).to_be_hidden()
    editor.page.mouse.up()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv2d_1", "conv_3")
