"""Texts that a person wrote, as labels and help of widgets: Streamlit reads those as Markdown.

Markdown loads pictures from anywhere, so a text out of a file is written with `literal`.
"""

import re

_SPECIAL = frozenset(r"\`*_{}[]<>()#+-.!|~:$&=")
_NAME = re.compile(r"[\w.]+:|\w*_\w*\b")
"""In front of a message: a field, a node or a file, which is written as it is."""


def literal(text: str) -> str:
    """Writes a text so that Markdown shows it as it is."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text)


def sentence(text: str) -> str:
    """Writes a message as a sentence: a full stop behind, a capital in front unless it is a name.

    Empty stays empty.
    """
    begin = text[:1] if _NAME.match(text) else text[:1].upper()
    return f"{begin}{text[1:]}." if text else ""
