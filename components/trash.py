"""What was deleted, with its size: it is brought back, or removed for good after one more press."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from builder.actions import trash
from builder.actions.trash import FOLDERS, Deleted, Kind
from builder.system.errors import ParameterError
from builder.system.home import home
from builder.system.removal import trash_bytes
from components.design.changes import attempt, say, show_said
from components.shell import format as fmt

_OPEN = "cs-trash-open"
_ASKED = "cs-trash-asked"
_ORDER = "cs-trash-order"
_LARGEST = "Largest first"
_DOUBLE_CLICK_SECONDS = 0.7
"""So soon after the question nobody has read it: a press was meant for the button before."""
_SHOWN = 50
_KINDS: dict[Kind, str] = {"block": "own block"}

Restore = Callable[[Deleted], None]
_Stamp = tuple[int, ...]


def contents(*kinds: Kind) -> list[Deleted]:
    """What lies in the trash of these kinds, the latest deleted first; read when it has changed."""
    return list(_contents(home(), kinds or tuple(FOLDERS), _stamp(home())))


def draw_button() -> None:
    """Draws the button that opens the trash, where there is something in it.

    For a fragment: the whole page is drawn anew when it is pressed.
    """
    held = _held(home(), _stamp(home()))
    if held and st.button(f"Trash, {fmt.size(held)}", key="cs-trash-button", type="tertiary"):
        st.session_state[_OPEN] = True
        st.rerun()


def draw_dialog() -> None:
    """Draws the trash where it is open. Call it once, at the page's end."""
    if st.session_state.get(_OPEN):
        _dialog()


def draw_rows(items: Sequence[Deleted], restore: Restore, *, with_kind: bool = False) -> None:
    """Draws a row for each, with what can be done about it.

    Args:
        items: What was deleted.
        restore: Brings one back.
        with_kind: Whether a row says what it is.
    """
    for item in items[:_SHOWN]:
        with st.container(key=f"cs-gone-{item.id}", horizontal=True, vertical_alignment="center"):
            _draw_row(item, restore, with_kind=with_kind)


def draw_for_good(
    key: str,
    items: Sequence[Deleted],
    done: Callable[[], object] = lambda: None,
    label: str = "Delete for good",
) -> None:
    """Draws the button that removes things for good, which asks once more.

    Args:
        key: The button's.
        items: What is removed.
        done: Called when that was tried.
        label: What the button does.
    """
    text = f"{label}, frees {fmt.size(sum(item.num_bytes for item in items))}"
    if _asked() != key:
        st.button(text, key=key, type="tertiary", on_click=_ask, args=(key,))
        return
    st.button("Keep", key=f"{key}-no", on_click=_forget)
    remove = (tuple(items), done)
    st.button(text, key=f"{key}-yes", type="primary", on_click=_remove, args=remove)
    st.html('<small class="cs-when">It cannot be brought back.</small>')


def _draw_row(item: Deleted, restore: Restore, *, with_kind: bool) -> None:
    key = f"cs-purge-{item.id}"
    asks = _asked() == key
    kind = f" <small>{_KINDS.get(item.kind, item.kind)}</small>" if with_kind else ""
    st.html(f'<p class="cs-gone" title="{escape(item.id)}">{escape(item.name)}{kind}</p>')
    if not asks:
        moment = datetime.fromtimestamp(item.deleted, UTC).isoformat(timespec="seconds")
        when = f'<span title="{moment}">{fmt.ago(moment)}</span>'
        st.html(f'<small class="cs-when">deleted {when}</small>')
        st.button(
            "Restore",
            key=f"cs-restore-{item.id}",
            type="tertiary",
            on_click=restore,
            args=(item,),
        )
    draw_for_good(key, [item])


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def _close() -> None:
    _forget()
    st.session_state.pop(_OPEN, None)


@st.dialog("Trash", width="large", on_dismiss=_close)
def _dialog() -> None:
    show_said()
    items = contents()
    if not items:
        st.html("<p>The trash is empty.</p>")
        return
    with st.container(key="cs-trash-head", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>{fmt.plural(len(items), 'item')}. {_goes()}</p>")
        if len(items) > 1:
            draw_for_good("cs-trash-empty", items, label="Empty the trash")
    if len(items) > 1:
        orders = ("Newest first", _LARGEST)
        st.segmented_control(
            "Order", orders, default=orders[0], key=_ORDER, label_visibility="collapsed"
        )
    if st.session_state.get(_ORDER) == _LARGEST:
        items.sort(key=lambda item: item.num_bytes, reverse=True)
    with st.container(key="cs-trash-rows"):
        draw_rows(items, _restore, with_kind=True)
    if len(items) > _SHOWN:
        st.caption(f"{fmt.plural(len(items) - _SHOWN, 'more item')}: they come as these go.")


def _goes() -> str:
    """How long something stays."""
    try:
        days = trash.kept_days()
    except ParameterError:
        days = None
    if days is None:
        return "Nothing is removed automatically."
    return f"What was deleted {days:g} days ago is removed automatically."


def _ask(key: str) -> None:
    st.session_state[_ASKED] = (key, time.monotonic())


def _asked() -> str:
    """The key of the button that was pressed once; empty for none."""
    return st.session_state.get(_ASKED, ("", 0.0))[0]


def _restore(item: Deleted) -> None:
    attempt(lambda: trash.restore(home(), item.kind, item.id))


def _remove(items: tuple[Deleted, ...], done: Callable[[], object]) -> None:
    if time.monotonic() - st.session_state[_ASKED][1] < _DOUBLE_CLICK_SECONDS:
        return
    _forget()
    removed = trash.remove(home(), items)
    for item, why in removed.kept[:3]:
        say(f"Still in the trash: {item.name}, {why}")
    done()
    st.rerun()  # the whole page: what offers to undo a deletion stands beside the dialog


@lru_cache(maxsize=8)
def _contents(folder: Path, kinds: tuple[Kind, ...], _stamp: _Stamp) -> tuple[Deleted, ...]:
    return tuple(trash.contents(folder, kinds))


@lru_cache(maxsize=1)
def _held(folder: Path, _stamp: _Stamp) -> int:
    return trash_bytes(folder)


def _stamp(folder: Path) -> _Stamp:
    """Changes whenever something comes into the trash or goes out of it."""
    return tuple(_changed(folder / "trash" / name) for name in FOLDERS.values())


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
