"""Escapes texts that a person wrote for labels and help of widgets, which are Markdown.

Markdown loads pictures from anywhere, so texts from files are written with `literal`.
"""

import re

_SPECIAL = frozenset(r"\`*_{}[]<>()#+-.!|~:$&=")
_STOPS = ".!?…"
_NAME = re.compile(r"[\w.]+:|\w*_\w*\b")
"""The start of a message that names a field, a node or a file, which is kept as it is."""


def literal(text: str) -> str:
    """Writes a text so that Markdown shows it as it is."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text)


def sentence(text: str) -> str:
    """Turns a message into a sentence: adds a period and a capital, except for a leading name.

    An empty text stays empty. A message that ends in a period, as Keras's own do, gets no other.
    """
    begin = text[:1] if _NAME.match(text) else text[:1].upper()
    end = "" if not text or text[-1] in _STOPS else "."
    return f"{begin}{text[1:]}{end}"
