"""The views of the network that Streamlit draws, over the middle of the board.

The board's own bar chooses what is shown: one view, or two side by side. Stack and canvas are parts
of the board and appear at once; the others are drawn here, and only those that are shown. Where
they stand is for the style sheet to say, which goes by what the board writes on the document.
"""

from collections.abc import Callable

import streamlit as st

from builder.documents.session import DocumentState
from builder.network.inference import Inference
from components import state
from components.board.component import read_views
from components.design import code, diagram, exports, layers_table

BOARD = "cs-main"
"""The board's name in the session state."""

SHOWN = "cs-views"
"""Where the session keeps which views are shown."""

COOKIE = "convstack-views"
"""Where the browser keeps what was chosen last; the board writes it."""


def draw(document: DocumentState, inference: Inference, shown: tuple[str, ...]) -> None:
    """Draws the views that are shown and are no part of the board."""
    with st.container(key="cs-views"):  # one place for all, so that nothing else on the page moves
        for name, draw_view in _DRAWN.items():
            with st.container(key=f"cs-view-{name.lower()}"):
                if name in shown:
                    draw_view(document, inference)


def shown() -> tuple[str, ...]:
    """Gives the names of the views that are shown.

    It is what the board says; before it has said anything, what the browser kept.
    """
    told = read_views(BOARD)
    if told:
        st.session_state[SHOWN] = told  # the board forgets it while another page is shown
    if SHOWN in st.session_state:
        return st.session_state[SHOWN]
    kept = st.context.cookies.get(COOKIE)
    return tuple(dict.fromkeys(kept.split("."))) if isinstance(kept, str) else ()


def _draw_layers(document: DocumentState, _inference: Inference) -> None:
    layers_table.draw(document)


def _draw_exports(document: DocumentState, inference: Inference) -> None:
    exports.draw(document, inference, code.chosen_settings(document))


def _draw_diagram(document: DocumentState, inference: Inference) -> None:
    own = document.document.id
    with st.container(key="cs-diagram"):
        diagram.draw(own, inference.architecture, state.selection(own))


_DRAWN: dict[str, Callable[[DocumentState, Inference], None]] = {
    "Diagram": _draw_diagram,
    "Layers": _draw_layers,
    "Code": code.draw,
    "Export": _draw_exports,
}

NAMES = tuple(_DRAWN)
