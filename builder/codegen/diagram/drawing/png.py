"""SVG to PNG, by resvg."""

import re

import resvg_py

from builder.codegen.diagram.drawing.font import FAMILY, FILE, with_own_font
from builder.system.errors import BuilderError

SCALE = 2.0
"""Pixels for each pixel of the screen, so that it looks sharp in print and on any screen."""

LEAST_SCALE = 0.75
"""Smaller, and the text cannot be read."""

MAX_EDGE = 16_384
MAX_PIXELS = 64_000_000


def convert(svg: bytes) -> bytes:
    """Paints a diagram on white.

    Raises:
        BuilderError: It is too large for an image of pixels.
    """
    text = with_own_font(svg)
    width, height = _size(text)
    scale = min(SCALE, MAX_EDGE / max(width, height), (MAX_PIXELS / (width * height)) ** 0.5)
    if scale < LEAST_SCALE:
        raise BuilderError(
            f"the diagram has {width:,.0f}×{height:,.0f} pixels, too many for a png",
            "export to svg or pdf",
        )
    return resvg_py.svg_to_bytes(
        svg_string=text,
        background="white",
        zoom=scale,
        dpi=96,
        font_files=[str(FILE)],
        skip_system_fonts=True,
        font_family=FAMILY,
    )


def _size(svg: str) -> tuple[float, float]:
    """Width and height in pixels of the screen; Graphviz writes points."""
    found = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if found is None:
        raise BuilderError("Graphviz gave no size for the diagram")
    return float(found[1]) * 96 / 72, float(found[2]) * 96 / 72
