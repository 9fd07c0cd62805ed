"""A choice between things that have titles, and callbacks that show their refusals."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.design.changes import attempt


def attempting(action: Callable[..., Any], *values: object) -> Callable[[], None]:
    """Makes a widget's callback of an action; a refusal is shown as a short message."""

    def callback() -> None:
        attempt(lambda: action(*values))

    return callback


def choice(
    name: str,
    titles: Mapping[str, str],
    chosen: str,
    about: str,
    *,
    key: str,
    on_change: Callable[[str], Any],
) -> None:
    """Draws a choice.

    Args:
        name: What stands beside it.
        titles: What can be chosen, with the words for it.
        chosen: What is chosen now; the widget follows it.
        about: One sentence, shown when the pointer rests on the label's sign.
        key: Unlike any other on the page.
        on_change: Called with the new choice.
    """
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen
    st.selectbox(
        name,
        list(titles),
        key=key,
        format_func=lambda option: titles[option] if option in titles else str(option),
        help=about,
        on_change=attempting(lambda: on_change(st.session_state[key])),
    )
