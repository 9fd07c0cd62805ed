"""Deletes runs, and restores those that were deleted last."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.actions.trash import delete as move_to_trash
from builder.actions.trash import restore
from builder.runs.run_folder import Run
from builder.system.home import home
from components import trash
from components.design.changes import attempt
from components.shell import format as fmt

_DELETED = "cs-deleted-runs"


def delete(runs: Sequence[Run]) -> None:
    """Moves runs to the trash; a run that is still training is refused with a message."""
    gone = [run for run in runs if attempt(lambda run=run: move_to_trash(home(), "run", run.id))]
    if gone:
        st.session_state[_DELETED] = tuple((run.id, run.name) for run in gone)


def draw() -> None:
    """Draws the offer to restore what was deleted last."""
    gone = st.session_state.get(_DELETED, ())
    if not gone:
        return
    ids = {run_id for run_id, _ in gone}
    items = [item for item in trash.contents("run") if item.id in ids]
    if not items:  # they were restored, or removed for good, somewhere else
        _forget()
        return
    what = f"<b>{escape(gone[0][1])}</b>" if len(gone) == 1 else fmt.plural(len(gone), "run")
    with st.container(key="cs-deleted", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>Deleted {what}</p>")
        st.button("Undo", key="cs-deleted-undo", on_click=_restore)
        trash.draw_for_good("cs-deleted-purge", items, _forget)
        st.button("Dismiss", key="cs-deleted-dismiss", type="tertiary", on_click=_forget)


def _restore() -> None:
    for run_id, _ in st.session_state.get(_DELETED, ()):
        attempt(lambda run_id=run_id: restore(home(), "run", run_id))
    _forget()


def _forget() -> None:
    st.session_state.pop(_DELETED, None)
