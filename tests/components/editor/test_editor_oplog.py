"""The log of operations by itself, with a clock that is turned by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from components.scripts import FRONTEND

pytestmark = pytest.mark.browser

OPLOG = FRONTEND / "src/board/session/oplog.js"

Evaluate = Callable[[str], Any]

LOAD = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { OperationLog, logOf } = await import(url);
    window.logOf = logOf;
    window.sent = [];
    window.held = [];
    window.log = new OperationLog("d", { client: "me", hold: (go) => go() });
    window.connect = () => log.connect("c", (message) => sent.push(structuredClone(message)));
    window.numbers = () => sent.map((message) => message.ops.map(({ n }) => n).join(","));
    window.undo = (times = 1) => { for (let i = 0; i < times; i++) log.push({ op: "undo" }); };
    window.answer = (ack, client = "me", ledger = "L") => log.read({ ack, client, ledger });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    # A blank page has no storage.
    page.route(
        "http://kept.example/", lambda route: route.fulfill(body="<p>", content_type="text/html")
    )
    page.clock.install(time=0)
    page.clock.pause_at(1_000)  # else it goes on by itself between two lines of a test
    page.evaluate(LOAD, OPLOG.read_text(encoding="utf-8"))
    page.evaluate("answer(0, ''); connect()")
    yield page
    page.close()


UNSEEN = "(answer) => log.unseen(answer).map(({ n }) => n)"
RELOADED = "delete window.__convstackLogs; window.again = logOf('doc')"


def test_what_was_not_sent_outlives_a_reload_of_the_page(page: Page) -> None:
    page.goto("http://kept.example/")
    page.evaluate(LOAD, OPLOG.read_text(encoding="utf-8"))
    page.evaluate(
        "window.first = logOf('doc'); first.push({ op: 'undo' }); first.push({ op: 'undo' })"
    )
    page.evaluate(RELOADED)
    assert page.evaluate("again.client === first.client")
    page.evaluate("again.connect('c', (message) => sent.push(structuredClone(message)))")
    assert page.evaluate("numbers()") == ["1,2"]
    assert page.evaluate("again.push({ op: 'redo' })") == 3
    page.evaluate("again.read({ ack: 3, client: again.client, ledger: 'new' })")
    page.evaluate(RELOADED)  # the server has it all: a new log under a new name
    assert page.evaluate("[again.pending.length, again.client === first.client]") == [0, False]


@pytest.mark.parametrize(
    "kept",
    [
        "no json",
        "7",
        '{"client": "me", "last": 1, "pending": [], "at": 1000}',
        '{"client": "me", "last": 1, "pending": [{"n": 2, "op": "undo"}], "at": 1000}',
        '{"client": "me", "last": 1, "pending": [{"n": 1}], "at": 1000}',
        '{"client": "me", "last": 1, "pending": [{"n": 1, "op": "undo"}], "at": -600000}',
    ],
)
def test_what_is_kept_for_too_long_or_damaged_is_left_alone(page: Page, kept: str) -> None:
    page.goto("http://kept.example/")
    page.evaluate(LOAD, OPLOG.read_text(encoding="utf-8"))
    page.evaluate("(kept) => sessionStorage.setItem('convstack-unsent:doc', kept)", kept)
    assert page.evaluate("logOf('doc').pending") == []
    assert page.evaluate("sessionStorage.length") == 0


def test_a_message_says_whose_it_is_and_what_was_done(page: Page) -> None:
    page.evaluate("log.push({ op: 'add', block: 'Conv2D', after: null })")
    op = {"n": 1, "op": "add", "block": "Conv2D", "after": None}
    message = {"client": "me", "document": "d", "ledger": "L", "ops": [op]}
    assert page.evaluate("sent") == [message]


def test_one_message_is_on_its_way_and_the_next_carries_the_rest(page: Page) -> None:
    page.evaluate("undo(5)")
    assert page.evaluate("numbers()") == ["1"]
    page.evaluate("answer(1)")
    assert page.evaluate("numbers()") == ["1", "2,3,4,5"]
    page.evaluate("answer(5)")
    assert page.evaluate("numbers()") == ["1", "2,3,4,5"]
    assert page.evaluate("log.pending.length") == 0


def test_without_an_answer_it_is_sent_again_after_three_seconds(page: Page) -> None:
    page.evaluate("undo(3)")
    page.clock.run_for(2_900)
    assert page.evaluate("numbers()") == ["1"]
    page.clock.run_for(200)
    assert page.evaluate("numbers()") == ["1", "1,2,3"]
    page.clock.run_for(3_100)
    assert page.evaluate("numbers()") == ["1", "1,2,3", "1,2,3"]
    page.evaluate("answer(3)")
    page.clock.run_for(10_000)
    assert len(page.evaluate("sent")) == 3


def test_half_an_answer_leaves_the_other_half(page: Page) -> None:
    page.evaluate("undo(4); answer(1); answer(2)")
    assert page.evaluate("log.pending.map(({ n }) => n)") == [3, 4]
    assert page.evaluate("numbers()") == ["1", "2,3,4"]
    page.clock.run_for(3_100)
    assert page.evaluate("numbers()") == ["1", "2,3,4", "3,4"]


def test_an_answer_to_another_page_is_not_ours(page: Page) -> None:
    page.evaluate("undo(); answer(7, 'them')")
    assert page.evaluate("log.pending.length") == 1


def test_a_new_session_gets_what_is_pending_and_nothing_else(page: Page) -> None:
    page.evaluate("undo(); answer(1); undo(2)")
    assert page.evaluate("numbers()") == ["1", "2"]
    page.evaluate("answer(0, '', 'new')")
    assert page.evaluate("numbers()") == ["1", "2", "2,3"]
    assert page.evaluate("sent.at(-1).ledger") == "new"


def test_nothing_is_sent_while_there_is_no_connection(page: Page) -> None:
    page.evaluate("log.connect('c', null); undo(2)")
    page.clock.run_for(20_000)
    assert page.evaluate("numbers()") == []
    page.evaluate("connect()")
    assert page.evaluate("numbers()") == ["1,2"]


def test_what_was_on_its_way_when_the_connection_broke_is_sent_again_at_once(page: Page) -> None:
    page.evaluate("undo(2); log.connect('c', null); connect()")
    assert page.evaluate("numbers()") == ["1", "1,2"]


def test_components_of_one_document_share_its_log(page: Page) -> None:
    page.evaluate("log.connect('other', ({ ops }) => sent.push({ other: true, ops }))")
    page.evaluate("undo(2); answer(1)")
    assert page.evaluate("sent.map(({ other }) => other ?? false)") == [True, True]
    page.evaluate("log.connect('other', null); undo(); answer(2)")
    assert page.evaluate("sent.map(({ other }) => other ?? false)") == [True, True, False]
    assert page.evaluate("numbers()") == ["1", "2", "3"]


def test_all_components_hear_of_a_change(page: Page) -> None:
    page.evaluate("window.heard = []; log.listeners.add(() => heard.push('one'))")
    page.evaluate("log.listeners.add(() => heard.push('two')); undo()")
    assert page.evaluate("heard") == ["one", "two"]


def test_a_long_log_goes_in_pieces(page: Page) -> None:
    page.evaluate("undo(450)")
    for ack in (1, 201, 401, 450):
        page.evaluate(f"answer({ack})")
    sizes = page.evaluate("sent.map(({ ops }) => ops.length)")
    assert sizes == [1, 200, 200, 49]
    numbers = ",".join(page.evaluate("numbers()")).split(",")
    assert numbers == [str(n) for n in range(1, 451)]


def test_only_the_last_of_many_selections_waits(page: Page) -> None:
    page.evaluate("for (const node of 'abcde') log.push({ op: 'select', node })")
    page.evaluate("answer(1)")
    assert page.evaluate("sent[1].ops") == [{"n": 2, "op": "select", "node": "e"}]


def test_a_selection_on_its_way_is_not_changed_any_more(page: Page) -> None:
    page.evaluate("log.push({ op: 'select', node: 'a' }); log.push({ op: 'select', node: 'b' })")
    page.evaluate("answer(1); log.push({ op: 'select', node: 'c' }); answer(2)")
    assert page.evaluate("numbers()") == ["1", "2", "3"]
    assert page.evaluate("sent.map(({ ops }) => ops[0].node)") == ["a", "b", "c"]


def test_repeats_of_different_nodes_stay_apart(page: Page) -> None:
    page.evaluate("undo()")
    for node, times in (("a", 2), ("a", 3), ("b", 2), ("a", 4)):
        page.evaluate(f"log.push({{ op: 'repeat', node: '{node}', times: {times} }})")
    page.evaluate("answer(1)")
    facts = page.evaluate("sent[1].ops.map(({ node, times }) => node + times)")
    assert facts == ["a3", "b2", "a4"]


def test_the_next_message_waits_for_a_moment_of_rest(page: Page) -> None:
    page.evaluate("log.hold = (go) => held.push(go); undo(2); answer(1)")
    assert page.evaluate("numbers()") == ["1"]
    page.evaluate("held[0]()")
    assert page.evaluate("numbers()") == ["1", "2"]


def test_a_document_keeps_its_log_as_long_as_the_page_lives(page: Page) -> None:
    assert page.evaluate("logOf('one') === logOf('one')")
    assert page.evaluate("logOf('one').client !== logOf('two').client")
    assert page.evaluate("/^[0-9a-f]{32}$/.test(logOf('one').client)")


def test_what_is_done_is_still_missing_where_the_answer_has_not_come_yet(page: Page) -> None:
    """Stack and canvas share a log, and one of them is given the server's answer first."""
    page.evaluate("undo(3); answer(2)")
    mine = {"client": "me", "ledger": "L"}
    for ack, missing in ((0, [1, 2, 3]), (1, [2, 3]), (2, [3])):
        assert page.evaluate(UNSEEN, {**mine, "ack": ack}) == missing
    assert page.evaluate(UNSEEN, {"client": "", "ledger": "L", "ack": 0}) == [1, 2, 3]
    for stranger in ({**mine, "client": "other"}, {**mine, "ledger": "old"}):
        assert page.evaluate(UNSEEN, {**stranger, "ack": 0}) == [3], "it counts otherwise"
    page.evaluate("answer(3)")
    assert page.evaluate(UNSEEN, {**mine, "ack": 3}) == []
    page.evaluate("answer(0, '', 'new')")
    assert page.evaluate(UNSEEN, {"client": "", "ledger": "new", "ack": 0}) == [], "it starts anew"


def test_only_so_much_of_what_is_done_is_remembered(page: Page) -> None:
    page.evaluate("undo(1200); for (let n = 1; n <= 1200; n++) answer(n)")
    missing = page.evaluate(UNSEEN, {"client": "me", "ledger": "L", "ack": 0})
    assert (missing[0], missing[-1], len(missing)) == (201, 1200, 1000)
