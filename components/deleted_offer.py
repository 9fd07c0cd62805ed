"""What was deleted just now on a page, and the offer to undo that."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.actions.trash import Kind, restore
from builder.actions.trash import delete as move_to_trash
from builder.system.home import home
from components import trash
from components.design.changes import attempt
from components.shell import format as fmt

_DELETED = "cs-deleted-things"

Named = tuple[str, str]
"""An id and a name."""


def delete(kind: Kind, things: Sequence[Named]) -> bool:
    """Moves things to the trash; one that is in use is refused with a message.

    Returns:
        Whether any of them went.
    """
    gone = tuple(
        (own_id, name)
        for own_id, name in things
        if attempt(lambda own_id=own_id: move_to_trash(home(), kind, own_id))
    )
    if gone:
        st.session_state[_DELETED] = (kind, gone)
    return bool(gone)


def draw(kind: Kind) -> None:
    """Draws the offer to restore what was deleted last, where it was of this kind."""
    known, gone = st.session_state.get(_DELETED, (kind, ()))
    if known != kind or not gone:
        return
    ids = {own_id for own_id, _ in gone}
    items = [item for item in trash.contents(kind) if item.id in ids]
    if not items:  # they were restored, or removed for good, somewhere else
        _forget()
        return
    what = f"<b>{escape(gone[0][1])}</b>" if len(gone) == 1 else fmt.plural(len(gone), kind)
    with st.container(key="cs-deleted", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>Deleted {what}</p>")
        st.button("Undo", key="cs-deleted-undo", on_click=_restore)
        trash.draw_for_good("cs-deleted-purge", items, _forget)
        st.button("Dismiss", key="cs-deleted-dismiss", type="tertiary", on_click=_forget)


def _restore() -> None:
    kind, gone = st.session_state[_DELETED]
    for own_id, _ in gone:
        attempt(lambda own_id=own_id: restore(home(), kind, own_id))
    _forget()


def _forget() -> None:
    st.session_state.pop(_DELETED, None)
