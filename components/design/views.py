"""The middle of the Design page: one view of the network, or two side by side.

Stack and canvas are parts of the board, which stands there anyway and is shown by the style sheet
as soon as its tab is pressed; the other views are drawn here, and only those that are open.
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from builder.documents.session import DocumentState
from builder.network.inference import Inference
from components import state
from components.design import code, diagram, exports, layers_table

STACK, CANVAS = "Stack", "Canvas"
NAMES = (STACK, CANVAS, "Diagram", "Layers", "Code", "Export")
DEFAULT = (CANVAS, STACK)
"""The chosen view and the one beside it, at somebody's first visit."""

COOKIE = "convstack-views"
"""Where the browser keeps what was chosen last; the board writes it."""

TABS = "cs-tabs"
_BESIDE = "cs-beside"
_FULL = "cs-full"
_PINNED = "cs-pinned"


def recall() -> None:
    """Chooses what this browser showed last, once a session."""
    if TABS not in st.session_state or _BESIDE not in st.session_state:
        chosen, beside = _read(st.context.cookies.get(COOKIE))
        st.session_state.setdefault(TABS, chosen)
        st.session_state.setdefault(_BESIDE, beside)


def chosen() -> str:
    """Gives the view whose tab is pressed."""
    return st.session_state.get(TABS) or DEFAULT[0]


def beside() -> str:
    """Gives the view beside it; empty for none."""
    found = st.session_state.get(_BESIDE, "")
    return "" if found == chosen() else found


def remembered() -> str:
    """Gives what the browser is to keep, as `recall` reads it."""
    return f"{chosen()}.{beside()}"


def draw(document: DocumentState, inference: Inference) -> None:
    """Draws the tabs and what is open behind them; the board's own views lie under it."""
    other = beside()
    with st.container(key="cs-views"):
        _draw_tools(other)
        panels = st.tabs(NAMES, key=TABS, on_change=_choose)
        for name, panel in zip(NAMES, panels, strict=True):
            if panel.open and name in _DRAWN:
                with panel:
                    _DRAWN[name](document, inference)
    with st.container(key="cs-view-beside"):
        if other in _DRAWN:
            _DRAWN[other](document, inference)
    modes = " ".join(mode for mode in (_FULL, _PINNED) if st.session_state.get(mode))
    st.html(f'<i hidden data-beside="{other}" data-modes="{modes}"></i>')


def _draw_tools(other: str) -> None:
    full, pinned = (bool(st.session_state.get(mode)) for mode in (_FULL, _PINNED))
    with st.container(key="cs-view-tools", horizontal=True, vertical_alignment="center"):
        _draw_tool(
            "Unpin settings" if pinned else "Pin settings",
            "pin",
            "Show the settings only while a block is selected" if pinned else "Keep them in view",
            partial(_toggle, _PINNED),
        )
        _draw_tool(
            "One view" if other else "Split",
            "split",
            f"Show {chosen()} alone" if other else f"Keep {chosen()} beside another view",
            _split,
        )
        _draw_tool(
            "Leave full window" if full else "Full window",
            "full-window",
            "Bring everything back" if full else "Give the view all the room",
            partial(_toggle, _FULL),
        )


def _draw_tool(label: str, key: str, help: str, act: Callable[[], None]) -> None:
    st.button(label, key=f"cs-{key}", type="tertiary", help=help, on_click=act)


def _choose() -> None:
    """The tab of the view that is beside shows that one alone."""
    if st.session_state.get(_BESIDE) == chosen():
        st.session_state[_BESIDE] = ""


def _split() -> None:
    """Keeps the chosen view beside another one, or ends that."""
    kept = chosen()
    if beside():
        st.session_state[_BESIDE] = ""
        return
    st.session_state[_BESIDE] = kept
    st.session_state[TABS] = STACK if kept == CANVAS else CANVAS


def _toggle(mode: str) -> None:
    st.session_state[mode] = not st.session_state.get(mode)


def _read(kept: object) -> tuple[str, str]:
    """What a browser sends is one of our own pairs, or as good as nothing."""
    first, _, second = kept.partition(".") if isinstance(kept, str) else ("", "", "")
    if first not in NAMES or second not in ("", *NAMES) or first == second:
        return DEFAULT
    return first, second


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
