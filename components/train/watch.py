"""Notices what happens elsewhere: an edit in another browser, a run that was started or ended."""

from collections.abc import Hashable

import streamlit as st

from builder.checks import speeds
from builder.runs.status import RunStatus
from builder.scheduler import queue
from builder.scheduler.starting import start_next
from builder.system.home import home
from components import state
from components.runs import registry

EVERY = 2.0
"""Seconds between two looks; each costs about a millisecond."""

_DRAWN = "cs-drawn-training"
_SAME = {RunStatus.STARTING: RunStatus.RUNNING}
"""States between which the page shows no difference; what else changes is drawn by the browser."""


def drawn(document: str) -> None:
    """Remembers what the page shows."""
    st.session_state[_DRAWN] = _now(document)


@st.fragment(run_every=EVERY)
def watch(document: str) -> None:
    """Draws nothing; draws the page again when it no longer shows what is."""
    start_next(
        home(), patience=registry.QUEUE_PATIENCE
    )  # where the worker that would have done it was killed
    now = _now(document)
    if st.session_state.get(_DRAWN) != now:
        st.session_state[_DRAWN] = now
        st.rerun()


def _now(document: str) -> Hashable:
    """The document's state on disk, which runs there are, what they do, who waits, and speeds."""
    runs = [known.run for known in registry.overviews()]
    return (
        document,
        state.workspace().store.revision(document),
        tuple((run.id, _SAME.get(run.state.state, run.state.state)) for run in runs),
        tuple(run.id for run in queue.waiting(runs)),
        speeds.stamp(home()),
    )
