"""What the page's address asks for, also while the browser does not know its new address yet.

A browser sends its address with each request. When a callback has changed the address, a request
that was on its way already still names the old one; taken at its word, it would lead the page back
to what it has just left. Going back on purpose is another thing, and Streamlit says when it is.
"""

import time
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_MOVES = "cs-moves"
_PAGE = "cs-moves-page"

_LATE_SECONDS = 10.0
"""How long after a change of the address a request with the old one is taken for a late one."""


@dataclass
class _Move:
    """Where a parameter of the address has gone, and when each of its values was left."""

    to: str | None
    left: dict[str | None, float] = field(default_factory=dict)


def asked(name: str) -> str | None:
    """Gives a parameter of the address; None where it has none."""
    given = st.query_params.get(name)
    moves: dict[str, _Move] = st.session_state.get(_MOVES, {})
    if name not in moves:
        return given
    if _is_walked():
        del moves[name]
        return given
    move = moves[name]
    left = move.left.get(given)
    if left is None or time.monotonic() - left > _LATE_SECONDS:
        return given
    _put(name, move.to)
    return move.to


def go(**parameters: str | None) -> None:
    """Changes parameters of the address, or takes them away; shown when the page is drawn next."""
    moves: dict[str, _Move] = st.session_state.setdefault(_MOVES, {})
    for name, to in parameters.items():
        given = st.query_params.get(name)
        if given == to:
            continue
        move = moves.setdefault(name, _Move(to))
        move.to = to
        move.left[given] = time.monotonic()
        move.left.pop(to, None)
        _put(name, to)


def take(name: str) -> str:
    """Gives a parameter of the address and takes it away from there; empty where it has none."""
    found = asked(name) or ""
    go(**{name: None})
    return found


def arrive(page: str) -> None:
    """Notes which page is drawn: a link of another page may lead to what this one has left."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.pop(_MOVES, None)


def _put(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def _is_walked() -> bool:
    """Whether the person has gone back or forward in the browser."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
