"""The graph beside the editor: drawn in the browser from a DOT text."""

from functools import lru_cache

import streamlit as st

from builder.architecture import Architecture
from builder.codegen.dot import to_dot
from builder.inference import infer
from components.shell import empty_state, theme_name


def draw(architecture: Architecture, selected: str | None) -> None:
    """Draws the graph; the selected node is marked without drawing it anew."""
    if not architecture.nodes:
        empty_state("No graph yet", "It grows with the stack.")
        return
    st.graphviz_chart(_dot(architecture, theme_name()), width="content")
    st.html(_mark(architecture, selected))


@lru_cache(maxsize=32)
def _dot(architecture: Architecture, theme: str) -> str:
    return to_dot(infer(architecture), theme="dark" if theme == "dark" else "light")


def _mark(architecture: Architecture, selected: str | None) -> str:
    """A style for the selected node: Graphviz numbers the nodes in the order of the stack."""
    if selected is None or selected not in architecture:
        return "<style></style>"
    node = f".st-key-cs-diagram svg #node{architecture.index(selected) + 1}"
    return f"<style>{node} :is(path, polygon) {{ stroke-width: 3px; }}</style>"
