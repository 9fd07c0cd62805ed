"""A choice between things that have titles."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from builder.system.distinct import distinct
from components import forms
from components.design.changes import attempting

_BARE_WIDTH = 190
"""Pixels."""


def choice(
    name: str,
    titles: Mapping[str, str],
    chosen: str,
    about: str,
    *,
    key: str,
    on_change: Callable[[str], Any],
    facts: Mapping[str, Sequence[str]] | None = None,
    bare: bool = False,
) -> None:
    """Draws a choice.

    Args:
        name: What stands beside it.
        titles: What can be chosen, by its id, with the words for it.
        chosen: What is chosen now; the widget follows it.
        about: One sentence, shown when the pointer rests on the label's sign.
        key: Unlike any other on the page.
        on_change: Called with the new choice.
        facts: What tells things of one title apart, by their ids.
        bare: Draws it small and without its label.
    """
    options = list(titles)
    shown = distinct(titles, facts)
    widget = forms.choice_key(key, shown, lambda there: there == chosen)
    st.selectbox(
        name,
        options,
        index=options.index(chosen),
        key=widget,
        format_func=forms.writer(shown),
        help=about,
        label_visibility="collapsed" if bare else "visible",
        width=_BARE_WIDTH if bare else "stretch",
        on_change=attempting(forms.callback(widget, lambda new: _change(new, options, on_change))),
    )


def _change(value: Any, options: list[str], on_change: Callable[[str], Any]) -> None:
    """Hands a new choice on, unless it is one that has gone away meanwhile."""
    if value in options:
        on_change(value)
