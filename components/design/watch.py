"""Notices that another browser, or another program, has changed the document that is shown."""

import streamlit as st

from components import state

_DRAWN = "cs-drawn-revision"

EVERY = 2.0
"""Seconds between two looks at the document's file."""


def drawn(document: str) -> None:
    """Records which state of the document the page shows."""
    st.session_state[_DRAWN] = (document, state.workspace().store.revision(document))


@st.fragment(run_every=EVERY)
def watch(document: str) -> None:
    """Draws nothing itself; redraws the page when the document has changed."""
    now = (document, state.workspace().store.revision(document))
    if st.session_state.get(_DRAWN) != now:
        st.session_state[_DRAWN] = now
        st.rerun()
