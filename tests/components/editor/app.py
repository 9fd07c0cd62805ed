"""A page with nothing but the editor, over rows in memory: what the browser tests drive.

Query parameters: `document` names the rows and `scene` says what they are at first; `slow` is how
long each run takes, in seconds; `deaf` is how many logs are lost on the way.
"""

import json
import time
from collections import defaultdict
from itertools import count
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from components.board.ledger import Ledger
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
from components.editor import editor, read_log
from components.routes import routes
from components.server import RequestGuard, ServerSettings
from tests.components.editor.scenes import INSIDE, PALETTE, SCENES, new_row

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
        self.applied.append(f"{operation.n}:{operation.op}")
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
        """The rows as the editor is shown them: a row without inputs of its own follows a chain."""
        above: str | None = None
        nodes = []
        for row in self.rows:
            chain = [above] if above and row["category"] != "io" else []
            nodes.append({**row, "inputs": row["inputs"] or chain})
            above = row["id"]
        return nodes

    def inside(self) -> dict[str, list[dict[str, Any]]]:
        """The lines inside of what is open; those inside of a folded part are not sent."""
        return {
            node: [part for part in parts if self._shown(part["key"], parts)]
            for node, parts in INSIDE.items()
            if node in self.open
        }

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


@st.cache_resource
def documents() -> dict[str, Rows]:
    """All documents of this server, as if they were on disk."""
    return {}


def main() -> None:
    """Read the log, apply what is new, draw."""
    st.set_page_config(layout="wide")
    query = st.query_params
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    name = query.get("document", "untitled")
    if st.session_state.get("other"):
        name += "-other"
    height = int(query.get("height", "600"))
    rows = documents().setdefault(name, Rows(SCENES[query.get("scene", "empty")]()))
    if st.session_state["runs"] == 1:
        rows.open = ()  # what is open belongs to one browser tab
    ledger = st.session_state.setdefault("ledger", Ledger())
    time.sleep(float(query.get("slow", "0")))
    log = read_log("editor")
    deaf = st.session_state.setdefault("deaf", int(query.get("deaf", "0")))
    if log is not None and deaf > 0:
        st.session_state["deaf"] = deaf - 1
        log = None
    if not st.session_state.get("away"):
        ledger.apply(log, name, rows.perform)
        data = {
            "document": name,
            "revision": rows.revision,
            "palette": PALETTE,
            "nodes": rows.nodes(),
            "selection": rows.selection,
            "others": list(rows.others),
            "open": list(rows.open),
            "inside": rows.inside(),
            "can_undo": bool(rows.past),
            "can_redo": bool(rows.future),
            "theme": "light",
            **ledger.answer(name),
        }
        editor(data, key="editor", height=height)
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
