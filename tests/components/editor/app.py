"""A page with nothing but the editor, over rows in memory: what the browser tests drive.

Query parameters: `document` names the rows and `scene` says what they are at first; `slow` is how
long each answer takes, in seconds; `deaf` is how many logs are lost on the way.
"""

import json
import time
from collections import defaultdict
from itertools import count
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from builder.documents.session import Author
from components import state
from components.board import Board, Log
from components.board.operation import Operation
from components.board.operations import (
    Add,
    Duplicate,
    Group,
    Move,
    Open,
    Redo,
    Remove,
    Repeat,
    Select,
    Undo,
)
from components.board.registry import register
from components.editor import editor
from components.routes import routes
from components.server import RequestGuard, ServerSettings
from tests.components.editor.scenes import INSIDE, PALETTE, SCENES, new_row

REST = {
    "activation_bytes": 0,
    "reach": "",
    "sources": True,
    "repeats": True,
    "used": True,
    "fix": "",
    "layers": 0,
    "open": False,
    "output": "",
    "content": {},
}
"""What the scenes leave out of a row."""

CATEGORY = {block["block"]: group["category"] for group in PALETTE for block in group["blocks"]}


class Rows:
    """A document: rows, selection, history. It knows nothing of shapes."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.selection: str | None = None
        self.others: tuple[str, ...] = ()
        self.grouped: list[str] = []
        self.open: tuple[str, ...] = ()
        self.revision = 0
        self.past: list[list[dict[str, Any]]] = []
        self.future: list[list[dict[str, Any]]] = []
        self.applied: list[str] = []
        self.numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))

    def perform(self, operation: Operation) -> str | None:
        """Do one operation; returns the id of the row that it created."""
        self.applied.append(f"{operation.n}:{getattr(operation, 'op', '')}")
        self.revision += 1
        created = None
        if isinstance(operation, Open):
            self.open = operation.parts
        if not self._there(operation):
            return None
        match operation:
            case Select(node=node, others=others):
                self.selection, self.others = node, others
                return None
            case Group(node=node, others=others):
                self.grouped = sorted([node, *others])
                return None
            case Undo() | Redo():
                back, forth = self.past, self.future
                if isinstance(operation, Redo):
                    back, forth = forth, back
                if back:
                    forth.append(self.rows)
                    self.rows = back.pop()
                return None
            case Add(block=block, after=after):
                created = self._insert(new_row(self._id(block), block, CATEGORY[block]), after)
            case Duplicate(node=node):
                row = self._row(node)
                copy = {**row, "id": self._id(row["block"]), "name": ""}
                created = self._insert(copy, node)
            case Move(node=node, after=after):
                rest = [row for row in self.rows if row["id"] != node]
                self._change(_inserted(rest, self._row(node), after))
            case Remove(node=node, others=others):
                self._change([row for row in self.rows if row["id"] not in (node, *others)])
            case Repeat(node=node, times=times):
                self._change(
                    [{**row, "repeat": times} if row["id"] == node else row for row in self.rows]
                )
        if created:
            self.selection = created
        return created

    def nodes(self) -> list[dict[str, Any]]:
        """The rows as a board is told of: one without inputs of its own follows a chain."""
        above: str | None = None
        nodes = []
        for row in self.rows:
            chain = [above] if above and row["category"] != "io" else []
            parts = self._parts(row["id"]) if row["id"] in self.open else []
            nodes.append({**REST, **row, "inputs": row["inputs"] or chain, "parts": parts})
            above = row["id"]
        return nodes

    def fields(self) -> dict[str, Any]:
        """What a board is told of beside the rows."""
        return {
            "title": "rows",
            "revision": self.revision,
            "palette": PALETTE,
            "blocks": [],
            "ends": [],
            "selection": self.selection,
            "others": list(self.others),
            "open": list(self.open),
            "closed": 0,
            "can_undo": bool(self.past),
            "can_redo": bool(self.future),
            "told": 0,
        }

    def _parts(self, node: str) -> list[dict[str, Any]]:
        """The lines inside of a row, in each other; those inside of a folded part are not sent."""
        parts: list[dict[str, Any]] = []
        path: list[dict[str, Any]] = []
        lines = INSIDE.get(node, [])
        for line in (line for line in lines if self._shown(line["key"], lines)):
            folds = line["open"] is not None
            part = {**line, "folds": folds, "layers": 0, "inputs": [], "parts": [], "output": ""}
            del path[line["depth"] :]
            (path[-1]["parts"] if path else parts).append(part)
            path.append(part)
        return parts

    def _shown(self, key: str, parts: list[dict[str, Any]]) -> bool:
        above = [part for part in parts if key.startswith(part["key"] + "/")]
        return all(part["open"] is None or part["key"] in self.open for part in above)

    def _id(self, block: str) -> str:
        taken = {row["id"] for rows in (self.rows, *self.past, *self.future) for row in rows}
        names = (f"{block.lower()}_{n}" for n in self.numbers[block])
        return next(name for name in names if name not in taken)

    def _there(self, operation: Operation) -> bool:
        named = {getattr(operation, "node", None), getattr(operation, "after", None)} - {None}
        return named <= {row["id"] for row in self.rows}

    def _row(self, node: str) -> dict[str, Any]:
        return next(row for row in self.rows if row["id"] == node)

    def _insert(self, row: dict[str, Any], after: str | None) -> str:
        self._change(_inserted(self.rows, row, after))
        return row["id"]

    def _change(self, rows: list[dict[str, Any]]) -> None:
        self.past.append(self.rows)
        self.future.clear()
        self.rows = rows


def _inserted(
    rows: list[dict[str, Any]], row: dict[str, Any], after: str | None
) -> list[dict[str, Any]]:
    at = 0 if after is None else [each["id"] for each in rows].index(after) + 1
    return [*rows[:at], row, *rows[at:]]


class RowsBoard(Board):
    """A board over rows in memory, which the routes find as any other.

    Args:
        name: What the rows are called.
        rows: The rows.
        slow: How long each answer takes, in seconds.
        deaf: How many logs are lost.
    """

    def __init__(self, name: str, rows: Rows, slow: float, deaf: int) -> None:
        super().__init__(state.workspace(), name, Author())
        self._rows, self._slow, self._deaf = rows, slow, deaf

    def apply(self, log: Log | None) -> None:
        time.sleep(self._slow)
        with self._lock:
            if self._deaf > 0:
                self._deaf -= 1
                return
            self._ledger.apply(log, self.document, self._rows.perform)
        self.workspace.watchers.tell(self.document)

    def _look(self) -> None:
        nodes: Any = self._rows.nodes()
        self._changes.record(self._rows.fields(), nodes)


@st.cache_resource
def documents() -> dict[str, Rows]:
    """All documents of this server, as if they were on disk."""
    return {}


def board_of(name: str) -> RowsBoard:
    """The board of some rows in this browser tab."""
    query, kept = st.query_params, st.session_state
    rows = documents().setdefault(name, Rows(SCENES[query.get("scene", "empty")]()))
    if name not in kept:
        rows.open = ()  # what is open belongs to one browser tab
        slow, deaf = float(query.get("slow", "0")), int(query.get("deaf", "0"))
        kept[name] = RowsBoard(name, rows, slow, deaf)
        register(kept[name])
    return kept[name]


def main() -> None:
    """Draw the rows as they are."""
    st.set_page_config(layout="wide")
    query = st.query_params
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    name = query.get("document", "untitled")
    if st.session_state.get("other"):
        name += "-other"
    board = board_of(name)
    rows, drawn = documents()[name], board.version()
    if not st.session_state.get("away"):
        editor(board, drawn, key="editor", height=int(query.get("height", "600")))
    st.text_input("a field", key="field")
    st.checkbox("another document", key="other")
    st.checkbox("another page", key="away")
    facts = {"applied": rows.applied, "grouped": rows.grouped, "runs": st.session_state["runs"]}
    st.text(json.dumps(facts))


if __name__ == "__main__":
    main()
else:
    app = st.App(
        __file__,
        routes=routes(),
        middleware=[Middleware(RequestGuard, ServerSettings.read())],
    )
