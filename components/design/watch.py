"""Notices that a document which is not there, or cannot be read, has changed.

Of one that is there the board tells its page.
"""

import streamlit as st

from components import state

_SEEN = "cs-seen-revision"

EVERY = 2.0
"""Seconds between two looks at the document's file."""


@st.fragment(run_every=EVERY)
def watch(document: str) -> None:
    """Draws nothing itself; redraws the page when the document's file has changed."""
    now = (document, state.workspace().store.revision(document))
    before = st.session_state.setdefault(_SEEN, now)
    st.session_state[_SEEN] = now
    if before != now:
        st.rerun()
