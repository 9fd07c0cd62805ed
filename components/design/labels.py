"""Texts that a person wrote, as labels of widgets: Streamlit reads those as Markdown."""

_SPECIAL = frozenset(r"\`*_{}[]<>()#+-.!|~:$&")


def literal(text: str) -> str:
    """Writes a text so that a label shows it as it is."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text)


def sentence(text: str) -> str:
    """Writes a message as a sentence: a capital in front, a full stop behind; empty stays empty."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""
