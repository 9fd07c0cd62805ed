"""The choice of the values that become 0 to 255, for each kind of images that were found."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.value_range import (
    KIND_WORDS,
    Extent,
    Kind,
    Ranges,
    ValueRange,
    choices,
    doubts,
    effect,
)
from builder.system.errors import BuilderError
from builder.system.level import Level
from components.design.labels import sentence
from components.shell import notice
from components.train import own_choices

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
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return None
    return ranges


def draw_effect(found: Survey, ranges: Ranges) -> None:
    """Says what the ranges do, and what about them is doubtful."""
    st.html(f'<p class="cs-hint">{effect(found.extents, ranges)}</p>')
    for doubt in doubts(found.extents, ranges):
        notice(Level.WARNING, doubt)


def _draw_kind(one: Extent, extents: Sequence[Extent], place: str) -> ValueRange:
    known = choices(one)
    is_alone = len(extents) == 1
    key = f"cs-own-values-{one.kind.value}"
    with st.container(
        key=key, horizontal=True, vertical_alignment="bottom", width="content", gap="small"
    ):
        options = [*range(len(known)), _OTHER]
        chosen = st.selectbox(
            "Values that become 0 to 255" if is_alone else f"0 to 255 in {KIND_WORDS[one.kind]}",
            options,
            index=own_choices.index(f"{key}-range-{place}", options),
            format_func=partial(_title, known, one),
            key=f"{key}-range-{place}",
            width=250,
            help="One range for all images of the set. What lies beyond it is cut off.",
        )
        if isinstance(chosen, int):
            return known[chosen]
        low, high = (
            st.number_input(
                name,
                value=own_choices.last(f"{key}-{name}-{place}", value),
                step=None if one.kind is Kind.FLOAT else 1.0,
                format="%g",
                key=f"{key}-{name}-{place}",
                width=120,
            )
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
