"""The widgets of a form: each shows a value and passes a changed one to its owner."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.blocks.parameter import OPEN, Parameter, Section
from builder.system.errors import BuilderError, ParameterError
from components.design.labels import literal
from components.forms.binding import (
    MIXED,
    NONE,
    Field,
    OnChange,
    commit,
    is_any_refused,
    refusal,
    widget_key,
)
from components.forms.schema import Schema, describe, properties, range_text
from components.forms.sizes import draw_sizes, integer
from components.forms.text import (
    format_list,
    format_number,
    format_whole,
    parse_list,
    parse_number,
    parse_whole,
    to_whole,
)

ItemT = TypeVar("ItemT")

_SWITCHED = {"on": True, "off": False}
"""How a switch is chosen that is on here and off there."""


def form(key: str) -> DeltaGenerator:
    """Gives a container in which labels stand left of their fields."""
    return st.container(key=f"cs-form-{key}")


def draw_sections(
    form_key: str,
    parts: Iterable[tuple[Section, Sequence[ItemT]]],
    draw: Callable[[ItemT], None],
    *,
    key: Callable[[ItemT], str],
    changed: Callable[[ItemT], bool] = lambda _: False,
    apart: str = "",
) -> None:
    """Draws the fields of a form: those of a section with a title folded away.

    What is folded is not drawn, neither here nor in the browser, unless a value waits there that
    was refused.

    Args:
        form_key: The name of the form.
        parts: Its sections, and what stands in each.
        draw: Draws one field.
        key: Its name in the session state, as `field` gets it.
        changed: Whether its value is another than usual; how many are, stands beside its title.
        apart: What tells two forms of one name apart.
    """
    for part, items in parts:
        if not part.title:
            for item in items:
                draw(item)
            continue
        name = f"{form_key}-{part.name}{apart}"
        with st.container(key=f"cs-section-{name}"):
            panel = st.expander(part.title, key=f"cs-{name}", on_change="rerun", type="compact")
            if panel.open or is_any_refused(map(key, items)):
                with panel:
                    for item in items:
                        draw(item)
            _draw_number_changed(sum(map(changed, items)), name)


def _draw_number_changed(number: int, name: str) -> None:
    """Draws it beside the title: with the title, the whole section would be drawn anew."""
    if number:
        with st.container(key=f"cs-changed-{name}"):
            st.html(f"{number} changed")


def by_section(
    items: Iterable[ItemT], parameter: Callable[[ItemT], Parameter]
) -> list[tuple[Section, list[ItemT]]]:
    """Sorts things that each stand for a parameter into the sections of their form."""
    sections: dict[Section, list[ItemT]] = {OPEN: []}
    for item in items:
        sections.setdefault(parameter(item).section or OPEN, []).append(item)
    return list(sections.items())


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
        value: Its value now, as plain JSON; the widgets follow it. `MIXED` where the field stands
            for several things whose values differ: it is empty then, and says so.
        help: One sentence, shown when the pointer rests on the label's sign; the range is added.
        key: The name of the field in the session state, unlike any other.
        on_change: Called with the new value before the page is drawn again.
        label: What stands beside it, where that is not the name.
        disabled: Shows the value only.
    """
    spec = describe(schema)
    limits = range_text(spec)
    # That of an own block's parameter comes out of a file.
    full_help = literal(help) + (f"\n\n{limits}" if limits else "")
    own = Field(name, spec, value, full_help, key, on_change, label or name, disabled)
    refused = refusal(own)
    with st.container(key=f"cs-field-{key}"):  # so that a reason stays with its field in a grid
        _DRAW[spec.kind](own, refused is not None)
        if refused is not None:
            reason = escape(refused.message)
            st.html(f'<p class="cs-field-error" role="alert" title="{reason}">{reason}</p>')


def _draw_choice(own: Field, refused: bool) -> None:
    shown = None if own.mixed else NONE if own.value is None else own.value
    key = widget_key(own.key, lambda there: there == shown, refused)

    def read() -> Any:
        chosen = st.session_state[key]
        if chosen is None:
            return own.value
        return None if own.spec.optional and chosen == NONE else chosen

    _select(own, key, shown, read, _choices(own))


def _draw_flag(own: Field, refused: bool) -> None:
    if own.mixed:
        either = widget_key(f"{own.key}:either", lambda there: there is None, refused)
        read = _reader(either)
        _select(own, either, None, lambda: _SWITCHED.get(read(), MIXED), tuple(_SWITCHED))
        return
    key = widget_key(own.key, lambda there: there == bool(own.value), refused)
    st.toggle(
        **own.options(),
        value=bool(own.value),
        key=key,
        on_change=commit,
        args=(own, key, _reader(key)),
    )


def _draw_integer(own: Field, refused: bool) -> None:
    shown = None if own.mixed else own.value
    key = widget_key(own.key, lambda there: there == shown, refused)

    def read() -> Any:
        typed = to_whole(st.session_state[key])
        return MIXED if typed is None and own.mixed else typed

    integer(own, key, shown, read, own.options())


def _draw_number(own: Field, refused: bool) -> None:
    _draw_parsed(own, refused, parse_number, format_number)


def _draw_whole(own: Field, refused: bool) -> None:
    """A whole number, or none: a number field cannot be emptied, a text field can."""
    key = _draw_parsed(own, refused, parse_whole, format_whole)
    typed = (st.session_state[key] or "").strip()
    if isinstance(own.value, int) and not refused and typed != format_whole(own.value):
        st.html(f'<p class="cs-field-read">= {format_whole(own.value)}</p>')


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
) -> str:
    """A text field; what was typed stays as it is for as long as it means the value.

    Returns:
        The key of the widget.
    """

    def meaning(text: str | None) -> Any:
        text = (text or "").strip()
        if own.mixed and not text:
            return MIXED
        return None if own.spec.optional and text in ("", NONE) else parse(text)

    def same(text: str | None) -> bool:
        try:
            return meaning(text) == own.value
        except BuilderError:
            return False

    key = widget_key(own.key, same, refused)
    st.text_input(
        **own.options(),
        value="" if own.value is None or own.mixed else write(own.value),
        key=key,
        placeholder=own.placeholder,
        autocomplete="off",
        on_change=commit,
        args=(own, key, lambda: meaning(st.session_state[key])),
    )
    return key


def _draw_tagged(own: Field, refused: bool) -> None:
    """What kind it is, then that kind's own fields."""
    value = own.value if isinstance(own.value, dict) else {}
    empty = None if own.mixed else NONE
    shown = own.value if own.value in own.spec.plain else value.get(own.spec.tag, empty)
    key = widget_key(f"{own.key}:kind", lambda there: there == shown, refused)

    def read() -> Any:
        chosen = st.session_state[key]
        if chosen in (None, shown):
            return own.value
        if chosen in own.spec.plain:
            return chosen
        return None if chosen == NONE else {own.spec.tag: chosen}

    _select(own, key, shown, read, _choices(own))
    branch = dict(own.spec.branches).get(shown or "")
    for inner in properties(branch) if branch else ():
        field(
            inner.name,
            inner.schema,
            value.get(inner.name, inner.default),
            inner.help,
            key=f"{own.key}:{inner.name}",
            label=inner.label,
            on_change=_setter(own, value, inner.name),
            disabled=own.disabled,
        )


def _setter(own: Field, value: dict[str, Any], name: str) -> OnChange:
    return lambda new: own.on_change({**value, name: new})


def _choices(own: Field) -> tuple[str, ...]:
    return (*((NONE,) if own.spec.optional else ()), *own.spec.choices)


def _select(
    own: Field, key: str, shown: str | None, read: Callable[[], Any], choices: tuple[str, ...]
) -> None:
    st.selectbox(
        **own.options(),
        options=choices,
        index=choices.index(shown) if shown in choices else None,
        key=key,
        placeholder=own.placeholder,
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
    "sizes": draw_sizes,
    "whole": _draw_whole,
    "list": _draw_list,
    "tagged": _draw_tagged,
    "json": _draw_json,
}


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "forms.css").read_text(encoding="utf-8")
