"""Operations on their way to the server and back, on a running page."""

import pytest
from playwright.sync_api import expect

from tests.components.board.conftest import OpenBoard

pytestmark = pytest.mark.browser


def test_two_hundred_operations_in_a_burst_arrive_all_in_order_and_once(
    open_board: OpenBoard,
) -> None:
    board = open_board("empty")
    board.page.evaluate(
        """() => {
            const root = document.querySelector('[data-testid="stBidiComponentIsolated"]');
            const blocks = [...root.shadowRoot.querySelectorAll(".block-item")];
            for (let i = 0; i < 200; i++) blocks[i % blocks.length].click();
        }"""
    )
    expect(board.page.locator(".row")).to_have_count(200, timeout=20_000)
    facts = board.facts()
    assert facts["applied"] == [f"{n}:add" for n in range(1, 201)]
    blocks = board.page.locator(".block-item").evaluate_all("all => all.map(b => b.dataset.block)")
    shown = board.page.locator(".row .block").all_inner_texts()
    assert shown == [blocks[i % len(blocks)] for i in range(200)]
    assert facts["runs"] < 12


def test_keys_held_down_arrive_while_the_server_answers(open_board: OpenBoard) -> None:
    board = open_board("long", slow=0.05)
    board.select("conv_1")
    keys = {"Alt+ArrowDown": 40, "Alt+ArrowUp": 15, "+": 9, "-": 4, "Delete": 10, "Control+z": 10}
    for key, times in keys.items():
        for _ in range(times):
            board.page.keyboard.press(key)
    applied = [entry.split(":") for entry in board.facts()["applied"]]
    assert [int(number) for number, _ in applied] == list(range(1, len(applied) + 1))
    done = [op for _, op in applied if op != "select"]
    assert done[:55] == ["move"] * 55
    assert done[-20:] == ["remove"] * 10 + ["undo"] * 10
    rest = [f"conv_{n}" for n in range(2, 60)]
    board.expect_rows("input_1", *rest[:25], "conv_1", *rest[25:])
    expect(board.row("conv_1").locator(".times")).to_have_text("×6")


def test_blocks_chosen_before_the_server_answers_follow_each_other(
    open_board: OpenBoard,
) -> None:
    board = open_board("chain", slow=0.4)
    board.select("conv_1")
    for block in ("BatchNormalization", "Activation", "Dropout"):
        board.block(block).click()
    board.expect_rows(
        "input_1",
        "conv_1",
        "batch_normalization_1",
        "activation_1",
        "dropout_1",
        "conv_2",
        "conv_3",
    )
    board.expect_selected("dropout_1")


def test_a_lost_message_is_sent_again(open_board: OpenBoard) -> None:
    board = open_board("chain", deaf=1)
    board.block("Dropout").click()
    expect(board.page.locator(".status")).to_contain_text("Saving…")
    expect(board.row("dropout_1")).to_be_visible(timeout=6_000)
    board.settle()
    expect(board.page.locator(".status")).to_have_text("")
    assert board.facts()["applied"] == ["1:add"]


def test_it_says_that_it_is_saving_after_a_moment_only(open_board: OpenBoard) -> None:
    board = open_board("chain", slow=0.8)
    board.page.evaluate(
        """() => {
            const { shadowRoot } = document.querySelector(
                '[data-testid="stBidiComponentIsolated"]');
            const status = shadowRoot.querySelector(".status");
            window.waited = [];
            shadowRoot.addEventListener("pointerdown", () => (window.pressed = Date.now()));
            new MutationObserver(() => {
                if (status.dataset.state !== "saving") return;
                waited.push([Date.now() - pressed, status.textContent]);
            }).observe(status, { attributes: true });
        }"""
    )
    board.select("conv_1")
    board.page.wait_for_function("() => waited.length > 0")
    expect(board.page.locator(".status")).to_have_text("")
    ((waited, text),) = board.page.evaluate("waited")
    assert waited >= 300
    assert text == "Saving…"


def test_the_selection_shows_before_the_server_knows(open_board: OpenBoard) -> None:
    board = open_board("chain")
    shown = board.row("conv_2").evaluate(
        """(row) => {
            row.focus();
            const { pending, ack } = row.closest(".board").dataset;
            return [row.ariaSelected, pending, ack];
        }"""
    )
    assert shown == ["true", "1", "0"]
    board.settle()
    board.expect_selected("conv_2")


def test_what_another_page_hides_is_sent_when_it_comes_back(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.block("Dropout").click()
    board.settle()
    away = board.page.get_by_text("another page")
    away.click()
    expect(board.root).to_have_count(0)
    away.click()
    board.settle()
    board.block("Flatten").click()
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1", "flatten_1")
    assert board.facts()["applied"] == ["1:add", "2:add"]


def test_another_document_has_a_log_of_its_own(open_board: OpenBoard) -> None:
    board = open_board("chain")
    mine = board.root.get_attribute("data-document")
    assert mine is not None
    for block in ("Dropout", "Flatten", "Dense"):
        board.block(block).click()
    board.settle()
    other = board.page.get_by_text("another document")
    other.click()
    expect(board.root).not_to_have_attribute("data-document", mine)
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3")
    board.block("Add").click()
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "add_1")
    assert board.facts()["applied"] == ["1:add"]
    other.click()
    expect(board.root).to_have_attribute("data-document", mine)
    board.block("Multiply").click()
    expect(board.row("multiply_1")).to_be_visible()
    assert board.facts()["applied"] == [f"{n}:add" for n in range(1, 5)]


def test_a_reload_shows_the_same_rows_and_applies_nothing_twice(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.block("Dropout").click()
    board.settle()
    board.page.reload()
    expect(board.row("dropout_1")).to_be_visible()
    board.block("Flatten").click()
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1", "flatten_1")
    assert board.facts()["applied"] == ["1:add", "1:add"]


def test_without_a_connection_it_says_so_and_keeps_what_was_done(open_board: OpenBoard) -> None:
    board = open_board("chain")
    states = """(state) => {
        document.querySelector('[data-testid="stApp"]').dataset.testConnectionState = state;
    }"""
    board.page.evaluate(states, "CONNECTING")
    board.block("Dropout").click()
    expect(board.page.locator(".status")).to_contain_text("Offline")
    assert board.root.get_attribute("data-pending") == "1"
    board.page.evaluate(states, "CONNECTED")
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1")
    expect(board.page.locator(".status")).to_have_text("")


def test_what_the_server_cannot_read_is_said_and_the_page_goes_on(open_board: OpenBoard) -> None:
    board = open_board("chain")
    board.page.route("**/operations?*", lambda route: route.continue_(post_data='{"ops": 7}'))
    board.block("Dropout").click()
    expect(board.page.locator(".status")).to_contain_text("Not saved: reload")
    expect(board.root).to_have_attribute("data-pending", "0")
    board.page.unroute("**/operations?*")
    (told,) = board.problems
    assert "status of 422" in told
    board.problems.clear()
    board.block("Flatten").click()
    board.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "flatten_1")
    expect(board.page.get_by_test_id("stException")).to_have_count(0)
