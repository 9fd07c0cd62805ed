import pytest

from components.board.ledger import Ledger, to_apply
from components.board.log import Log
from components.board.operation import Operation
from components.board.operations import Add, Connect, Duplicate, Move, Remove, Undo


def log(
    *operations: Operation, ledger: str = "", document: str = "d", client: str = "a" * 8
) -> Log:
    return Log(client=client, document=document, ledger=ledger, operations=operations)


def undos(first: int, last: int) -> tuple[Undo, ...]:
    return tuple(Undo(n=n) for n in range(first, last + 1))


@pytest.mark.parametrize(
    ("last", "sent", "due"),
    [
        (None, (1, 3), (1, 3)),
        (None, (7, 9), (7, 9)),  # a new ledger: what came before was acknowledged by another
        (0, (1, 3), (1, 3)),
        (2, (1, 3), (3, 3)),
        (2, (3, 5), (3, 5)),
    ],
)
def test_what_was_applied_is_not_applied_again(
    last: int | None, sent: tuple[int, int], due: tuple[int, int]
) -> None:
    assert to_apply(last, log(*undos(*sent))) == undos(*due)


@pytest.mark.parametrize(("last", "sent"), [(3, (1, 3)), (9, (1, 3))])
def test_nothing_is_left_of_an_old_log(last: int, sent: tuple[int, int]) -> None:
    assert to_apply(last, log(*undos(*sent))) == ()


def test_a_gap_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    assert to_apply(3, log(*undos(5, 6))) == ()
    assert "4 is missing" in caplog.text


class Doer:
    """Does operations: notes them, and makes a node for each one that adds."""

    def __init__(self) -> None:
        self.done: list[Operation] = []

    def __call__(self, operation: Operation) -> str | None:
        self.done.append(operation)
        return f"node_{operation.n}" if isinstance(operation, Add | Duplicate) else None


def test_a_log_sent_twice_is_applied_once() -> None:
    ledger, do = Ledger(), Doer()
    sent = log(*undos(1, 3), ledger=ledger.id)
    assert [ledger.apply(sent, "d", do), ledger.apply(sent, "d", do)] == [3, 0]
    assert do.done == list(undos(1, 3))
    assert ledger.answer("d") == {"ledger": ledger.id, "client": "a" * 8, "ack": 3}


def test_a_new_ledger_goes_on_where_an_earlier_one_ended() -> None:
    ledger, do = Ledger(), Doer()
    move = Move(n=6, node="#4", after="#5")
    sent = log(*undos(3, 5), move, Undo(n=7), ledger=ledger.id)
    known = {"a" * 8: (5, {4: "conv_4", 5: "conv_5"})}
    assert ledger.apply(sent, "d", do, known.get) == 2
    assert do.done == [Move(n=6, node="conv_4", after="conv_5"), Undo(n=7)]
    assert ledger.answer("d")["ack"] == 7
    other = log(*undos(9, 9), ledger=ledger.id, client="b" * 8)
    assert ledger.apply(other, "d", do, known.get) == 1, "of which nothing is known"


def test_a_new_ledger_has_nothing_to_say() -> None:
    ledger = Ledger()
    assert ledger.answer("d") == {"ledger": ledger.id, "client": "", "ack": 0}


def test_logs_for_another_ledger_or_document_are_left_alone() -> None:
    ledger, do = Ledger(), Doer()
    assert ledger.apply(log(*undos(1, 3), ledger="of before the restart"), "d", do) == 0
    assert ledger.apply(log(*undos(1, 3), ledger=ledger.id, document="other"), "d", do) == 0
    assert do.done == []


def test_each_document_is_answered_for_itself() -> None:
    ledger, do = Ledger(), Doer()
    ledger.apply(log(*undos(1, 3), ledger=ledger.id, document="one"), "one", do)
    ledger.apply(log(*undos(1, 1), ledger=ledger.id, document="two", client="b" * 8), "two", do)
    assert ledger.answer("one")["ack"] == 3
    assert ledger.answer("two") == {"ledger": ledger.id, "client": "b" * 8, "ack": 1}


def test_nodes_without_an_id_yet_are_found_by_the_operation_that_made_them() -> None:
    ledger, do = Ledger(), Doer()
    first = Add(n=1, block="Conv2D", after=None)
    ledger.apply(log(first, Add(n=2, block="Add", after="#1"), ledger=ledger.id), "d", do)
    later = (
        Duplicate(n=3, node="#2"),
        Move(n=4, node="#3", after="#1"),
        Remove(n=5, node="x"),
        Connect(n=6, source="#1", target="#3"),
    )
    ledger.apply(log(*later, ledger=ledger.id), "d", do)
    assert do.done == [
        first,
        Add(n=2, block="Add", after="node_1"),
        Duplicate(n=3, node="node_2"),
        Move(n=4, node="node_3", after="node_1"),
        Remove(n=5, node="x"),
        Connect(n=6, source="node_1", target="node_3"),
    ]


@pytest.mark.parametrize("reference", ["#1", "#2", "#", "#x", "#-1", "#²", "#" + "9" * 150])
def test_an_operation_on_a_node_that_was_never_made_is_skipped(
    reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    ledger, do = Ledger(), Doer()
    sent = log(Undo(n=1), Remove(n=2, node=reference), Undo(n=3), ledger=ledger.id)
    assert ledger.apply(sent, "d", do) == 3
    assert do.done == [Undo(n=1), Undo(n=3)]
    assert "skipped operation 2" in caplog.text


def test_an_operation_that_raises_is_not_tried_again() -> None:
    ledger = Ledger()

    def fail(_: Operation) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ledger.apply(log(*undos(1, 2), ledger=ledger.id), "d", fail)
    do = Doer()
    ledger.apply(log(*undos(1, 2), ledger=ledger.id), "d", do)
    assert do.done == [Undo(n=2)]


def test_only_so_many_created_nodes_are_remembered() -> None:
    ledger, do = Ledger(), Doer()
    for n in range(1, 1_101):
        ledger.apply(log(Add(n=n, block="B", after=None), ledger=ledger.id), "d", do)
    sent = log(Remove(n=1_101, node="#1"), Remove(n=1_102, node="#1100"), ledger=ledger.id)
    ledger.apply(sent, "d", do)
    assert do.done[-1] == Remove(n=1_102, node="node_1100")
    assert do.done[-2] == Add(n=1_100, block="B", after=None)
