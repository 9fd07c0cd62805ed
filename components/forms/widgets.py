"""The widgets of a form: each shows a value, and hands a changed one to its owner."""

import json
from collections.abc import Callable
from functools import cache, partial
from html import escape
from operator import eq
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.errors import BuilderError, ParameterError
from components.forms.binding import Field, OnChange, commit, refusal, widget_key
from components.forms.schema import Schema, describe, properties, range_text
from components.forms.text import (
    count,
    format_list,
    format_number,
    gather,
    parse_list,
    parse_number,
    spread,
    to_whole,
)

NONE = "none"
"""How an optional field says that nothing is chosen."""


def form(key: str) -> DeltaGenerator:
    """Gives a container in which labels stand left of their fields."""
    return st.container(key=f"cs-form-{key}")


def style() -> None:
    """Puts the forms' style sheet on the page."""
    st.html(f"<style>{_style_sheet()}</style>")


def field(
    name: str,
    schema: Schema,
    value: Any,
    help: str = "",
    *,
    key: str,
    on_change: OnChange,
    label: str = "",
    disabled: bool = False,
) -> None:
    """Draws one field.

    Args:
        name: The parameter's name.
        schema: Its JSON schema.
        value: Its value now, as plain JSON; the widgets follow it.
        help: One sentence, shown when the pointer rests on the label's sign; the range is added.
        key: The name of the field in the session state, unlike any other.
        on_change: Called with the new value before the page is drawn again.
        label: What stands beside it, where that is not the name.
        disabled: Shows the value only.
    """
    spec = describe(schema)
    limits = range_text(spec)
    full_help = f"{help}\n\n{limits}" if limits else help
    own = Field(name, spec, value, full_help, key, on_change, label or name, disabled)
    refused = refusal(own)
    with st.container(key=f"cs-field-{key}"):  # so that a reason stays with its field in a grid
        _DRAW[spec.kind](own, refused is not None)
        if refused is not None:
            reason = escape(refused.message)
            st.html(f'<p class="cs-field-error" role="alert" title="{reason}">{reason}</p>')


def _draw_choice(own: Field, refused: bool) -> None:
    shown = NONE if own.value is None else own.value
    key = widget_key(own.key, lambda there: there == shown, refused)

    def read() -> str | None:
        chosen = st.session_state[key]
        return None if own.spec.optional and chosen == NONE else chosen

    _select(own, key, shown, read)


def _draw_flag(own: Field, refused: bool) -> None:
    key = widget_key(own.key, lambda there: there == bool(own.value), refused)
    st.toggle(
        **own.options(),
        value=bool(own.value),
        key=key,
        on_change=commit,
        args=(own, key, _reader(key)),
    )


def _draw_integer(own: Field, refused: bool) -> None:
    key = widget_key(own.key, lambda there: there == own.value, refused)
    _integer(own, key, own.value, lambda: to_whole(st.session_state[key]), own.options())


def _draw_number(own: Field, refused: bool) -> None:
    _draw_parsed(own, refused, parse_number, format_number)


def _draw_list(own: Field, refused: bool) -> None:
    spec = own.spec
    parse = partial(parse_list, whole=spec.whole, alone=spec.alone, holes=spec.holes)
    _draw_parsed(own, refused, parse, format_list)


def _draw_text(own: Field, refused: bool) -> None:
    _draw_parsed(own, refused, str, str)


def _draw_json(own: Field, refused: bool) -> None:
    _draw_parsed(own, refused, _parse_json, json.dumps)


def _draw_parsed(
    own: Field, refused: bool, parse: Callable[[str], Any], write: Callable[[Any], str]
) -> None:
    """A text field; what was typed stays as it is for as long as it means the value."""

    def meaning(text: str | None) -> Any:
        text = (text or "").strip()
        return None if own.spec.optional and not text else parse(text)

    def same(text: str | None) -> bool:
        try:
            return meaning(text) == own.value
        except BuilderError:
            return False

    key = widget_key(own.key, same, refused)
    st.text_input(
        **own.options(),
        value="" if own.value is None else write(own.value),
        key=key,
        placeholder=NONE if own.spec.optional else None,
        autocomplete="off",
        on_change=commit,
        args=(own, key, lambda: meaning(st.session_state[key])),
    )


def _draw_sizes(own: Field, refused: bool) -> None:
    """One number, or several side by side, with a button to go from one to several."""
    variant = _variant(own)
    template = own.spec.variants[variant]
    leaves: list[int | None] = [*(spread(own.value, template) or [None] * count(template))]
    keys = [
        widget_key(f"{own.key}:{variant}:{place}", partial(eq, leaf), refused)
        for place, leaf in enumerate(leaves)
    ]

    def read() -> Any:
        typed = [to_whole(st.session_state[key]) for key in keys]
        return None if None in typed else gather(typed, template)

    with st.container(key=f"cs-sizes-{own.key}", horizontal=True, vertical_alignment="bottom"):
        for place, (key, leaf) in enumerate(zip(keys, leaves, strict=True)):
            options = own.options()
            if place:
                options = {**options, "label_visibility": "collapsed"}
                options["label"] = f"{own.label} {place + 1}"
            _integer(own, key, leaf, read, options)
        if len(own.spec.variants) > 1 and not own.disabled:
            _variant_button(own, variant)


def _variant(own: Field) -> int:
    """Which way of writing the value is shown: the one asked for where it fits, else the first."""
    fitting = [
        place
        for place, template in enumerate(own.spec.variants)
        if own.value is None or spread(own.value, template) is not None
    ]
    asked = st.session_state.get(f"{own.key}:variant")
    return asked if asked in fitting else fitting[0] if fitting else 0


def _variant_button(own: Field, variant: int) -> None:
    following = (variant + 1) % len(own.spec.variants)
    template = own.spec.variants[following]
    leaves = spread(own.value, own.spec.variants[variant])

    def switch() -> None:
        st.session_state[f"{own.key}:variant"] = following
        if leaves is not None:
            wanted = spread(own.value, template)
            new = gather(wanted or leaves[:1] * count(template), template)
            commit(own, f"{own.key}:{variant}:0", lambda: new)

    many = count(template)
    st.button(
        "split" if following else "join",
        key=f"{own.key}:switch",
        type="tertiary",
        help=f"Give {many} numbers" if many > 1 else "Give one number for all",
        on_click=switch,
    )


def _draw_tagged(own: Field, refused: bool) -> None:
    """What kind it is, then that kind's own fields."""
    value = own.value if isinstance(own.value, dict) else {}
    shown = own.value if own.value in own.spec.plain else value.get(own.spec.tag, NONE)
    key = widget_key(f"{own.key}:kind", lambda there: there == shown, refused)

    def read() -> Any:
        chosen = st.session_state[key]
        if chosen == shown:
            return own.value
        if chosen in own.spec.plain:
            return chosen
        return None if chosen == NONE else {own.spec.tag: chosen}

    _select(own, key, shown, read)
    branch = dict(own.spec.branches).get(shown)
    for inner in properties(branch) if branch else ():
        field(
            inner.name,
            inner.schema,
            value.get(inner.name, inner.default),
            inner.help,
            key=f"{own.key}:{inner.name}",
            on_change=_setter(own, value, inner.name),
            disabled=own.disabled,
        )


def _setter(own: Field, value: dict[str, Any], name: str) -> OnChange:
    return lambda new: own.on_change({**value, name: new})


def _select(own: Field, key: str, shown: str, read: Callable[[], Any]) -> None:
    options = [*((NONE,) if own.spec.optional else ()), *own.spec.choices]
    st.selectbox(
        **own.options(),
        options=options,
        index=options.index(shown) if shown in options else None,
        key=key,
        on_change=commit,
        args=(own, key, read),
    )


def _integer(
    own: Field, key: str, value: Any, read: Callable[[], Any], options: dict[str, Any]
) -> None:
    # No limits here: the browser would keep a value outside of them to itself, without a word.
    # And no whole numbers: of those the browser cuts 1.5 and 1e3 to 1, without a word too.
    st.number_input(
        **{**options, "value": None if value is None else float(value)},
        key=key,
        step=1.0,
        format="%g",
        placeholder=NONE,
        required=not own.spec.optional,
        on_change=commit,
        args=(own, key, read),
    )


def _reader(key: str) -> Callable[[], Any]:
    return lambda: st.session_state[key]


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ParameterError("received something else, expected JSON") from None


_DRAW: dict[str, Callable[[Field, bool], None]] = {
    "choice": _draw_choice,
    "flag": _draw_flag,
    "integer": _draw_integer,
    "number": _draw_number,
    "text": _draw_text,
    "sizes": _draw_sizes,
    "list": _draw_list,
    "tagged": _draw_tagged,
    "json": _draw_json,
}


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "forms.css").read_text(encoding="utf-8")
