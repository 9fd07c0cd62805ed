"""The headers that every answer carries: what a page may load, and who may show or read it."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit

from components.shell.scripts import inline_scripts

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def headers() -> dict[str, str]:
    """Gives the headers by name."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def content_security_policy() -> str:
    """Writes what a page may load: everything from here, and nothing from elsewhere.

    `blob:` scripts are Streamlit's way to load a component, and its workers' too. Graphviz lays
    diagrams out as WebAssembly. Inline scripts are the ones named by their hashes. Streamlit
    writes its styles into the page, as do we.
    """
    scripts = " ".join(map(_source, (*_streamlit_scripts(), *inline_scripts())))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' blob: data:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _streamlit_scripts() -> Iterable[str]:
    """Finds the scripts that stand in Streamlit's page itself."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return _INLINE.findall(page.read_text(encoding="utf-8"))


def _source(script: str) -> str:
    """Names an inline script in a policy: https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
