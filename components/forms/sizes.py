"""Fields for whole numbers: one alone, or several side by side that belong together."""

from collections.abc import Callable
from functools import partial
from operator import eq
from typing import Any

import streamlit as st

from components.forms.binding import MIXED, NONE, Field, commit, current_key, widget_key
from components.forms.text import count, gather, spread, to_whole


def integer(
    own: Field, key: str, value: Any, read: Callable[[], Any], options: dict[str, Any]
) -> None:
    """Draws a field for one whole number."""
    # No limits here: the browser would keep a value outside of them to itself, without a word.
    # And no whole numbers: of those the browser cuts 1.5 and 1e3 to 1, without a word too.
    st.number_input(
        **{**options, "value": None if value is None else float(value)},
        key=key,
        step=1.0,
        format="%g",
        placeholder=own.placeholder or NONE,
        required=not own.spec.optional,
        on_change=commit,
        args=(own, key, read),
    )


def draw_sizes(own: Field, refused: bool) -> None:
    """Draws one number, or several side by side, with a button to go from one to several."""
    variant = _variant(own)
    template = own.spec.variants[variant]
    value = None if own.mixed else own.value
    leaves: list[int | None] = [*(spread(value, template) or [None] * count(template))]
    names = [f"{own.key}:{variant}:{place}" for place in range(len(leaves))]
    keep = refused or (own.mixed and _is_begun(names))
    keys = [
        widget_key(name, partial(eq, leaf), keep) for name, leaf in zip(names, leaves, strict=True)
    ]

    def read() -> Any:
        typed = [to_whole(st.session_state[key]) for key in keys]
        if None in typed:
            return MIXED if own.mixed else None
        return gather(typed, template)

    with st.container(key=f"cs-sizes-{own.key}", horizontal=True, vertical_alignment="bottom"):
        for place, (key, leaf) in enumerate(zip(keys, leaves, strict=True)):
            options = own.options()
            if place:
                options = {**options, "label_visibility": "collapsed"}
                options["label"] = f"{own.label} {place + 1}"
            integer(own, key, leaf, read, options)
        if len(own.spec.variants) > 1 and not own.disabled:
            _variant_button(own, variant)


def _is_begun(names: list[str]) -> bool:
    """Whether some, but not all, of several numbers are typed."""
    typed = [st.session_state.get(current_key(name)) is not None for name in names]
    return any(typed) and not all(typed)


def _variant(own: Field) -> int:
    """Which way of writing the value is shown: the one asked for where it fits, else the first."""
    fitting = [
        place
        for place, template in enumerate(own.spec.variants)
        if own.value in (None, MIXED) or spread(own.value, template) is not None
    ]
    asked = st.session_state.get(f"{own.key}:variant")
    return asked if asked in fitting else fitting[0] if fitting else 0


def _variant_button(own: Field, variant: int) -> None:
    following = (variant + 1) % len(own.spec.variants)
    template = own.spec.variants[following]
    leaves = None if own.mixed else spread(own.value, own.spec.variants[variant])

    def switch() -> None:
        st.session_state[f"{own.key}:variant"] = following
        if leaves is not None:
            wanted = spread(own.value, template)
            new = gather(wanted or leaves[:1] * count(template), template)
            commit(own, current_key(f"{own.key}:{variant}:0"), lambda: new)

    many = count(template)
    st.button(
        "split" if following else "join",
        key=f"{own.key}:switch",
        type="tertiary",
        help=f"Give {many} numbers" if many > 1 else "Give one number for all",
        on_click=switch,
    )
