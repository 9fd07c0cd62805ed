"""What a board tells of its changes makes the same state, from whichever version a browser has."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.board.changes import Changes
from components.board.ledger import Answer
from components.board.payload import Delta

ANSWER = Answer(ledger="l", client="", ack=0)

ids = st.lists(st.sampled_from("abcdef"), unique=True)


@st.composite
def states(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fields and nodes; values repeat often, so that much stays as it was."""
    fields = {"title": draw(st.sampled_from("xy")), "others": draw(st.lists(st.just("a")))}
    nodes = [{"id": node, "params": draw(st.integers(0, 1))} for node in draw(ids)]
    return fields, nodes


def applied(state: dict[str, Any] | None, delta: Delta) -> dict[str, Any]:
    """What a browser makes of it."""
    whole = delta["base"] is None
    old: dict[str, Any] = {} if whole or state is None else state["nodes"]
    new = old | {node["id"]: node for node in delta["nodes"]}
    order = list(new) if delta["order"] is None else delta["order"]
    fields = {} if whole or state is None else state["fields"]
    return {
        "version": delta["version"],
        "fields": fields | delta["fields"],
        "nodes": {node: new[node] for node in order},
    }


@given(st.lists(states(), min_size=1, max_size=8), st.data())
def test_deltas_from_any_version_make_the_present_state(
    told: list[tuple[dict[str, Any], list[Any]]], data: st.DataObject
) -> None:
    changes = Changes()
    browsers: list[dict[str, Any]] = []
    for fields, nodes in told:
        changes.record(fields, nodes)
        browsers.append(applied(None, changes.since(None, ANSWER)))
    fields, nodes = told[-1]
    for browser in browsers:
        # Told since any earlier version, as where one message overtakes another.
        base = data.draw(st.integers(1, browser["version"]))
        after = applied(browser, changes.since(base, ANSWER))
        assert after["fields"] == fields
        assert list(after["nodes"].values()) == nodes
        assert after["version"] == changes.version


def test_only_what_has_changed_is_told() -> None:
    changes = Changes()
    nodes: list[Any] = [{"id": node, "params": 0} for node in "abc"]
    changes.record({"title": "x", "revision": 1}, nodes)
    other: Any = {"id": "b", "params": 7}
    changes.record({"title": "x", "revision": 2}, [nodes[0], other, nodes[2]])
    told = changes.since(1, ANSWER)
    assert (told["base"], told["version"], told["order"]) == (1, 2, None)
    assert told["fields"] == {"revision": 2}
    assert told["nodes"] == [{"id": "b", "params": 7}]
    changes.record({"title": "x", "revision": 2}, [nodes[0], nodes[2]])
    assert changes.since(2, ANSWER)["order"] == ["a", "c"]
    assert changes.since(2, ANSWER)["nodes"] == [], "it was b in version 1 as well, but is gone"


def test_the_same_state_is_no_new_version() -> None:
    changes = Changes()
    for _ in range(3):
        changes.record({"title": "x"}, [])
    assert changes.version == 1
    told = changes.since(1, ANSWER)
    assert (told["fields"], told["nodes"], told["order"]) == ({}, [], None)


def test_a_version_of_another_board_gets_everything() -> None:
    changes = Changes()
    changes.record({"title": "x"}, [])
    for unknown in (None, 0, -1, 2, 10**9):
        told = changes.since(unknown, ANSWER)
        assert told["base"] is None
        assert told["fields"] == {"title": "x"}
