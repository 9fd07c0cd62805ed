"""An app with nothing but the board, over a real document: what the browser tests drive.

Query parameters: `network` is what the document begins as, a scene (see `scenes`) or a template;
`name` tells documents of one network apart; `height` is the board's in pixels; `slow` is how long
each answer takes, in seconds; `deaf` is how many logs are lost on the way;
`away` shows nothing.
"""

import json
import time
from functools import wraps

import streamlit as st
from starlette.middleware import Middleware

from builder.gallery import TEMPLATES
from components import shell, state
from components.board import Board, Log, Operation, Operator
from components.board.component import draw_board
from components.routes import routes
from components.server import RequestGuard, ServerSettings
from tests.components.board.scenes import SCENES


@st.cache_resource
def documents() -> dict[str, str]:
    """Ids of the documents of this server, by what the address calls them."""
    return {}


@st.cache_resource
def applied() -> dict[str, list[str]]:
    """What was done to each document, by its id: `1:add`, `2:undo` …"""
    done: dict[str, list[str]] = {}
    perform = Operator.perform

    @wraps(perform)
    def noted(self: Operator, operation: Operation) -> str | None:
        kind = type(operation).__name__.lower()
        done.setdefault(self.document, []).append(f"{operation.n}:{kind}")
        return perform(self, operation)

    Operator.perform = noted
    return done


@st.cache_resource
def hindered() -> dict[str, dict[str, float]]:
    """How answers about documents are hindered, by their ids: `slow` and `deaf`."""
    found: dict[str, dict[str, float]] = {}
    apply = Board.apply

    @wraps(apply)
    def late(self: Board, log: Log) -> None:
        how = found.get(self.document, {})
        time.sleep(how.get("slow", 0))
        if how.get("deaf", 0) > 0:
            how["deaf"] -= 1
        else:
            apply(self, log)

    Board.apply = late
    return found


def document(name: str) -> str:
    """The id of the document that the address names."""
    network = st.query_params.get("network", "chain")
    known = documents()
    key = f"{network}/{name}"
    if key not in known:
        scene = SCENES.get(network)
        architecture = scene() if scene else TEMPLATES[network].architecture
        known[key] = state.workspace().create(architecture)
    return known[key]


def facts(board: Board) -> dict[str, object]:
    """What the server knows: the graph, what was applied, what waits for the person."""
    nodes = state.workspace().open(board.document).architecture
    return {
        "inputs": {node.id: list(node.inputs) for node in nodes},
        "applied": applied().get(board.document, []),
        "selection": board.view.selection,
        "grouped": board.take_group(),
        "messages": board.take_messages(),
        "runs": st.session_state["runs"],
    }


def main() -> None:
    """Draw the board as it is."""
    shell.frame("Board")
    query = st.query_params
    kept = st.session_state
    name = query.get("name", "")
    if "away" in query:
        return
    if kept.get("name") != name:
        kept["name"], kept["runs"] = name, 0
    kept["runs"] += 1
    other, away = f"other-{name}", f"away-{name}"
    board = state.board(document(f"{name}-other" if kept.get(other) else name))
    applied()
    how = {name: float(query[name]) for name in ("slow", "deaf") if name in query}
    hindered().setdefault(board.document, how)
    drawn = board.version()
    if not kept.get(away):
        draw_board(board, drawn, key="board", height=int(query.get("height", "600")))
    st.text_input("a field", key=f"field-{name}")
    st.checkbox("another document", key=other)
    st.checkbox("another page", key=away)
    st.text(json.dumps(facts(board)))


if __name__ == "__main__":
    main()
else:
    app = st.App(
        __file__,
        routes=routes(),
        middleware=[Middleware(RequestGuard, ServerSettings.read())],
        on_script_error=shell.show_failure,
    )
