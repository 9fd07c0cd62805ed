"""Small pieces that several pages show: a row of figures, a notice, an empty state."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st

from builder.system.level import Level

# The signs themselves are drawn by the style sheet: `st.html` takes no SVG.
_SIGNS = {
    Level.ERROR: "Error",
    Level.WARNING: "Warning",
    Level.GOOD: "OK",
    Level.INFO: "Note",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure on the screen.

    Attributes:
        value: The figure as shown, such as `48.2 M`.
        label: What it counts, such as `MACs`.
        exact: The exact figure, or how it comes about; shown when the pointer rests on it.
        level: Colors the value where it means something; the sign is drawn with it.
    """

    value: str
    label: str
    exact: str = ""
    level: Level | None = None


def facts(items: Iterable[Fact], *, key: str | None = None) -> None:
    """Draws figures in one dense row.

    Args:
        items: The figures, the most important first.
        key: Also the row's class in the page, as `st-key-<key>`.
    """
    with st.container(key=key):
        st.html(f'<div class="cs-facts">{"".join(map(_fact, items))}</div>')


def notice(level: Level, message: str, fix: str = "") -> None:
    """Says in one line what is the matter, and what to do about it.

    Args:
        level: How serious it is; chooses the sign and the color.
        message: What was received and what was expected.
        fix: What to do next.
    """
    role = "alert" if level is Level.ERROR else "status"
    rest = f' <span class="cs-fix">{escape(fix)}</span>' if fix else ""
    st.html(
        f'<div class="cs-notice cs-{level}" role="{role}">{_sign(level)}'
        f"<p>{escape(message)}{rest}</p></div>"
    )


def empty_state(title: str, hint: str) -> None:
    """Says that there is nothing here yet, and what to do first."""
    st.html(f'<div class="cs-empty"><p>{escape(title)}</p><p>{escape(hint)}</p></div>')


def _fact(item: Fact) -> str:
    """Writes one figure as HTML."""
    tip = f' title="{escape(item.exact)}"' if item.exact else ""
    level = f" cs-{item.level}" if item.level else ""
    sign = _sign(item.level) if item.level else ""
    text = f"{sign}<b>{escape(item.value)}</b> {escape(item.label)}"
    return f'<span class="cs-fact{level}"{tip}>{text}</span>'


def _sign(level: Level) -> str:
    """Places a level's sign."""
    return f'<span class="cs-sign" role="img" aria-label="{_SIGNS[level]}"></span>'
