"""The graph of the network: drawn in the browser from a DOT text; a script of ours zooms it."""

from functools import lru_cache
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from builder.codegen.diagram.dot import BOX, FRAME, to_dot
from builder.network.architecture import Architecture
from builder.network.hierarchy import every_key, fitting, num_layers
from builder.network.inference import infer
from components import state
from components.plain import plain
from components.scripts import loader
from components.shell import empty_state, theme_name
from components.shell import format as fmt

_mount = component("convstack.diagram", js=loader("diagram"), isolate_styles=False)

MAX_BOXES = 200
"""The most that a browser lays out in about two seconds, during which the page is blocked."""


class DiagramData(TypedDict):
    """Whose diagram it is, and the node that is to be in view; empty for none."""

    document: str
    selected: str


def draw(document: str, architecture: Architecture, selected: str | None) -> None:
    """Draws the graph, opened where the stack is; the selected node is marked afterwards."""
    if not architecture.nodes:
        empty_state("No graph yet", "It grows with the stack.")
        return
    opened = frozenset(state.opened(document))
    drawn, left = fitting(infer(architecture).nodes.values(), opened, MAX_BOXES)
    _draw_bar(document, architecture, opened, len(left))
    st.graphviz_chart(_dot(architecture, theme_name(), drawn), width="content")
    data = DiagramData(document=document, selected=selected or "")
    _mount(key="cs-diagram-zoom", data=plain(data))
    st.html(f"<style>{_mark(architecture, selected)}</style>")


def _draw_bar(
    document: str, architecture: Architecture, opened: frozenset[str], num_left: int
) -> None:
    """The buttons that open and close all blocks; nothing if there are none to open."""
    nodes = infer(architecture).nodes.values()
    if not any(map(num_layers, nodes)):
        return
    every = _every_key(architecture)
    with st.container(key="cs-diagram-bar", horizontal=True, vertical_alignment="center"):
        st.button(
            "Open all",
            key="cs-unfold-all",
            type="tertiary",
            disabled=every is None or opened >= every,
            help="Show the layers inside of every block"
            if every is not None
            else f"That would be more than {MAX_BOXES} boxes: open single blocks by ▸ in the stack",
            on_click=state.unfold,
            args=(document, tuple(sorted(every or ()))),
        )
        st.button(
            "Close all",
            key="cs-close-all",
            type="tertiary",
            disabled=not opened,
            help="Show blocks only",
            on_click=state.unfold,
            args=(document, ()),
        )
    if num_left:
        number = fmt.plural(num_left, "open block")
        st.caption(f"{number} drawn closed: there is room for {MAX_BOXES} boxes.")


@lru_cache(maxsize=32)
def _every_key(architecture: Architecture) -> frozenset[str] | None:
    return every_key(infer(architecture).nodes.values(), MAX_BOXES)


@lru_cache(maxsize=32)
def _dot(architecture: Architecture, theme: str, opened: frozenset[str]) -> str:
    shown = "dark" if theme == "dark" else "light"
    return to_dot(infer(architecture), theme=shown, opened=opened)


def _mark(architecture: Architecture, selected: str | None) -> str:
    """A style for the selected node, whether it is drawn as a box or as a frame."""
    if selected is None or selected not in architecture:
        return ""
    ids = ", ".join(f"#{kind}{selected}" for kind in (BOX, FRAME))
    return f".st-key-cs-diagram svg :is({ids}) :is(path, polygon) {{ stroke-width: 3px; }}"
