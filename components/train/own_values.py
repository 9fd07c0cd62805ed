"""The choice of the values that become 0 to 255, for each kind of images that were found."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from builder.errors import BuilderError
from builder.own_data.survey import Survey
from builder.own_data.value_range import (
    KIND_WORDS,
    Extent,
    Ranges,
    ValueRange,
    choices,
    doubts,
    words,
)
from components.design.labels import sentence
from components.shell import notice

_OTHER = "other"


def draw(found: Survey, place: str) -> Ranges | None:
    """Draws the choice of the range of each kind of images.

    Args:
        found: What was found.
        place: Tells this set from those that were looked at before.

    Returns:
        The ranges; None where what was typed is no range.
    """
    try:
        ranges = tuple(_draw_kind(one, found.extents, place) for one in found.extents)
    except BuilderError as error:
        notice("error", sentence(error.message), sentence(error.fix))
        return None
    return ranges


def draw_effect(found: Survey, ranges: Ranges) -> None:
    """Says what the ranges do, and what about them is doubtful."""
    st.html(f'<p class="cs-hint">{words(ranges)}</p>')
    for doubt in doubts(found.extents, ranges):
        notice("warning", doubt)


def _draw_kind(one: Extent, extents: Sequence[Extent], place: str) -> ValueRange:
    known = choices(one)
    of = f" of {KIND_WORDS[one.kind]}" if len(extents) > 1 else ""
    key = f"cs-own-values-{one.kind.value}"
    with st.container(
        key=key, horizontal=True, vertical_alignment="bottom", width="content", gap="small"
    ):
        chosen = st.selectbox(
            f"Values{of} that become 0 to 255",
            [*range(len(known)), _OTHER],
            format_func=partial(_title, known, one),
            key=f"{key}-range-{place}",
            width=250,
            help="One range for all images of the set. What lies beyond it is cut off.",
        )
        if isinstance(chosen, int):
            return known[chosen]
        low, high = (
            st.number_input(name, value=value, format="%g", key=f"{key}-{name}-{place}", width=120)
            for name, value in (("low", float(one.low)), ("high", float(one.high)))
        )
    return ValueRange(one.kind, low, high)


def _title(known: Ranges, one: Extent, number: int | str) -> str:
    """A range in words; that of the images themselves is said to be theirs."""
    if not isinstance(number, int):
        return "other values"
    shown = known[number]
    is_theirs = one.is_measured and (shown.low, shown.high) == (one.low, one.high)
    return f"{shown.name}, as in the images" if is_theirs else shown.name
