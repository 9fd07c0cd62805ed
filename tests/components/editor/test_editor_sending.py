"""Operations on their way to the server and back, on a running page."""

import pytest
from playwright.sync_api import expect

from tests.components.editor.conftest import OpenEditor

pytestmark = pytest.mark.browser


def test_two_hundred_operations_in_a_burst_arrive_all_in_order_and_once(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("empty")
    editor.page.evaluate(
        """() => {
            const root = document.querySelector('[data-testid="stBidiComponentIsolated"]');
            const blocks = [...root.shadowRoot.querySelectorAll(".block-item")];
            for (let i = 0; i < 200; i++) blocks[i % blocks.length].click();
        }"""
    )
    expect(editor.page.locator(".row")).to_have_count(200, timeout=20_000)
    facts = editor.facts()
    assert facts["applied"] == [f"{n}:add" for n in range(1, 201)]
    blocks = editor.page.locator(".block-item").evaluate_all("all => all.map(b => b.dataset.block)")
    shown = editor.page.locator(".row .block").all_inner_texts()
    assert shown == [blocks[i % len(blocks)] for i in range(200)]
    assert facts["runs"] < 12


def test_keys_held_down_arrive_while_the_server_answers(open_editor: OpenEditor) -> None:
    editor = open_editor("long", slow=0.05)
    editor.select("conv_1")
    keys = {"Alt+ArrowDown": 40, "Alt+ArrowUp": 15, "+": 9, "-": 4, "Delete": 10, "Control+z": 10}
    for key, times in keys.items():
        for _ in range(times):
            editor.page.keyboard.press(key)
    applied = [entry.split(":") for entry in editor.facts()["applied"]]
    assert [int(number) for number, _ in applied] == list(range(1, len(applied) + 1))
    done = [op for _, op in applied if op != "select"]
    assert done[:55] == ["move"] * 55
    assert done[-20:] == ["remove"] * 10 + ["undo"] * 10
    rest = [f"conv_{n}" for n in range(2, 60)]
    editor.expect_rows("input_1", *rest[:25], "conv_1", *rest[25:])
    expect(editor.row("conv_1").locator(".times")).to_have_text("×6")


def test_blocks_chosen_before_the_server_answers_follow_each_other(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("chain", slow=0.4)
    editor.select("conv_1")
    for block in ("BatchNormalization", "Activation", "Dropout"):
        editor.block(block).click()
    editor.expect_rows(
        "input_1", "conv_1", "batchnormalization_1", "activation_1", "dropout_1", "conv_2", "conv_3"
    )
    editor.expect_selected("dropout_1")


def test_a_lost_message_is_sent_again(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", deaf=1)
    editor.block("Dropout").click()
    expect(editor.page.locator(".status")).to_contain_text("Saving…")
    expect(editor.row("dropout_1")).to_be_visible(timeout=6_000)
    editor.settle()
    expect(editor.page.locator(".status")).to_have_text("")
    assert editor.facts()["applied"] == ["1:add"]


def test_it_says_that_it_is_saving_after_a_moment_only(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", slow=0.8)
    editor.page.evaluate(
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
    editor.select("conv_1")
    editor.page.wait_for_function("() => waited.length > 0")
    expect(editor.page.locator(".status")).to_have_text("")
    ((waited, text),) = editor.page.evaluate("waited")
    assert waited >= 300
    assert text == "Saving…"


def test_the_selection_shows_before_the_server_knows(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    shown = editor.row("conv_2").evaluate(
        """(row) => {
            row.focus();
            const { pending, ack } = row.closest(".editor").dataset;
            return [row.ariaSelected, pending, ack];
        }"""
    )
    assert shown == ["true", "1", "0"]
    editor.settle()
    editor.expect_selected("conv_2")


def test_what_another_page_hides_is_sent_when_it_comes_back(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.block("Dropout").click()
    editor.settle()
    away = editor.page.get_by_text("another page")
    away.click()
    expect(editor.root).to_have_count(0)
    away.click()
    editor.settle()
    editor.block("Flatten").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1", "flatten_1")
    assert editor.facts()["applied"] == ["1:add", "2:add"]


def test_another_document_has_a_log_of_its_own(open_editor: OpenEditor) -> None:
    editor = open_editor("chain", document="mine")
    for block in ("Dropout", "Flatten", "Dense"):
        editor.block(block).click()
    editor.settle()
    other = editor.page.get_by_text("another document")
    other.click()
    expect(editor.root).to_have_attribute("data-document", "mine-other")
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3")
    editor.block("Add").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "add_1")
    assert editor.facts()["applied"] == ["1:add"]
    other.click()
    expect(editor.root).to_have_attribute("data-document", "mine")
    editor.block("Multiply").click()
    expect(editor.row("multiply_1")).to_be_visible()
    assert editor.facts()["applied"] == [f"{n}:add" for n in range(1, 5)]


def test_a_reload_shows_the_same_rows_and_applies_nothing_twice(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.block("Dropout").click()
    editor.settle()
    editor.page.reload()
    expect(editor.row("dropout_1")).to_be_visible()
    editor.block("Flatten").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1", "flatten_1")
    assert editor.facts()["applied"] == ["1:add", "1:add"]


def test_without_a_connection_it_says_so_and_keeps_what_was_done(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    states = """(state) => {
        document.querySelector('[data-testid="stApp"]').dataset.testConnectionState = state;
    }"""
    editor.page.evaluate(states, "CONNECTING")
    editor.block("Dropout").click()
    expect(editor.page.locator(".status")).to_contain_text("Offline")
    assert editor.root.get_attribute("data-pending") == "1"
    editor.page.evaluate(states, "CONNECTED")
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "dropout_1")
    expect(editor.page.locator(".status")).to_have_text("")


def test_what_the_server_cannot_read_is_said_and_the_page_goes_on(open_editor: OpenEditor) -> None:
    editor = open_editor("chain")
    editor.page.route("**/operations?*", lambda route: route.continue_(post_data='{"ops": 7}'))
    editor.block("Dropout").click()
    expect(editor.page.locator(".status")).to_contain_text("Not saved: reload")
    expect(editor.root).to_have_attribute("data-pending", "0")
    editor.page.unroute("**/operations?*")
    (told,) = editor.problems
    assert "status of 422" in told
    editor.problems.clear()
    editor.block("Flatten").click()
    editor.expect_rows("input_1", "conv_1", "conv_2", "conv_3", "flatten_1")
    expect(editor.page.get_by_test_id("stException")).to_have_count(0)
