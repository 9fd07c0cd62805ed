"""Looking into rows: what is inside is unfolded, walked and remembered, and never edited."""

import pytest
from playwright.sync_api import Locator, expect

from tests.components.editor.conftest import EditorPage, OpenEditor

pytestmark = pytest.mark.browser


def part(editor: EditorPage, key: str) -> Locator:
    return editor.page.locator(f'.part[data-part="{key}"]')


def parts(editor: EditorPage) -> list[str]:
    return editor.page.locator(".part").evaluate_all("all => all.map(p => p.dataset.part)")


def focused_part(editor: EditorPage) -> str | None:
    return editor.page.evaluate(
        "document.activeElement.shadowRoot.activeElement.dataset.part ?? null"
    )


def unfold(editor: EditorPage, node: str = "residual_1") -> None:
    editor.row(node).locator(".fold").click()
    expect(editor.page.locator(".part").first).to_be_visible()
    editor.settle()


FIRST = ["residual_1/0", "residual_1/0/0", "residual_1/0/1"]
OTHERS = ["residual_1/1", *(f"residual_1/1/{n}" for n in range(6))]
NESTED = ["residual_1/0/1/0", "residual_1/0/1/1"]


def test_a_row_is_unfolded_in_place_and_nothing_else_moves(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    editor.select("conv2d_3")
    editor.settle()
    above = editor.row("conv2d_3").bounding_box()
    expect(editor.row("conv2d_1").locator(".fold")).to_be_hidden()
    unfold(editor)
    assert parts(editor) == [*FIRST, *OTHERS]
    assert editor.row("conv2d_3").bounding_box() == above
    editor.expect_selected("conv2d_3")
    expect(editor.row("residual_1")).to_have_attribute("aria-expanded", "true")
    line = part(editor, "residual_1/0/0")
    expect(line).to_contain_text("Conv2D")
    expect(line).to_contain_text("16×16×128")
    expect(line.locator(".params")).to_have_text("147,584")
    inside = editor.page.locator(".inside").bounding_box()
    below = editor.row("conv2d_4").bounding_box()
    assert inside is not None
    assert below is not None
    assert abs(inside["y"] + inside["height"] - below["y"]) < 2
    editor.row("residual_1").locator(".fold").click()
    expect(editor.page.locator(".part")).to_have_count(0)
    editor.settle()
    assert [entry.split(":")[1] for entry in editor.facts()["applied"]] == [
        "select",
        "open",
        "open",
    ]


def test_the_arrows_unfold_walk_and_fold(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    editor.select("residual_1")
    press = editor.page.keyboard.press
    press("ArrowRight")
    expect(part(editor, "residual_1/0")).to_be_visible()
    for key, there in (
        ("ArrowRight", "residual_1/0"),
        ("ArrowDown", "residual_1/0/0"),
        ("ArrowDown", "residual_1/0/1"),
    ):
        press(key)
        assert focused_part(editor) == there
    press("ArrowRight")
    expect(part(editor, "residual_1/0/1/0")).to_be_visible()
    assert parts(editor) == [*FIRST, *NESTED, *OTHERS]
    press("ArrowDown")
    assert focused_part(editor) == "residual_1/0/1/0"
    press("ArrowLeft")
    assert focused_part(editor) == "residual_1/0/1"
    press("ArrowLeft")
    expect(part(editor, "residual_1/0/1/0")).to_have_count(0)
    press("ArrowLeft")
    press("ArrowLeft")
    assert editor.focused() == "residual_1"
    press("ArrowUp")
    editor.expect_selected("conv2d_3")
    press("ArrowDown")
    press("ArrowDown")
    assert focused_part(editor) == "residual_1/0"
    press("Home")
    editor.expect_selected("input_1")
    assert editor.focused() == "input_1"


def test_what_is_inside_is_not_edited(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    unfold(editor)
    part(editor, "residual_1/0/0").click()
    editor.expect_selected("residual_1")
    assert focused_part(editor) == "residual_1/0/0"
    for key in ("Delete", "Backspace", "+", "-", "Enter", "Alt+ArrowDown"):
        editor.page.keyboard.press(key)
    editor.settle()
    assert {entry.split(":")[1] for entry in editor.facts()["applied"]} == {"open", "select"}
    assert focused_part(editor) == "residual_1/0/0"


def test_what_is_open_survives_edits_and_a_reload(open_editor: OpenEditor) -> None:
    editor = open_editor("residual")
    unfold(editor)
    editor.select("conv2d_1")
    editor.page.keyboard.press("Control+d")
    expect(editor.row("conv2d_5")).to_be_visible()
    assert parts(editor) == [*FIRST, *OTHERS]
    editor.page.reload()
    expect(part(editor, "residual_1/0")).to_be_visible()
    editor.settle()
    editor.row("residual_1").locator(".fold").click()
    expect(editor.page.locator(".part")).to_have_count(0)
    editor.settle()
    editor.page.reload()
    expect(editor.row("residual_1")).to_be_visible()
    editor.settle()
    assert parts(editor) == []


def test_a_block_put_behind_an_open_row_is_marked_below_what_is_inside(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("residual")
    unfold(editor)
    editor.select("residual_1")
    editor.page.keyboard.press("Enter")
    marker = editor.page.locator(".marker").bounding_box()
    below = editor.row("conv2d_4").bounding_box()
    assert marker is not None
    assert below is not None
    assert abs(marker["y"] + marker["height"] / 2 - below["y"]) < 4
