"""The browser's operations on a document: applied once, in order, saved, and refused calmly."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.files.clipboard import node_content
from builder.gallery import TEMPLATES
from components.board import Board, Log
from tests.components.boards import do, log_for


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def board(workspace: Workspace) -> Board:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    return Board(workspace, document, Author())


def restarted(board: Board) -> Board:
    """The board that the tab gets from a server that was started again."""
    workspace = Workspace(board.workspace.store.folder.parent)
    return Board(workspace, board.document, Author())


def apply(board: Board, *operations: dict[str, Any]) -> None:
    """Applies operations as those of a browser page that was not heard of before."""
    do(board, *operations, client=uuid4().hex)


def ids(board: Board) -> list[str]:
    return [node.id for node in board.workspace.open(board.document).architecture]


def test_a_new_block_stands_where_it_was_asked_for_and_is_selected(board: Board) -> None:
    apply(board, {"op": "add", "block": "squeeze_excitation", "after": "residual_block_2"})
    assert ids(board)[3:6] == ["residual_block_2", "squeeze_excitation_1", "residual_block_3"]
    assert board.view.selection == "squeeze_excitation_1"
    saved = Workspace(board.workspace.store.folder.parent).open(board.document)
    assert "squeeze_excitation_1" in saved.architecture


def test_several_rows_are_selected_removed_at_once_and_asked_to_be_a_block(
    board: Board,
) -> None:
    others = ["residual_block_3", "gone"]
    apply(board, {"op": "select", "node": "residual_block_2", "others": others})
    assert (board.view.selection, board.view.others) == ("residual_block_2", tuple(others))
    apply(board, {"op": "group", "node": "residual_block_2", "others": others})
    assert board.take_group() == ("residual_block_2", *others)
    before = ids(board)
    apply(board, {"op": "remove", "node": "residual_block_2", "others": others})
    assert [node for node in before if node not in ids(board)] == [
        "residual_block_2",
        "residual_block_3",
    ]
    assert (board.view.selection, board.view.others) == ("global_average_pooling2d_1", ())
    board.workspace.undo(board.document)
    assert ids(board) == before, "one step"


def test_others_may_be_nodes_that_the_same_log_made(board: Board) -> None:
    apply(
        board,
        {"op": "add", "block": "ReLU", "after": "rescaling_1"},
        {"op": "select", "node": "rescaling_1", "others": ["#1", "#9", "dense_1"]},
    )
    assert board.view.others == ("re_lu_1", "dense_1")


def test_what_is_open_is_no_edit(board: Board) -> None:
    before = board.workspace.store.revision(board.document)
    apply(board, {"op": "open", "parts": ["residual_block_1", "residual_block_1/0"]})
    assert board.view.opened == ("residual_block_1", "residual_block_1/0")
    assert board.workspace.store.revision(board.document) == before


def test_every_operation_of_a_log_is_applied_once(board: Board) -> None:
    added = {"op": "add", "block": "Dropout", "after": "dense_1"}
    sent = Log.model_validate(log_for(board, added, {"op": "repeat", "node": "#1", "times": 3}))
    board.apply(sent)
    board.apply(sent)
    architecture = board.workspace.open(board.document).architecture
    assert ids(board).count("dropout_1") == 1
    assert architecture.by_id["dropout_1"].repeat == 3
    assert board.delta(None)["ack"] == 2


def test_after_a_crash_nothing_is_applied_twice_and_nothing_is_lost(board: Board) -> None:
    """The server saves operations and dies before it answers; the page sends all again."""
    add = {"op": "add", "block": "Dropout", "after": "dense_1"}
    undo, select = {"op": "undo"}, {"op": "select", "node": "dense_1"}
    repeat = {"op": "repeat", "node": "#1", "times": 4}
    do(board, add, select, add)
    second = restarted(board)
    do(second, add, select, add, select, repeat)
    assert second.delta(None)["ack"] == 5
    assert ids(second)[-2:] == ["dropout_2", "dropout_1"]
    saved = second.workspace.open(board.document).architecture
    assert saved.by_id["dropout_1"].repeat == 4
    third = restarted(board)
    do(third, add, select, add, select, repeat, undo)
    assert third.delta(None)["ack"] == 6
    assert third.workspace.open(board.document).architecture == saved, "a new server: no past"


def test_a_refused_operation_changes_nothing_and_the_next_one_is_applied(
    board: Board,
) -> None:
    before = ids(board)
    apply(
        board,
        {"op": "add", "block": "NoSuchBlock", "after": None},
        {"op": "move", "node": "dense_1", "after": "gone_1"},
        {"op": "repeat", "node": "input_1", "times": 2},
        {"op": "duplicate", "node": "dense_1"},
    )
    messages = board.take_messages()
    assert len(messages) == 3
    assert "NoSuchBlock" in messages[0]
    assert ids(board) == [*before, "dense_2"]


def test_removing_selects_the_row_that_takes_the_place(board: Board) -> None:
    board.select("residual_block_2")
    apply(board, {"op": "remove", "node": "residual_block_2"})
    assert board.view.selection == "residual_block_3"
    board.select("dense_1")
    apply(board, {"op": "remove", "node": "dense_1"})
    assert board.view.selection == "global_average_pooling2d_1"


def test_removing_another_row_leaves_the_selection(board: Board) -> None:
    board.select("dense_1")
    apply(board, {"op": "remove", "node": "rescaling_1"})
    assert board.view.selection == "dense_1"


def inputs(board: Board, node: str) -> tuple[str, ...]:
    return board.workspace.open(board.document).architecture.by_id[node].inputs


def test_a_connection_is_made_cut_and_undone(board: Board) -> None:
    apply(
        board,
        {"op": "add", "block": "Add", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "#1"},
    )
    assert inputs(board, "add_1") == ("residual_block_1", "rescaling_1")
    apply(board, {"op": "disconnect", "source": "residual_block_1", "target": "add_1", "port": 0})
    assert inputs(board, "add_1") == ("rescaling_1",)
    apply(board, {"op": "undo"})
    assert inputs(board, "add_1") == ("residual_block_1", "rescaling_1")
    assert board.take_messages() == []


def test_of_two_connections_between_the_same_nodes_the_named_one_is_cut_or_takes_a_block(
    board: Board,
) -> None:
    twice = {"op": "connect", "source": "rescaling_1", "target": "#1"}
    apply(board, {"op": "add", "block": "Add", "after": "residual_block_1"}, twice, twice)
    both = ("residual_block_1", "rescaling_1", "rescaling_1")
    assert inputs(board, "add_1") == both
    last = {"source": "rescaling_1", "target": "add_1", "port": 2}
    apply(board, {"op": "add_on_edge", "block": "ReLU", **last})
    assert inputs(board, "add_1") == (*both[:2], "re_lu_1")
    apply(board, {"op": "undo"}, {"op": "disconnect", **last})
    assert inputs(board, "add_1") == both[:2]


def test_a_connection_can_take_the_place_of_another(board: Board) -> None:
    apply(
        board,
        {"op": "add", "block": "Add", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "add_1"},
        {"op": "connect", "source": "input_1", "target": "add_1", "port": 0},
    )
    assert inputs(board, "add_1") == ("input_1", "rescaling_1")


def test_an_end_of_a_connection_is_led_to_another_node_in_one_step(board: Board) -> None:
    apply(
        board,
        {"op": "add", "block": "Add", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "add_1"},
    )
    wire = {"source": "rescaling_1", "target": "add_1", "port": 1}
    apply(board, {"op": "redirect", **wire, "reader": "residual_block_3"})
    assert inputs(board, "add_1") == ("residual_block_1",)
    assert inputs(board, "residual_block_3") == ("rescaling_1",), "its only input is replaced"
    apply(board, {"op": "undo"})
    assert inputs(board, "add_1") == ("residual_block_1", "rescaling_1")
    assert inputs(board, "residual_block_3") == ("residual_block_2",)
    for reader, words in {"rescaling_1": "itself", "input_1": "cycle"}.items():
        apply(board, {"op": "redirect", **wire, "reader": reader})
        assert words in board.take_messages()[0]
        assert inputs(board, "add_1") == ("residual_block_1", "rescaling_1")
    apply(board, {"op": "redirect", **wire, "source": "dense_1", "reader": "residual_block_3"})
    assert "does not read" in board.take_messages()[0]


def test_a_connection_is_led_to_another_input_of_its_node_in_one_step(board: Board) -> None:
    apply(
        board,
        {"op": "add", "block": "Subtract", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "subtract_1"},
    )
    wire = {"source": "rescaling_1", "target": "subtract_1", "port": 1}
    apply(board, {"op": "swap_inputs", **wire, "inlet": 0})
    assert inputs(board, "subtract_1") == ("rescaling_1", "residual_block_1")
    apply(board, {"op": "undo"})
    assert inputs(board, "subtract_1") == ("residual_block_1", "rescaling_1")
    apply(board, {"op": "swap_inputs", **wire, "inlet": 2})
    assert "has 2 inputs, so there is no number 3" in board.take_messages()[0]
    apply(board, {"op": "swap_inputs", **wire, "source": "dense_1", "inlet": 0})
    assert "does not read" in board.take_messages()[0]
    assert inputs(board, "subtract_1") == ("residual_block_1", "rescaling_1")


def test_a_connection_that_closes_a_cycle_is_refused_with_its_fix(board: Board) -> None:
    before = inputs(board, "rescaling_1")
    apply(board, {"op": "connect", "source": "dense_1", "target": "rescaling_1"})
    assert inputs(board, "rescaling_1") == before
    assert "cycle" in board.take_messages()[0]


def test_a_block_on_a_connection_stands_between_its_ends_and_is_selected(
    board: Board,
) -> None:
    place = {"source": "residual_block_1", "target": "residual_block_2", "port": 0}
    apply(board, {"op": "add_on_edge", "block": "Dropout", **place})
    assert inputs(board, "dropout_1") == ("residual_block_1",)
    assert inputs(board, "residual_block_2") == ("dropout_1",)
    assert board.view.selection == "dropout_1"
    apply(board, {"op": "add_on_edge", "block": "Dropout", **place})
    assert "does not read" in board.take_messages()[0]


def test_a_block_is_attached_to_one_end_only_and_selected(board: Board) -> None:
    apply(board, {"op": "attach", "block": "Dropout", "source": "residual_block_1"})
    assert inputs(board, "dropout_1") == ("residual_block_1",)
    assert inputs(board, "residual_block_2") == ("residual_block_1",)
    assert board.view.selection == "dropout_1"
    apply(board, {"op": "attach", "block": "Input", "source": "dense_1"})
    assert "takes no input" in board.take_messages()[0]


def copied(board: Board, document: str, *nodes: str) -> str:
    architecture = board.workspace.open(board.document).architecture
    content = [node_content(architecture.by_id[node]) for node in nodes]
    envelope = {"format": "convstack-nodes", "version": 1, "document": document, "nodes": content}
    return json.dumps(envelope)


def test_what_is_pasted_is_selected_spoken_of_by_its_number_and_undone_at_once(
    board: Board,
) -> None:
    before = ids(board)
    text = copied(board, board.document, "residual_block_1", "residual_block_2")
    apply(
        board,
        {"op": "paste", "text": text, "after": "dense_1"},
        {"op": "connect", "source": "residual_block_3", "target": "#1"},
    )
    assert ids(board)[6:8] == ["residual_block_4", "residual_block_5"]
    assert inputs(board, "residual_block_4") == ("rescaling_1",)
    assert inputs(board, "residual_block_5") == ("residual_block_3",)
    assert (board.view.selection, board.view.others) == ("residual_block_5", ("residual_block_4",))
    apply(board, {"op": "undo"}, {"op": "undo"})
    assert ids(board) == before


def test_a_paste_is_applied_once_also_after_a_crash(board: Board) -> None:
    text = copied(board, "elsewhere", "dense_1", "residual_block_1")
    paste = {"op": "paste", "text": text, "after": "residual_block_3"}
    repeat = {"op": "repeat", "node": "#1", "times": 2}
    do(board, paste)
    after = ids(board)
    second = restarted(board)
    do(second, paste, repeat)
    assert ids(second) == after
    saved = second.workspace.open(board.document).architecture
    assert saved.by_id[board.view.selection or ""].repeat == 2


def test_hostile_text_is_refused_with_a_message_and_nothing_is_lost(board: Board) -> None:
    before = board.workspace.store.revision(board.document)
    for text in ("hello", '{"format": "convstack-nodes", "version": 1, "nodes": [{"id": 3}]}'):
        apply(board, {"op": "paste", "text": text, "after": "dense_1"})
    messages = board.take_messages()
    assert all(message.startswith("this cannot be pasted: ") for message in messages)
    assert len(messages) == 2
    assert board.workspace.store.revision(board.document) == before


def test_undo_and_redo_go_back_and_forth_and_follow_what_returns(board: Board) -> None:
    start = ids(board)
    board.select("residual_block_1")
    apply(board, {"op": "remove", "node": "residual_block_1"})
    board.select(None)
    apply(board, {"op": "undo"})
    assert ids(board) == start
    assert board.view.selection == "residual_block_1"
    apply(board, {"op": "redo"})
    assert "residual_block_1" not in ids(board)
    apply(board, {"op": "undo"}, {"op": "undo"}, {"op": "undo"})
    assert ids(board) == start


def test_what_undo_brings_back_is_selected_whatever_was_before(board: Board) -> None:
    board.select("residual_block_1")
    both = {"node": "residual_block_1", "others": ["residual_block_3"]}
    apply(board, {"op": "remove", **both})
    assert board.view.selection == "residual_block_2", "the row that took the place"
    apply(board, {"op": "undo"})
    assert board.view.selection == "residual_block_3"
    assert board.view.others == ("residual_block_1",)


def test_undoing_an_addition_selects_the_row_before_it(board: Board) -> None:
    apply(board, {"op": "add", "block": "Dropout", "after": "residual_block_2"})
    apply(board, {"op": "undo"})
    assert board.view.selection == "residual_block_2"


def test_selecting_changes_no_file(board: Board) -> None:
    before = board.workspace.store.revision(board.document)
    apply(board, {"op": "select", "node": "dense_1"})
    assert board.view.selection == "dense_1"
    assert board.workspace.store.revision(board.document) == before


def test_what_cannot_be_saved_is_refused_and_leaves_the_document(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(board)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(board.workspace.store, "save", full)
    apply(board, {"op": "remove", "node": "dense_1"}, {"op": "undo"})
    messages = board.take_messages()
    assert "this cannot be saved: the disk is full" in messages[0]
    assert ids(board) == before
    assert "nothing has changed" in messages[0]
