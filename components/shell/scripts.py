"""The scripts that stand in a page itself; the policy of `components.server` lets no other run.

Their sources lie in `components/frontend/src/shell`.
"""

from collections.abc import Iterable
from functools import cache
from html import escape

import streamlit as st

from components.scripts import STATIC, script_urls


def draw_frame_script(soon: Iterable[str]) -> None:
    """Places what every page needs beside its components; it does nothing the second time.

    Args:
        soon: The names of components that the page is about to show: the browser loads their
            scripts while the server still draws.
    """
    addresses = " ".join(address for name in soon for address in script_urls(name))
    named = f'<i hidden data-cs-soon="{escape(addresses)}"></i>'
    with st.container(key="cs-scripts"):
        st.html(f"{named}<script>{_read('frame')}</script>", unsafe_allow_javascript=True)


def download(address: str, key: str) -> None:
    """Starts a download, once however often the page is drawn.

    Args:
        address: Of the file, relative to the page.
        key: What tells one download from another.
    """
    link = f'<a hidden download data-cs-download="{escape(key)}" href="{escape(address)}"></a>'
    st.html(f"{link}<script>{_read('download')}</script>", unsafe_allow_javascript=True)


def inline_scripts() -> tuple[str, ...]:
    """Gives the text of every script that stands in a page itself."""
    return _read("frame"), _read("download")


@cache
def _read(name: str) -> str:
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")
