"""A short list whose order matters, moved by pointer or keys: what a merge reads, for example.

It draws the given things and returns their ids in another order, or without one of them. The page
decides what that means.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import streamlit as st
from streamlit.components.v2 import component

from components.plain import plain
from components.scripts import loader

_mount = component("convstack.order_list", js=loader("order_list"), isolate_styles=False)


@dataclass(frozen=True)
class Item:
    """One thing in the list.

    Attributes:
        id: What is handed over; one thing may be there twice.
        name: What it is called.
        detail: What else tells it apart, such as its shape.
    """

    id: str
    name: str
    detail: str = ""


class OrderData(TypedDict):
    """The list: what it is called, and the id, name and detail of each thing in it."""

    label: str
    items: Sequence[tuple[str, str, str]]


def order_list(
    label: str, items: Sequence[Item], *, key: str, on_change: Callable[[list[str]], None]
) -> None:
    """Draws the list.

    Args:
        label: What it is a list of, for those who hear it.
        items: The things, in order.
        key: Its name in the session state.
        on_change: Gets the ids as the person ordered them: all of `items`, or fewer.
    """
    known = Counter(item.id for item in items)

    def hand_over() -> None:
        order = _order(st.session_state.get(key), known)
        if order is not None:
            on_change(order)

    shown = [(item.id, item.name, item.detail) for item in items]
    data = OrderData(label=label, items=shown)
    _mount(key=key, data=plain(data), on_order_change=hand_over)


def _order(value: Any, known: Counter[str]) -> list[str] | None:
    """The ids that the browser sent; None where they are not those of the list."""
    order = value.get("order") if hasattr(value, "get") else None
    if not isinstance(order, list) or not all(isinstance(each, str) for each in order):
        return None
    return order if Counter(order) <= known else None
