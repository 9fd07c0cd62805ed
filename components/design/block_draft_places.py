"""Where saving an edited own block changes a network, in words."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.actions.own_blocks import Outcome
from builder.custom_blocks.changing import Place
from components.shell import format as fmt

_SHOWN_PLACES = 4
_SHOWN_VALUES = 8


def own_places(result: Outcome) -> list[Place]:
    """The places of the block itself."""
    places = result.change.places if result.change else ()
    return [place for place in places if place.block == result.definition.name]


def draw_places(result: Outcome) -> None:
    """Lists the places that saving changes, and what becomes of their values."""
    change, name = result.change, result.definition.name
    assert change is not None
    lines = [_where(name, own_places(result))]
    others = dict.fromkeys(place.block for place in change.places if place.block != name)
    lines += [_where(b, [p for p in change.places if p.block == b]) for b in others]
    lines += [line for place in change.places for line in _values(place)][:_SHOWN_VALUES]
    lines += [
        f"<b>{escape(block)}</b> loses its parameter <b>{escape(parameter)}</b>, which set it"
        for block, parameter in change.gone
    ]
    items = "".join(f"<li>{line}</li>" for line in lines)
    st.html(f'<ul class="cs-changes">{items}</ul>')


def _where(block: str, places: Sequence[Place]) -> str:
    """How many places of a block change, and which."""
    if not places:
        return f"No place of the network holds <b>{escape(block)}</b> any more"
    names = [p.label if not p.inside else f"{p.label} inside {p.inside}" for p in places]
    more = len(names) - _SHOWN_PLACES
    listed = ", ".join(names[:_SHOWN_PLACES]) + (f" and {more} more" if more > 0 else "")
    return f"<b>{escape(block)}</b> changes in {fmt.plural(len(places), 'place')}: {escape(listed)}"


def _values(place: Place) -> list[str]:
    """What becomes of the values at one place."""
    label = f"<b>{escape(place.label)}</b>"
    shown = [
        *((v, f"{label}: {{}} follows the block and becomes <b>{{}}</b>") for v in place.follows),
        *((v, f"{label} loses {{}} = <b>{{}}</b>, which is gone") for v in place.lost),
        *(
            (v, f"{label}: {{}} = <b>{{}}</b> does not suit any more; it gets the usual value")
            for v in place.refused
        ),
    ]
    return [text.format(escape(v.parameter), escape(str(v.value))) for v, text in shown]
