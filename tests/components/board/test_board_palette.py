"""The palette: search, categories, adding by click, key, mouse and finger."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import shared_visitor
from tests.components.board.conftest import BoardPage, OpenBoard

pytestmark = pytest.mark.browser

CHAIN = ("input_1", "conv_1", "conv_2", "conv_3")


def test_blocks_are_searched_added_and_taken_back_without_leaving_the_field(
    open_board: OpenBoard,
) -> None:
    """Undo takes back typing where there is some, else what was done to the network."""
    board = open_board("chain")
    board.select("conv_1")
    board.press("/")
    expect(board.search).to_be_focused()
    board.page.keyboard.type("glap")
    first = board.page.locator(".blocks > .block-item").first
    expect(first).to_have_attribute("data-block", "GlobalAveragePooling2D")
    expect(first.locator("b")).to_have_count(4)
    board.search.fill("transformer")
    expect(board.page.locator(".nothing-found")).to_have_text("No block fits “transformer”.")
    board.press("Enter")
    board.search.fill("dropout")
    board.press("Enter")
    board.page.keyboard.type("flat")  # over what was searched for before
    board.press("Enter")
    board.expect_rows("input_1", "conv_1", "dropout_1", "flatten_1", "conv_2", "conv_3")
    board.press("Control+z")
    board.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    board.press("Control+Shift+z")
    board.page.keyboard.type("pool")
    board.press("Control+z")
    board.expect_rows("input_1", "conv_1", "dropout_1", "flatten_1", "conv_2", "conv_3")
    board.search.fill("pool")
    board.press("Escape")
    expect(board.search).to_have_value("")
    board.press("Escape")
    assert [board.focused()] == board.chosen()


def test_the_keyboard_waits_for_the_first_row(open_board: OpenBoard) -> None:
    """Who is quick has left the search before the server has made the first block."""
    board = open_board("empty", slow=0.4)
    board.press("/")
    for block in ("input", "conv2d", "flatten"):
        board.page.keyboard.type(block)
        board.press("Enter")
    board.press("Escape", "Escape")
    assert board.ids() == []
    board.expect_rows("input_1", "conv2d_1", "flatten_1")
    assert [board.focused()] == board.chosen() == ["flatten_1"]
    board.press("ArrowUp")
    board.expect_selected("conv2d_1")


def test_the_palette_is_walked_and_folded_by_keys(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.search.focus()
    board.press("ArrowDown", "ArrowDown", "Enter")
    board.expect_rows(*CHAIN, "input_2")
    expect(board.block("Input")).to_be_focused()
    board.press("ArrowDown")
    head = board.page.get_by_role("button", name="Convolution 7")
    expect(head).to_be_focused()
    board.press("ArrowLeft")
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(board.block("Conv2D")).to_be_hidden()
    board.search.fill("conv2d")
    expect(board.block("Conv2D")).to_be_visible()
    board.search.fill("")
    board.block("Dropout").click()
    board.settle()
    expect(board.block("Conv2D")).to_be_hidden()  # folding outlives a search and an edit
    head.press("ArrowRight")
    expect(board.block("Conv2D")).to_be_visible()
    board.page.keyboard.press("ArrowUp")
    board.page.keyboard.press("ArrowUp")
    board.page.keyboard.press("ArrowUp")
    expect(board.search).to_be_focused()


def test_a_block_is_dragged_between_two_rows_or_dropped_nowhere(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.drag(board.block("ReLU"), board.row("conv_1"), "bottom")
    expect(board.page.locator(".chip")).to_have_text("ReLU")
    line = board.page.locator(".marker").bounding_box()
    row = board.row("conv_1").bounding_box()
    assert line is not None
    assert row is not None
    assert abs(line["y"] + 1 - (row["y"] + row["height"])) <= 1
    board.page.mouse.move(100, 300, steps=3)
    expect(board.page.locator(".marker")).to_be_hidden()
    board.page.mouse.up()
    assert board.facts()["applied"] == []
    board.drag(board.block("ReLU"), board.row("conv_1"), "bottom")
    board.page.mouse.up()
    board.expect_rows("input_1", "conv_1", "re_lu_1", "conv_2", "conv_3")


def test_where_there_is_little_room_the_palette_drops_down(open_board: OpenBoard) -> None:
    board = open_board("chain", width=1024)
    palette = board.page.locator(".palette")
    expect(palette).to_be_hidden()
    board.select("conv_1")
    board.page.get_by_role("button", name="Add block").click()
    expect(board.search).to_be_focused()
    board.block("Dropout").click()
    board.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv_3")
    expect(palette).to_be_hidden()
    assert board.focused() == "dropout_1"
    board.press("/")
    expect(palette).to_be_visible()
    board.press("Escape")
    expect(palette).to_be_hidden()
    board.page.get_by_role("button", name="Add block").click()
    board.drag(board.block("Conv2D"), board.row("conv_2"), "bottom")
    expect(palette).to_be_hidden()
    board.page.mouse.up()
    board.expect_rows("input_1", "conv_1", "dropout_1", "conv_2", "conv2d_1", "conv_3")


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with shared_visitor(has_touch=True) as made:
        yield made


class Finger:
    """A finger on the page's glass."""

    def __init__(self, board: BoardPage) -> None:
        self.session = board.page.context.new_cdp_session(board.page)

    def touch(self, kind: str, *places: tuple[float, float]) -> None:
        """Puts it down (`touchStart`), moves it (`touchMove`) or takes it away (`touchEnd`)."""
        for x, y in places or ((0.0, 0.0),):
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(board: BoardPage, block: str) -> tuple[float, float]:
    box = board.block(block).bounding_box()
    assert box is not None
    return box["x"] + 60, box["y"] + box["height"] / 2


def test_a_finger_drags_a_block_into_the_stack_and_onto_the_canvas(open_board: OpenBoard) -> None:
    board = open_board("chain", width=1400, views=("Canvas", "Stack"))
    finger = Finger(board)
    x, y = middle(board, "Conv2D")
    row = board.row("conv_1").bounding_box()
    card = board.card("conv_2").bounding_box()
    assert row is not None
    assert card is not None
    # Sideways it is a drag at once, up and down the list is scrolled.
    finger.touch("touchStart", (x, y))
    end = (row["x"] + 100, row["y"] + row["height"] - 3)
    finger.touch("touchMove", (x + 20, y), (x + 60, y + 2), end)
    expect(board.page.locator(".chip")).to_have_text("Conv2D")
    expect(board.page.locator(".marker")).to_be_visible()
    finger.touch("touchEnd")
    board.expect_rows("input_1", "conv_1", "conv2d_1", "conv_2", "conv_3")
    finger.touch("touchStart", (x, y))
    expect(board.page.locator(".chip")).to_be_visible()  # held for a moment
    finger.touch("touchMove", (x, y + 30), (card["x"] + 50, card["y"] + 20))
    card_now = board.card("conv_2").bounding_box()
    assert card_now is not None
    finger.touch("touchMove", (card_now["x"] + 50, card_now["y"] + 20))
    expect(board.page.locator(".chip")).to_contain_text("after conv_2")
    finger.touch("touchEnd")
    board.expect_rows("input_1", "conv_1", "conv2d_1", "conv_2", "conv2d_2", "conv_3")
    finger.touch("touchStart", (x, y))
    finger.touch("touchMove", (x, y - 20), (x, y - 60))
    finger.touch("touchEnd")
    assert board.operations() == ["add", "add"]
