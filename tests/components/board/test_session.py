"""One document in one browser tab: what it shows, and what it tells once."""

import gc
import threading
import time
from pathlib import Path

import pytest

from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.system.errors import FormatError
from components.board import Board, View
from components.board.registry import find, register
from tests.components.boards import do

ADD = {"op": "add", "block": "Dropout", "after": "dense_1"}
LAST = {"source": "global_average_pooling2d_1", "target": "dense_1", "port": 0}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def board(workspace: Workspace) -> Board:
    return Board(workspace, workspace.create(TEMPLATES["small_residual"].architecture), Author())


def test_the_first_thing_told_is_the_whole_state(board: Board) -> None:
    told = board.delta(None)
    assert (told["base"], told["version"], told["order"]) == (None, 1, None)
    assert [node["id"] for node in told["nodes"]][:2] == ["input_1", "rescaling_1"]
    assert (told["ledger"], told["client"], told["ack"]) == (board.id, "", 0)
    fields = told["fields"]
    assert (fields["title"], fields["selection"], fields["can_undo"]) == (
        "small_residual",
        None,
        False,
    )


def test_operations_are_acknowledged_together_with_what_they_changed(board: Board) -> None:
    before = board.delta(None)
    do(board, ADD)
    told = board.delta(before["version"])
    assert (told["client"], told["ack"]) == ("0123abcd-client", 1)
    assert [node["id"] for node in told["nodes"]] == ["dropout_1"]
    assert told["order"] == [*(node["id"] for node in before["nodes"]), "dropout_1"]
    assert told["fields"] == {"revision": 2, "selection": "dropout_1", "can_undo": True}


def test_an_edit_by_anyone_is_told(board: Board, workspace: Workspace) -> None:
    other = Board(workspace, board.document, Author())
    before, own = board.delta(None), other.delta(None)
    do(board, {"op": "add_on_edge", "block": "ReLU", **LAST})
    board.select("dense_1")
    told = other.delta(own["version"])
    assert [node["id"] for node in told["nodes"]] == ["re_lu_1", "dense_1"]
    assert "selection" not in told["fields"], "it belongs to a tab"
    assert (told["client"], told["ack"]) == ("", 0)
    workspace.edit(board.document, lambda architecture: edits.rename(architecture, "dense_1", "x"))
    now = {node["id"]: node["name"] for node in board.delta(before["version"])["nodes"]}
    assert now == {"re_lu_1": "", "dense_1": "x"}


def test_a_selected_node_that_is_gone_is_not_told_of(board: Board, workspace: Workspace) -> None:
    board.select("dense_1", ("rescaling_1",))
    workspace.edit(
        board.document, lambda a: edits.remove(a, ["dense_1", "rescaling_1"]), author="other"
    )
    fields = board.delta(None)["fields"]
    assert (fields["selection"], fields["others"]) == (None, [])
    workspace.undo(board.document)
    assert board.delta(None)["fields"]["selection"] == "dense_1", "it may come back"


def test_a_refusal_is_told_once_and_makes_a_new_version(board: Board) -> None:
    before = board.version()
    do(board, {"op": "connect", "source": "dense_1", "target": "rescaling_1"})
    assert board.version() == before + 1, "else no page would be drawn that shows it"
    (message,) = board.take_messages()
    assert "cycle" in message
    assert board.take_messages() == []
    assert board.version() == before + 1


def test_a_block_to_be_made_is_asked_for_once(board: Board) -> None:
    before = board.version()
    do(board, {"op": "group", "node": "residual_block_1", "others": ["residual_block_2"]})
    do(board, {"op": "select", "node": "dense_1"}, first=2)
    assert board.version() > before
    assert board.take_group() == ("residual_block_1", "residual_block_2")
    assert board.take_group() == ()


def test_what_happened_before_an_operation_failed_is_kept(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(edits, "move", fail)
    select, move = {"op": "select", "node": "dense_1"}, {"op": "move", "node": "a", "after": None}
    with pytest.raises(ZeroDivisionError):
        do(board, select, move)
    assert board.view == View("dense_1")
    do(board, select, move)
    assert board.delta(None)["ack"] == 2, "it is not tried again"


def test_a_deleted_document_is_told_of_as_an_error(board: Board, workspace: Workspace) -> None:
    workspace.delete(board.document)
    for look in (lambda: board.delta(None), lambda: do(board, ADD)):
        with pytest.raises(FormatError):
            look()


def test_listeners_hear_of_every_change_and_of_none_afterwards(
    board: Board, workspace: Workspace
) -> None:
    heard: list[str] = []
    with board.listening(lambda: heard.append(threading.current_thread().name)):
        for act in (
            lambda: board.select("dense_1"),
            lambda: board.unfold(("residual_block_1",)),
            lambda: do(board, ADD),
            lambda: workspace.set_training(board.document, {"epochs": 3}),
            lambda: workspace.delete(board.document),
            lambda: workspace.restore(board.document),
        ):
            heard.clear()
            act()
            assert heard
    heard.clear()
    board.select(None)
    workspace.undo(board.document)
    assert heard == []


def test_operations_of_many_threads_are_all_applied(board: Board) -> None:
    def send(client: int) -> None:
        for number in range(1, 9):
            select = {"op": "select", "node": "dense_1"}
            do(board, select if number % 2 else ADD, first=number, client=f"client-{client}")

    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    nodes = board.workspace.open(board.document).architecture
    assert sum(node.id.startswith("dropout") for node in nodes) == 24


def test_a_board_is_found_by_its_id_for_as_long_as_a_session_holds_it(
    workspace: Workspace,
) -> None:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    board = Board(workspace, document, Author())
    name = board.id
    assert find(name) is None
    register(board)
    assert find(name) is board
    del board
    gc.collect()
    assert find(name) is None


def test_a_script_waits_until_its_change_was_sent_and_for_nobody_who_does_not_listen(
    board: Board, workspace: Workspace
) -> None:
    board.tell()  # nobody listens: there is nothing to wait for
    first, sent = board.version(), list[int]()
    stirred, wanted = threading.Event(), threading.Event()

    def stream() -> None:
        with board.listening(stirred.set):
            wanted.set()
            while first in sent or not sent:
                stirred.wait()
                stirred.clear()
                version = board.delta(None)["version"]
                time.sleep(0.02)  # a network
                sent[:] = [version]
                board.note_sent(version)

    streaming = threading.Thread(target=stream)
    streaming.start()
    wanted.wait()
    workspace.edit(board.document, lambda architecture: edits.rename(architecture, "dense_1", "x"))
    board.tell()
    assert sent == [board.version()]
    streaming.join()
    with board.listening(lambda: None):  # a browser that reads nothing any more
        workspace.edit(board.document, lambda one: edits.rename(one, "dense_1", "y"))
        board.tell()
    assert sent[-1] < board.version()
