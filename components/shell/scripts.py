"""The scripts that stand in a page itself; the policy of `components.server` lets no other run."""

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent
_FRAME = ("address.js", "scheme.js", "menus.js")
_DOWNLOAD = "download.js"


def draw_frame_script() -> None:
    """Places what every page needs beside its components; it does nothing the second time."""
    with st.container(key="cs-scripts"):
        st.html(f"<script>{_frame()}</script>", unsafe_allow_javascript=True)


def download(address: str, key: str) -> None:
    """Starts a download, once however often the page is drawn.

    Args:
        address: Of the file, relative to the page.
        key: What tells one download from another.
    """
    link = f'<a hidden download data-cs-download="{escape(key)}" href="{escape(address)}"></a>'
    st.html(f"{link}<script>{_read(_DOWNLOAD)}</script>", unsafe_allow_javascript=True)


def inline_scripts() -> tuple[str, ...]:
    """Gives the text of every script that stands in a page itself."""
    return _frame(), _read(_DOWNLOAD)


def _frame() -> str:
    return "".join(map(_read, _FRAME))


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
