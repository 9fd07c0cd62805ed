"""The font of PNG and PDF: as wide as Helvetica, for which Graphviz makes the boxes."""

from pathlib import Path

FAMILY = "Liberation Sans"
FILE = Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf"

_MISSING = {"⚠": "!"}
"""Characters in our diagrams that the font lacks, with their replacements."""


def with_own_font(svg: bytes) -> str:
    """Sets the font that comes with the app, so that a picture looks the same everywhere."""
    text = svg.decode()
    for character, substitute in _MISSING.items():
        text = text.replace(character, substitute)
    return text.replace(FAMILIES, FAMILY)


FAMILIES = "Helvetica,Arial,Liberation Sans,sans-serif"
"""In an SVG: equally wide fonts, one of which nearly every system has."""
