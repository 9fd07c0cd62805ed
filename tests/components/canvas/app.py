"""An app with nothing but the canvas, over a real document: what the browser tests drive.

Query parameters: `template` is what the document begins as ("empty" for nothing), `name` tells
documents of one template apart, `height` is the canvas's in pixels.
"""

import json

import streamlit as st
from starlette.middleware import Middleware

from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from components import canvas, shell, state
from components.routes import routes
from components.server import RequestGuard, ServerSettings


@st.cache_resource
def documents() -> dict[str, str]:
    """Ids of the documents of this server, by what the address calls them."""
    return {}


def document() -> str:
    """The id of the document that the address names."""
    template = st.query_params.get("template", "small_residual")
    known = documents()
    name = f"{template}/{st.query_params.get('name', '')}"
    if name not in known:
        empty = Architecture(name="empty")
        known[name] = state.workspace().create(
            empty if template == "empty" else TEMPLATES[template].architecture
        )
    return known[name]


def main() -> None:
    """Read the log, apply what is new, draw."""
    shell.frame("Canvas")
    board = state.board(document())
    drawn = board.version()
    if not st.session_state.get("away"):
        height = int(st.query_params.get("height", "720"))
        canvas.canvas(board, drawn, key="canvas", height=height)
    st.text_input("a field", key="field")
    st.checkbox("another page", key="away")
    nodes = state.workspace().open(board.document).architecture
    facts = {
        "inputs": {node.id: list(node.inputs) for node in nodes},
        "selection": board.view.selection,
        "grouped": board.take_group(),
        "messages": board.take_messages(),
    }
    st.text(json.dumps(facts))


if __name__ == "__main__":
    main()
else:
    app = st.App(
        __file__,
        routes=routes(),
        middleware=[Middleware(RequestGuard, ServerSettings.read())],
        on_script_error=shell.show_failure,
    )
