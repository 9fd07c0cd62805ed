"""The widgets of a form: each shows a value, and hands a changed one to its owner."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.errors import BuilderError, ParameterError
from components.forms.schema import Schema, Spec, describe, properties, range_text
from components.forms.text import (
    count,
    format_list,
    format_number,
    gather,
    parse_list,
    parse_number,
    spread,
)

OnChange = Callable[[Any], None]

NONE = "none"
"""How an optional field says that nothing is chosen."""

_MISSING = object()


@dataclass(frozen=True)
class _Refusal:
    """Why a value was refused, the value that stayed, and the widget that holds what was typed."""

    message: str
    value: Any
    widget: str


@dataclass(frozen=True)
class _Field:
    """What every widget of one field needs."""

    name: str
    spec: Spec
    value: Any
    help: str
    key: str
    on_change: OnChange
    label: str
    disabled: bool

    def options(self) -> dict[str, Any]:
        """The arguments that all of Streamlit's widgets share."""
        return {"label": self.label, "help": self.help, "disabled": self.disabled}


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
    own = _Field(name, spec, value, full_help, key, on_change, label or name, disabled)
    refusal = _refusal(own)
    _DRAW[spec.kind](own, refusal is not None)
    if refusal is not None:
        st.html(f'<p class="cs-field-error" role="alert">{escape(refusal.message)}</p>')


def _refusal(own: _Field) -> _Refusal | None:
    """The refusal to show; it is over when the value has changed, or the field was away."""
    stored = st.session_state.get(f"{own.key}:refused")
    if stored is None:
        return None
    if stored.value != own.value or stored.widget not in st.session_state:
        del st.session_state[f"{own.key}:refused"]
        return None
    return stored


def _commit(own: _Field, widget: str, read: Callable[[], Any]) -> None:
    """Reads the widgets and hands the value over; a refusal is kept for the next drawing."""
    try:
        own.on_change(read())
    except BuilderError as error:
        message = str(error).rpartition(f"{own.name}: ")[2]
        st.session_state[f"{own.key}:refused"] = _Refusal(message, own.value, widget)
    else:
        st.session_state.pop(f"{own.key}:refused", None)


def _follow(key: str, shown: Any) -> None:
    """Lets a widget show a value; it is told only where it shows another one."""
    if st.session_state.get(key, _MISSING) != shown:
        st.session_state[key] = shown


def _draw_choice(own: _Field, refused: bool) -> None:
    options = [*((NONE,) if own.spec.optional else ()), *own.spec.choices]
    if not refused:
        _follow(own.key, NONE if own.value is None else own.value)

    def read() -> str | None:
        chosen = st.session_state[own.key]
        return None if own.spec.optional and chosen == NONE else chosen

    st.selectbox(
        **own.options(), options=options, key=own.key, on_change=_commit, args=(own, own.key, read)
    )


def _draw_flag(own: _Field, refused: bool) -> None:
    if not refused:
        _follow(own.key, bool(own.value))
    read = _reader(own.key)
    st.toggle(**own.options(), key=own.key, on_change=_commit, args=(own, own.key, read))


def _draw_integer(own: _Field, refused: bool) -> None:
    if not refused:
        _follow(own.key, own.value)
    _integer(own, own.key, _reader(own.key), own.options())


def _draw_number(own: _Field, refused: bool) -> None:
    _draw_parsed(own, refused, parse_number, format_number)


def _draw_list(own: _Field, refused: bool) -> None:
    spec = own.spec
    parse = partial(parse_list, whole=spec.whole, alone=spec.alone, holes=spec.holes)
    _draw_parsed(own, refused, parse, format_list)


def _draw_text(own: _Field, refused: bool) -> None:
    _draw_parsed(own, refused, str, str)


def _draw_json(own: _Field, refused: bool) -> None:
    _draw_parsed(own, refused, _parse_json, json.dumps)


def _draw_parsed(
    own: _Field, refused: bool, parse: Callable[[str], Any], write: Callable[[Any], str]
) -> None:
    """A text field; what was typed stays as it is for as long as it means the value."""

    def read() -> Any:
        text = (st.session_state[own.key] or "").strip()
        return None if own.spec.optional and not text else parse(text)

    if not refused and not _means(read, own):
        st.session_state[own.key] = "" if own.value is None else write(own.value)
    placeholder = NONE if own.spec.optional else None
    st.text_input(
        **own.options(),
        key=own.key,
        placeholder=placeholder,
        autocomplete="off",
        on_change=_commit,
        args=(own, own.key, read),
    )


def _means(read: Callable[[], Any], own: _Field) -> bool:
    if own.key not in st.session_state:
        return False
    try:
        return read() == own.value
    except BuilderError:
        return False


def _draw_sizes(own: _Field, refused: bool) -> None:
    """One number, or several side by side, with a button to go from one to several."""
    variant = _variant(own)
    template = own.spec.variants[variant]
    leaves = spread(own.value, template) or [None] * count(template)
    keys = [f"{own.key}:{variant}:{place}" for place in range(len(leaves))]

    def read() -> Any:
        typed = [st.session_state[key] for key in keys]
        return None if None in typed else gather(typed, template)

    with st.container(key=f"cs-sizes-{own.key}", horizontal=True, vertical_alignment="bottom"):
        for place, (key, leaf) in enumerate(zip(keys, leaves, strict=True)):
            if not refused:
                _follow(key, leaf)
            options = own.options()
            if place:
                options = {**options, "label_visibility": "collapsed"}
                options["label"] = f"{own.label} {place + 1}"
            _integer(own, key, read, options)
        if len(own.spec.variants) > 1 and not own.disabled:
            _variant_button(own, variant)


def _variant(own: _Field) -> int:
    """Which way of writing the value is shown: the one asked for where it fits, else the first."""
    fitting = [
        place
        for place, template in enumerate(own.spec.variants)
        if own.value is None or spread(own.value, template) is not None
    ]
    asked = st.session_state.get(f"{own.key}:variant")
    return asked if asked in fitting else fitting[0] if fitting else 0


def _variant_button(own: _Field, variant: int) -> None:
    following = (variant + 1) % len(own.spec.variants)
    template = own.spec.variants[following]
    leaves = spread(own.value, own.spec.variants[variant])

    def switch() -> None:
        st.session_state[f"{own.key}:variant"] = following
        if leaves is not None:
            wanted = spread(own.value, template)
            new = gather(wanted or leaves[:1] * count(template), template)
            _commit(own, f"{own.key}:{variant}:0", lambda: new)

    many = count(template)
    st.button(
        "split" if following else "join",
        key=f"{own.key}:switch",
        type="tertiary",
        help=f"Give {many} numbers" if many > 1 else "Give one number for all",
        on_click=switch,
    )


def _integer(own: _Field, key: str, read: Callable[[], Any], options: dict[str, Any]) -> None:
    # No limits here: the browser would keep a value outside of them to itself, without a word.
    st.number_input(
        **options,
        key=key,
        value=None,
        step=1,
        placeholder=NONE,
        required=not own.spec.optional,
        on_change=_commit,
        args=(own, key, read),
    )


def _draw_tagged(own: _Field, refused: bool) -> None:
    """What kind it is, then that kind's own fields."""
    value = own.value or {}
    tag_key = f"{own.key}:kind"
    if not refused:
        _follow(tag_key, value.get(own.spec.tag, NONE))

    def read() -> dict[str, Any] | None:
        chosen = st.session_state[tag_key]
        return None if chosen == NONE else {own.spec.tag: chosen}

    options = [*((NONE,) if own.spec.optional else ()), *own.spec.choices]
    st.selectbox(
        **own.options(), options=options, key=tag_key, on_change=_commit, args=(own, tag_key, read)
    )
    branch = dict(own.spec.branches).get(value.get(own.spec.tag, ""))
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


def _setter(own: _Field, value: dict[str, Any], name: str) -> OnChange:
    return lambda new: own.on_change({**value, name: new})


def _reader(key: str) -> Callable[[], Any]:
    return lambda: st.session_state[key]


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ParameterError("received something else, expected JSON") from None


_DRAW: dict[str, Callable[[_Field, bool], None]] = {
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
