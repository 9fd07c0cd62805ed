"""Choices between things with ids: the choice is an id, although Streamlit compares texts.

Streamlit's widgets hand over the text of an option: of two options with one text the last is
chosen, whichever a person clicks. So options have words of which no two look the same
(`builder.system.distinct`), and a widget whose words have come to mean other things is replaced.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.forms.binding import supersede, widget_key


def choice_key(key: str, words: Mapping[Any, str], same: Callable[[Any], bool]) -> str:
    """Gives the key of the widget that shows a choice, as `widget_key` does.

    It is another one, too, once one of its texts stands for something else than it did.

    Args:
        key: The name of the choice.
        words: Of the options, by their ids; no two the same.
        same: Says whether the widget, where it is there, shows what is chosen.
    """
    now = {text: option for option, text in words.items()}
    before = st.session_state.get(f"{key}:words", {})
    if any(before.get(text, option) != option for text, option in now.items()):
        supersede(key)
    st.session_state[f"{key}:words"] = now
    return widget_key(key, same)


def writer(words: Mapping[Any, str]) -> Callable[[Any], str]:
    """The words of an option, as a widget asks for them; of one that is gone its id."""
    return lambda option: words[option] if option in words else str(option)
