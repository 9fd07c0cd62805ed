"""The document in the page's header: which network is trained, and the way to another one."""

from functools import partial

import streamlit as st

from builder.documents.session import DocumentState
from builder.system.distinct import distinct
from components import navigation, state
from components.design.labels import literal
from components.runs import registry
from components.shell import format as fmt
from components.shell import top_bar

_SHOWN = 40
_KEY = "cs-train-documents"


def draw(opened: DocumentState | None) -> None:
    """Draws the bar.

    Args:
        opened: The document, or None where it could not be opened.
    """
    name = opened.document.name if opened else "Open a document"
    with top_bar():
        with st.popover(literal(name), key=_KEY, on_change="rerun") as panel:
            if panel.open:
                _draw_documents(opened.document.id if opened else "")
        if opened is not None:
            st.page_link(
                registry.DESIGN_PAGE,
                label="Edit",
                help="Open this network on the Design page",
                query_params={state.PARAMETER: opened.document.id},
            )


def _draw_documents(current: str) -> None:
    entries = [entry for entry in state.workspace().entries() if not entry.problem]
    st.caption("Train another document")
    facts = {entry.id: (fmt.ago(entry.updated), entry.id.rpartition("-")[2]) for entry in entries}
    names = distinct({entry.id: entry.name for entry in entries}, facts)
    with st.container(key="cs-train-list"):
        for entry in entries[:_SHOWN]:
            st.button(
                literal(names[entry.id]),
                key=f"cs-train-{entry.id}",
                type="tertiary",
                width="stretch",
                disabled=entry.id == current,
                on_click=partial(_go, entry.id),
            )
    if len(entries) > _SHOWN:
        more = fmt.plural(len(entries) - _SHOWN, "older document")
        st.caption(f"{more}: open them on the Design page.")


def _go(document: str) -> None:
    st.session_state[_KEY] = False
    navigation.go(**{registry.PARAMETER: None})
    state.show(document)
