"""The frame of every page: the style sheet, the mark, the top bar and the failure message."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.codegen.diagram.colors import ThemeName
from builder.system.errors import BuilderError
from builder.system.level import Level
from components.shell import scripts
from components.shell.code_age import code_is_newer_than_process
from components.shell.colors import css_variables
from components.shell.pieces import notice

_FOLDER = Path(__file__).parent
_SOON = {"Design": ("board",)}
"""Components whose scripts a page needs at once, by its title."""


def frame(title: str) -> None:
    """Draws what all pages share. Call it once, before the page.

    Args:
        title: The page's name, for the browser's tab.
    """
    # The tab's icon is `favicon.png`, and the style sheet draws the mark: to show either, Streamlit
    # would import NumPy and Pillow.
    st.set_page_config(page_title=f"{title} · Convstack", layout="wide")
    # Streamlit sets `color-scheme` on the app only; menus and dialogs hang outside of it.
    st.html(f"<style>:root{{color-scheme:{theme_name()}}}{_style_sheet()}</style>")
    scripts.draw_frame_script(_SOON.get(title, ()))


def theme_name() -> ThemeName:
    """Returns the theme of the browser."""
    return "dark" if st.context.theme.type == "dark" else "light"


def top_bar() -> DeltaGenerator:
    """Returns the right part of the top bar, for what belongs to the open document.

    Use it as `with top_bar(): …`, once per page; its elements stand in one row.
    """
    return st.container(key="cs-top-bar", horizontal=True, vertical_alignment="center", gap="small")


def show_failure(error: Exception) -> bool:
    """Says that a page failed, in one calm sentence; Streamlit has logged the traceback already.

    Returns:
        True, which keeps Streamlit from showing the error itself.
    """
    if isinstance(error, BuilderError):
        notice(Level.ERROR, error.message, error.fix)
        return True
    notice(
        Level.ERROR,
        "This page could not be drawn completely. Your work is saved.",
        "Convstack was updated while this server was running. Restart the server."
        if code_is_newer_than_process()
        else "Reload the page; if it stays like this, look into the server's log.",
    )
    return True


@cache
def _style_sheet() -> str:
    """Reads the style sheet, with the colors in front."""
    sheet = (_FOLDER / "style.css").read_text(encoding="utf-8")
    return css_variables() + sheet
