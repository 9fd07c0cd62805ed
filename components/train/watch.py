"""Notices what happens elsewhere: an edit in another browser, a run that was started or ended."""

from collections.abc import Hashable

import streamlit as st

from components import state
from components.runs import registry

EVERY = 2.0
"""Seconds between two looks; each costs about a millisecond."""

_DRAWN = "cs-drawn-training"


def drawn(document: str) -> None:
    """Remembers what the page shows."""
    st.session_state[_DRAWN] = _now(document)


@st.fragment(run_every=EVERY)
def watch(document: str) -> None:
    """Draws nothing; draws the page again when it no longer shows what is."""
    now = _now(document)
    if st.session_state.get(_DRAWN) != now:
        st.session_state[_DRAWN] = now
        st.rerun()


def _now(document: str) -> Hashable:
    """The document's state on disk, and which runs there are and are active."""
    runs = [known.run for known in registry.overviews()]
    return (
        document,
        state.workspace().store.revision(document),
        tuple((run.id, run.is_active) for run in runs),
    )
