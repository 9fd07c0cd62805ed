import json
import logging
from typing import Any

import pytest

from builder.system.errors import BuilderError
from components.board.log import Log, read_body
from components.board.operations import (
    Add,
    AddOnEdge,
    Attach,
    Connect,
    Disconnect,
    Group,
    Move,
    Open,
    Paste,
    Remove,
    Select,
    Undo,
)

A_TO_B = {"source": "a", "target": "b", "port": 0}


def log(*ops: Any, **more: Any) -> dict[str, Any]:
    return {"client": "abcdef-0123", "document": "d", "ledger": "l", "ops": list(ops), **more}


def read(value: object) -> Log:
    """Reads what a browser would have sent."""
    return read_body(json.dumps(value).encode())


def test_every_operation_is_read() -> None:
    sent = read(
        log(
            {"n": 4, "op": "add", "block": "Conv2D", "after": None},
            {"n": 5, "op": "select", "node": None},
            {"n": 6, "op": "move", "node": "#4", "after": "conv_1"},
            {"n": 7, "op": "duplicate", "node": "conv_1"},
            {"n": 8, "op": "remove", "node": "conv_1"},
            {"n": 9, "op": "repeat", "node": "conv_1", "times": 3},
            {"n": 10, "op": "undo"},
            {"n": 11, "op": "redo"},
            {"n": 12, "op": "open", "parts": ["block_1", "block_1/0/12"]},
            {"n": 13, "op": "select", "node": "conv_1", "others": ["conv_2", "#4"]},
            {"n": 14, "op": "group", "node": "conv_1", "others": ["conv_2"]},
            {"n": 15, "op": "connect", "source": "conv_1", "target": "#4", "port": 1},
            {"n": 16, "op": "connect", "source": "conv_1", "target": "#4"},
            {"n": 17, "op": "disconnect", "source": "conv_1", "target": "#4", "port": 1},
            {"n": 18, "op": "add_on_edge", "block": "Add", **A_TO_B},
            {"n": 19, "op": "attach", "block": "Add", "source": "#18"},
            {"n": 20, "op": "attach", "block": "Add"},
            {"n": 21, "op": "paste", "text": "{}", "after": None},
        )
    )
    assert isinstance(sent, Log)
    assert [operation.n for operation in sent.operations] == list(range(4, 22))
    assert sent.operations[0] == Add(n=4, block="Conv2D", after=None)
    assert sent.operations[2] == Move(n=6, node="#4", after="conv_1")
    assert sent.operations[4] == Remove(n=8, node="conv_1")
    assert sent.operations[6] == Undo(n=10)
    assert sent.operations[9] == Select(n=13, node="conv_1", others=("conv_2", "#4"))
    assert sent.operations[10] == Group(n=14, node="conv_1", others=("conv_2",))
    assert sent.operations[11] == Connect(n=15, source="conv_1", target="#4", port=1)
    assert sent.operations[12] == Connect(n=16, source="conv_1", target="#4", port=None)
    assert sent.operations[13] == Disconnect(n=17, source="conv_1", target="#4", port=1)
    assert sent.operations[14] == AddOnEdge(n=18, block="Add", **A_TO_B)
    assert sent.operations[15] == Attach(n=19, block="Add", source="#18", target=None)
    assert sent.operations[16] == Attach(n=20, block="Add", source=None, target=None)
    assert sent.operations[17] == Paste(n=21, text="{}", after=None)
    assert sent.operations[8] == Open(n=12, parts=("block_1", "block_1/0/12"))


UNDO = {"n": 1, "op": "undo"}


@pytest.mark.parametrize(
    "garbage",
    [
        0,
        "log",
        [],
        {},
        log(),
        log("undo"),
        log({"op": "undo"}),
        log({"n": True, "op": "undo"}),
        log({"n": "1", "op": "undo"}),
        log({"n": 0, "op": "undo"}),
        log({"n": 1.5, "op": "undo"}),
        log({"n": 2**60, "op": "undo"}),
        log({"n": 1, "op": "eval"}),
        log({"n": 1, "op": ["undo"]}),
        log({"n": 1, "op": "undo", "more": 1}),
        log({"n": 1, "op": "add", "block": "Conv2D"}),
        log({"n": 1, "op": "add", "block": 7, "after": None}),
        log({"n": 1, "op": "add", "block": "x" * 201, "after": None}),
        log({"n": 1, "op": "remove", "node": ""}),
        log({"n": 1, "op": "remove", "node": "\ud800"}),
        log({"n": 1, "op": "repeat", "node": "a", "times": 0}),
        log({"n": 1, "op": "paste", "text": "x" * 2_000_001, "after": None}),
        log({"n": 1, "op": "paste", "text": 7, "after": None}),
        log({"n": 1, "op": "repeat", "node": "a", "times": 10**9}),
        log({"n": 1, "op": "connect", "source": "a"}),
        log({"n": 1, "op": "connect", "source": "a", "target": None}),
        log({"n": 1, "op": "connect", "source": "a", "target": "b", "port": -1}),
        log({"n": 1, "op": "connect", "source": "a", "target": "b", "port": "0"}),
        log({"n": 1, "op": "disconnect", "target": "b", "port": 0}),
        log({"n": 1, "op": "disconnect", "source": "a", "target": "b"}),
        log({"n": 1, "op": "add_on_edge", **A_TO_B}),
        log({"n": 1, "op": "open", "parts": "a"}),
        log({"n": 1, "op": "open", "parts": ["a b"]}),
        log({"n": 1, "op": "open", "parts": ["a/"]}),
        log({"n": 1, "op": "open", "parts": ["a\n"]}),
        log({"n": 1, "op": "open", "parts": ["a"] * 1_001}),
        log(UNDO, {"n": 3, "op": "undo"}),
        log(UNDO, UNDO),
        log(*({"n": n, "op": "undo"} for n in range(1, 1002))),
        log(UNDO, client="short"),
        log(UNDO, client="a b c d e f g"),
        log(UNDO, client="abcdef-0123\n"),
        log(UNDO, document=None),
        log(UNDO, more=1),
    ],
    ids=lambda garbage: str(garbage)[:60].encode("ascii", "replace").decode(),
)
def test_garbage_is_refused_with_one_warning(
    garbage: object, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BuilderError, match="these operations cannot be read"):
        read(garbage)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "\n" not in caplog.text.strip()
