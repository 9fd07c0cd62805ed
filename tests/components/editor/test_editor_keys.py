"""The keyboard, and what a screen reader hears."""

import re

import pytest
from playwright.sync_api import expect

from tests.components.editor.conftest import EditorPage, OpenEditor

pytestmark = pytest.mark.browser

CHAIN = ("input_1", "conv_1", "conv_2", "conv_3")


def operations(editor: EditorPage) -> list[str]:
    """What was applied, without selections."""
    names = [entry.split(":")[1] for entry in editor.facts()["applied"]]
    return [name for name in names if name != "select"]


def test_the_list_is_one_stop_and_arrows_walk_it(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    stops = editor.page.locator('.row[tabindex="0"]')
    expect(stops).to_have_count(1)
    editor.select("conv_1")
    for key, node in (
        ("ArrowDown", "conv_2"),
        ("ArrowDown", "conv_3"),
        ("ArrowDown", "conv_3"),
        ("ArrowUp", "conv_2"),
        ("Home", "input_1"),
        ("ArrowUp", "input_1"),
        ("End", "conv_3"),
    ):
        editor.page.keyboard.press(key)
        editor.expect_selected(node)
        assert editor.focused() == node
    expect(stops).to_have_count(1)
    editor.settle()
    editor.expect_selected("conv_3")


def test_rows_are_moved_repeated_duplicated_and_removed(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    press = editor.page.keyboard.press
    editor.select("conv_1")
    press("Alt+ArrowDown")
    press("Alt+ArrowDown")
    editor.expect_rows("input_1", "conv_2", "conv_3", "conv_1")
    press("Alt+ArrowUp")
    press("Alt+ArrowUp")
    press("Alt+ArrowUp")
    press("Alt+ArrowUp")
    editor.expect_rows("conv_1", "input_1", "conv_2", "conv_3")
    assert editor.focused() == "conv_1"
    press("+")
    press("+")
    press("-")
    editor.settle()
    expect(editor.row("conv_1").locator(".times")).to_have_text("×2")
    press("Control+d")
    expect(editor.row("conv2d_1")).to_be_focused()
    editor.expect_rows("conv_1", "conv2d_1", "input_1", "conv_2", "conv_3")
    press("Delete")
    press("Delete")
    editor.expect_rows("conv_1", "conv_2", "conv_3")
    assert editor.focused() == "conv_2"
    press("Backspace")
    press("Backspace")
    press("Backspace")
    editor.expect_rows()


def test_several_rows_are_selected_by_keys_and_by_clicks(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    press = editor.page.keyboard.press
    chosen = editor.page.locator('.row[aria-selected="true"]')
    make = editor.root.get_by_role("button", name="Make a block of")

    def expect_chosen(*ids: str) -> None:
        expect(chosen).to_have_count(len(ids))
        assert chosen.evaluate_all("rows => rows.map(r => r.dataset.nodeId)") == list(ids)

    editor.select("conv_1")
    expect(make).to_be_hidden()
    press("Shift+ArrowDown")
    press("Shift+ArrowDown")
    press("Shift+ArrowUp")
    expect_chosen("conv_1", "conv_2")
    assert editor.focused() == "conv_2"
    press("ArrowDown")
    expect_chosen("conv_3")
    editor.row("conv_1").locator(".name").click(modifiers=["Shift"])
    expect_chosen("conv_1", "conv_2", "conv_3")
    editor.row("conv_2").locator(".name").click(modifiers=["Control"])
    expect_chosen("conv_1", "conv_3")
    press("Escape")
    expect(chosen).to_have_count(1)
    press("Control+a")
    expect_chosen(*CHAIN)
    expect(make).to_have_text("Make a block of 4")
    editor.settle()
    expect_chosen(*CHAIN)


def test_what_is_selected_together_is_removed_together_or_becomes_a_block(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("chain")
    press = editor.page.keyboard.press
    editor.select("conv_1")
    press("Control+g")
    assert editor.facts()["grouped"] == ["conv_1"]
    press("Shift+ArrowDown")
    for key, why in (("Alt+ArrowDown", "move"), ("Control+d", "duplicate"), ("+", "repeat")):
        press(key)
        expect(editor.root.locator(".why")).to_have_text(f"Select one row to {why} it")
    editor.expect_rows(*CHAIN)
    press("Control+g")
    assert editor.facts()["grouped"] == ["conv_1", "conv_2"]
    editor.root.get_by_role("button", name="Make a block of 2").click()
    editor.settle()
    assert operations(editor) == ["group"] * 3
    editor.row("conv_2").focus()
    press("Shift+ArrowUp")
    press("Delete")
    editor.expect_rows("input_1", "conv_3")
    editor.expect_selected("conv_3")
    press("Control+z")
    editor.expect_rows(*CHAIN)


def test_enter_inserts_after_the_row(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_1")
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.type("flat")
    editor.page.keyboard.press("Enter")
    editor.expect_rows("input_1", "conv_1", "flatten_1", "conv_2", "conv_3")
    editor.page.keyboard.press("Escape")
    editor.page.keyboard.press("Escape")
    assert editor.focused() == "flatten_1"


@pytest.mark.parametrize("redo", ["Control+Shift+z", "Control+y", "Meta+Shift+z"])
def test_undo_and_redo_work_anywhere(open_editor: OpenEditor, redo: str) -> None:
    editor = open_editor("chain")
    undo_button = editor.page.get_by_role("button", name="Undo (Ctrl+Z)")
    expect(undo_button).to_have_attribute("aria-disabled", "true")
    editor.block("Dropout").click()
    editor.expect_rows(*CHAIN, "dropout_1")
    expect(undo_button).to_have_attribute("aria-disabled", "false")
    editor.page.get_by_test_id("stMain").click(position={"x": 5, "y": 740})
    editor.page.keyboard.press("Control+z")
    editor.expect_rows(*CHAIN)
    editor.page.keyboard.press(redo)
    editor.expect_rows(*CHAIN, "dropout_1")
    undo_button.click()
    editor.expect_rows(*CHAIN)


def test_nothing_to_undo_sends_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Control+y")
    assert operations(editor) == []


def test_keys_belong_to_the_person_who_types(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.block("Dropout").click()
    editor.settle()
    runs = editor.facts()["runs"]
    editor.search.click()
    editor.page.keyboard.type("cr/?+-")
    for key in ("Control+z", "Control+Shift+z", "Control+y", "Delete", "Backspace", "Alt+ArrowUp"):
        editor.page.keyboard.press(key)
    expect(editor.page.locator(".help")).to_be_hidden()
    expect(editor.page.get_by_test_id("stDialog")).to_have_count(0)
    field = editor.page.get_by_label("a field")
    field.click()
    editor.page.keyboard.type("abc/?")
    for key in ("Control+z", "Control+y", "Backspace", "Delete"):
        editor.page.keyboard.press(key)
    expect(editor.search).not_to_be_focused()
    expect(editor.page.locator(".help")).to_be_hidden()
    assert editor.facts()["runs"] == runs
    assert operations(editor) == ["add"]
    assert editor.ids() == [*CHAIN, "dropout_1"]


def test_slash_finds_the_search_from_anywhere(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.page.keyboard.press("/")
    expect(editor.search).to_be_focused()
    expect(editor.search).to_have_value("")
    editor.select("conv_1")
    editor.page.keyboard.press("/")
    expect(editor.search).to_be_focused()


def test_question_mark_lists_the_keys_and_escape_closes_it(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_1")
    editor.page.keyboard.press("?")
    keys = editor.page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("duplicate it")
    editor.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert editor.focused() == "conv_1"


def test_row_actions_are_a_toolbar_behind_the_list(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.select("conv_1")
    editor.page.keyboard.press("Tab")
    assert editor.focused() == "Duplicate"
    editor.page.keyboard.press("ArrowRight")
    editor.page.keyboard.press("ArrowRight")
    assert editor.focused() == "Repeat one time more"
    editor.page.keyboard.press("Enter")
    editor.settle()
    expect(editor.row("conv_1").locator(".times")).to_have_text("×2")
    assert editor.focused() == "Repeat one time more"
    editor.page.keyboard.press("Tab")
    assert editor.focused() == "Insert a block after conv_1"


def test_rows_are_options_that_say_everything(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    stack = editor.page.get_by_role("tree", name="Stack of blocks")
    expect(stack.get_by_role("treeitem")).to_have_count(17)
    expect(editor.row("residual_1")).to_have_accessible_name(
        "residual_1 ×3 ResidualBlock 128 output 16×16×128 886,272 parameters"
    )
    expect(editor.row("max_pooling2d_1")).to_have_accessible_name(
        re.compile(r"output \? – parameters error: stem_pool: a 5×5 window does not fit")
    )
    expect(editor.row("add_1")).to_have_accessible_name(
        "add_1 Add output 32×32×64 0 parameters from se_1, activation_1"
    )


def test_what_happened_is_spoken(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    live = editor.page.locator("[aria-live=polite]")
    editor.select("conv_1")
    editor.page.keyboard.press("Alt+ArrowDown")
    expect(live).to_have_text("Moved conv_1 to row 3 of 4")
    editor.page.keyboard.press("Delete")
    expect(live).to_have_text("Removed conv_1")
    editor.block("Dropout").click()
    expect(live).to_have_text("Added Dropout")
