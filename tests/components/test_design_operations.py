"""The browser's operations on a document: applied once, in order, saved, and refused calmly."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from builder.documents.workspace import Workspace
from builder.files.clipboard import node_content
from builder.gallery import TEMPLATES
from components.design.operations import Operator, apply_operations
from components.editor import Ledger, Log, parse_log


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def operator(workspace: Workspace) -> Operator:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    return Operator(workspace, document)


def log(
    ledger: Ledger, document: str, *operations: dict[str, Any], client: str = "0123abcd-client"
) -> Log | None:
    numbered = [{"n": number, **op} for number, op in enumerate(operations, 1)]
    return parse_log({"client": client, "document": document, "ledger": ledger.id, "ops": numbered})


def apply(operator: Operator, *operations: dict[str, Any]) -> None:
    """Applies operations as those of a browser page that was not heard of before."""
    ledger = Ledger()
    sent = log(ledger, operator.document, *operations, client=uuid4().hex)
    apply_operations(operator, sent, ledger)


def ids(operator: Operator) -> list[str]:
    return [node.id for node in operator.workspace.open(operator.document).architecture]


def test_a_new_block_stands_where_it_was_asked_for_and_is_selected(operator: Operator) -> None:
    apply(operator, {"op": "add", "block": "squeeze_excitation", "after": "residual_block_2"})
    assert ids(operator)[3:6] == ["residual_block_2", "squeeze_excitation_1", "residual_block_3"]
    assert operator.selection == "squeeze_excitation_1"
    saved = Workspace(operator.workspace.store.folder.parent).open(operator.document)
    assert "squeeze_excitation_1" in saved.architecture


def test_several_rows_are_selected_removed_at_once_and_asked_to_be_a_block(
    operator: Operator,
) -> None:
    others = ["residual_block_3", "gone"]
    apply(operator, {"op": "select", "node": "residual_block_2", "others": others})
    assert (operator.selection, operator.others) == ("residual_block_2", tuple(others))
    apply(operator, {"op": "group", "node": "residual_block_2", "others": others})
    assert operator.to_group == ("residual_block_2", *others)
    before = ids(operator)
    apply(operator, {"op": "remove", "node": "residual_block_2", "others": others})
    assert [node for node in before if node not in ids(operator)] == [
        "residual_block_2",
        "residual_block_3",
    ]
    assert (operator.selection, operator.others) == ("global_average_pooling2d_1", ())
    operator.workspace.undo(operator.document)
    assert ids(operator) == before, "one step"


def test_others_may_be_nodes_that_the_same_log_made(operator: Operator) -> None:
    apply(
        operator,
        {"op": "add", "block": "ReLU", "after": "rescaling_1"},
        {"op": "select", "node": "rescaling_1", "others": ["#1", "#9", "dense_1"]},
    )
    assert operator.others == ("re_lu_1", "dense_1")


def test_what_is_open_is_no_edit(operator: Operator) -> None:
    before = operator.workspace.store.revision(operator.document)
    apply(operator, {"op": "open", "parts": ["residual_block_1", "residual_block_1/0"]})
    assert operator.opened == ("residual_block_1", "residual_block_1/0")
    assert operator.workspace.store.revision(operator.document) == before


def test_every_operation_of_a_log_is_applied_once(operator: Operator) -> None:
    ledger = Ledger()
    twice = {"op": "add", "block": "Dropout", "after": "dense_1"}
    sent = log(ledger, operator.document, twice, {"op": "repeat", "node": "#1", "times": 3})
    assert apply_operations(operator, sent, ledger) == 2
    assert apply_operations(operator, sent, ledger) == 0
    architecture = operator.workspace.open(operator.document).architecture
    assert ids(operator).count("dropout_1") == 1
    assert architecture.by_id["dropout_1"].repeat == 3
    assert ledger.answer(operator.document)["ack"] == 2


def test_after_a_crash_nothing_is_applied_twice_and_nothing_is_lost(operator: Operator) -> None:
    """The server saves operations and dies before it answers; the page sends all again."""
    add = {"op": "add", "block": "Dropout", "after": "dense_1"}
    undo, select = {"op": "undo"}, {"op": "select", "node": "dense_1"}
    repeat = {"op": "repeat", "node": "#1", "times": 4}
    ledger = Ledger()
    apply_operations(operator, log(ledger, operator.document, add, select, add), ledger)
    home = operator.workspace.store.folder.parent
    restarted, ledger = Operator(Workspace(home), operator.document), Ledger()
    sent = log(ledger, operator.document, add, select, add, select, repeat)
    assert apply_operations(restarted, sent, ledger) == 2
    assert ledger.answer(operator.document)["ack"] == 5
    assert ids(restarted)[-2:] == ["dropout_2", "dropout_1"]
    saved = restarted.workspace.open(operator.document).architecture
    assert saved.by_id["dropout_1"].repeat == 4
    later, ledger = Operator(Workspace(home), operator.document), Ledger()
    sent = log(ledger, operator.document, add, select, add, select, repeat, undo)
    assert apply_operations(later, sent, ledger) == 1
    assert later.workspace.open(operator.document).architecture == saved, "a new server: no past"


def test_a_refused_operation_changes_nothing_and_the_next_one_is_applied(
    operator: Operator,
) -> None:
    before = ids(operator)
    apply(
        operator,
        {"op": "add", "block": "NoSuchBlock", "after": None},
        {"op": "move", "node": "dense_1", "after": "gone_1"},
        {"op": "repeat", "node": "input_1", "times": 2},
        {"op": "duplicate", "node": "dense_1"},
    )
    assert len(operator.messages) == 3
    assert "NoSuchBlock" in operator.messages[0]
    assert ids(operator) == [*before, "dense_2"]


def test_removing_selects_the_row_that_takes_the_place(operator: Operator) -> None:
    operator.selection = "residual_block_2"
    apply(operator, {"op": "remove", "node": "residual_block_2"})
    assert operator.selection == "residual_block_3"
    operator.selection = "dense_1"
    apply(operator, {"op": "remove", "node": "dense_1"})
    assert operator.selection == "global_average_pooling2d_1"


def test_removing_another_row_leaves_the_selection(operator: Operator) -> None:
    operator.selection = "dense_1"
    apply(operator, {"op": "remove", "node": "rescaling_1"})
    assert operator.selection == "dense_1"


def inputs(operator: Operator, node: str) -> tuple[str, ...]:
    return operator.workspace.open(operator.document).architecture.by_id[node].inputs


def test_a_connection_is_made_cut_and_undone(operator: Operator) -> None:
    apply(
        operator,
        {"op": "add", "block": "Add", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "#1"},
    )
    assert inputs(operator, "add_1") == ("residual_block_1", "rescaling_1")
    apply(operator, {"op": "disconnect", "source": "residual_block_1", "target": "add_1"})
    assert inputs(operator, "add_1") == ("rescaling_1",)
    apply(operator, {"op": "undo"})
    assert inputs(operator, "add_1") == ("residual_block_1", "rescaling_1")
    assert operator.messages == []


def test_a_connection_can_take_the_place_of_another(operator: Operator) -> None:
    apply(
        operator,
        {"op": "add", "block": "Add", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "add_1"},
        {"op": "connect", "source": "input_1", "target": "add_1", "port": 0},
    )
    assert inputs(operator, "add_1") == ("input_1", "rescaling_1")


def test_a_connection_that_closes_a_cycle_is_refused_with_its_fix(operator: Operator) -> None:
    before = inputs(operator, "rescaling_1")
    apply(operator, {"op": "connect", "source": "dense_1", "target": "rescaling_1"})
    assert inputs(operator, "rescaling_1") == before
    assert "cycle" in operator.messages[0]


def test_a_block_on_a_connection_stands_between_its_ends_and_is_selected(
    operator: Operator,
) -> None:
    place = {"source": "residual_block_1", "target": "residual_block_2"}
    apply(operator, {"op": "add_on_edge", "block": "Dropout", **place})
    assert inputs(operator, "dropout_1") == ("residual_block_1",)
    assert inputs(operator, "residual_block_2") == ("dropout_1",)
    assert operator.selection == "dropout_1"
    apply(operator, {"op": "add_on_edge", "block": "Dropout", **place})
    assert "does not read" in operator.messages[0]


def test_a_block_is_attached_to_one_end_only_and_selected(operator: Operator) -> None:
    apply(operator, {"op": "attach", "block": "Dropout", "source": "residual_block_1"})
    assert inputs(operator, "dropout_1") == ("residual_block_1",)
    assert inputs(operator, "residual_block_2") == ("residual_block_1",)
    assert operator.selection == "dropout_1"
    apply(operator, {"op": "attach", "block": "Input", "source": "dense_1"})
    assert "takes no input" in operator.messages[0]


def copied(operator: Operator, document: str, *nodes: str) -> str:
    architecture = operator.workspace.open(operator.document).architecture
    content = [node_content(architecture.by_id[node]) for node in nodes]
    envelope = {"format": "convstack-nodes", "version": 1, "document": document, "nodes": content}
    return json.dumps(envelope)


def test_what_is_pasted_is_selected_spoken_of_by_its_number_and_undone_at_once(
    operator: Operator,
) -> None:
    before = ids(operator)
    text = copied(operator, operator.document, "residual_block_1", "residual_block_2")
    apply(
        operator,
        {"op": "paste", "text": text, "after": "dense_1"},
        {"op": "connect", "source": "residual_block_3", "target": "#1"},
    )
    assert ids(operator)[6:8] == ["residual_block_4", "residual_block_5"]
    assert inputs(operator, "residual_block_4") == ("rescaling_1",)
    assert inputs(operator, "residual_block_5") == ("residual_block_3",)
    assert (operator.selection, operator.others) == ("residual_block_5", ("residual_block_4",))
    apply(operator, {"op": "undo"}, {"op": "undo"})
    assert ids(operator) == before


def test_a_paste_is_applied_once_also_after_a_crash(operator: Operator) -> None:
    text = copied(operator, "elsewhere", "dense_1", "residual_block_1")
    paste = {"op": "paste", "text": text, "after": "residual_block_3"}
    repeat = {"op": "repeat", "node": "#1", "times": 2}
    ledger = Ledger()
    apply_operations(operator, log(ledger, operator.document, paste), ledger)
    after = ids(operator)
    home = operator.workspace.store.folder.parent
    restarted, ledger = Operator(Workspace(home), operator.document), Ledger()
    apply_operations(restarted, log(ledger, operator.document, paste, repeat), ledger)
    assert ids(restarted) == after
    saved = restarted.workspace.open(operator.document).architecture
    assert saved.by_id[operator.selection or ""].repeat == 2


def test_hostile_text_is_refused_with_a_message_and_nothing_is_lost(operator: Operator) -> None:
    before = operator.workspace.store.revision(operator.document)
    for text in ("hello", '{"format": "convstack-nodes", "version": 1, "nodes": [{"id": 3}]}'):
        apply(operator, {"op": "paste", "text": text, "after": "dense_1"})
    assert all(message.startswith("this cannot be pasted: ") for message in operator.messages)
    assert len(operator.messages) == 2
    assert operator.workspace.store.revision(operator.document) == before


def test_undo_and_redo_go_back_and_forth_and_follow_what_returns(operator: Operator) -> None:
    start = ids(operator)
    operator.selection = "residual_block_1"
    apply(operator, {"op": "remove", "node": "residual_block_1"})
    operator.selection = None
    apply(operator, {"op": "undo"})
    assert ids(operator) == start
    assert operator.selection == "residual_block_1"
    apply(operator, {"op": "redo"})
    assert "residual_block_1" not in ids(operator)
    apply(operator, {"op": "undo"}, {"op": "undo"}, {"op": "undo"})
    assert ids(operator) == start


def test_undoing_an_addition_selects_the_row_before_it(operator: Operator) -> None:
    apply(operator, {"op": "add", "block": "Dropout", "after": "residual_block_2"})
    apply(operator, {"op": "undo"})
    assert operator.selection == "residual_block_2"


def test_selecting_changes_no_file(operator: Operator) -> None:
    before = operator.workspace.store.revision(operator.document)
    apply(operator, {"op": "select", "node": "dense_1"})
    assert operator.selection == "dense_1"
    assert operator.workspace.store.revision(operator.document) == before


def test_what_cannot_be_saved_is_refused_and_leaves_the_document(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(operator)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(operator.workspace.store, "save", full)
    apply(operator, {"op": "remove", "node": "dense_1"}, {"op": "undo"})
    assert "this cannot be saved: the disk is full" in operator.messages[0]
    assert ids(operator) == before
    assert "nothing has changed" in operator.messages[0]
