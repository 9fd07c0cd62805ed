"""SVG to PDF, by svglib and ReportLab."""

import io
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas
from svglib import svglib

from builder.codegen.diagram.drawing.font import FAMILY, FILE, with_own_font
from builder.system.errors import BuilderError

MAX_EDGE = 14_400
"""The largest page in points that PDF readers show; larger diagrams are scaled down to it."""


def convert(svg: bytes) -> bytes:
    """Puts a diagram on one page of its size, as lines and text.

    Raises:
        BuilderError: It cannot be converted.
    """
    svglib.register_font(FAMILY, str(FILE))
    drawing: Any = svglib.svg2rlg(io.BytesIO(with_own_font(svg).encode()))
    if drawing is None:
        raise BuilderError("the diagram could not be converted to pdf")
    scale = min(1.0, MAX_EDGE / max(drawing.width, drawing.height))
    drawing.scale(scale, scale)
    size = (drawing.width * scale, drawing.height * scale)
    output = io.BytesIO()
    # `invariant`: the same diagram gives the same bytes, without a date.
    canvas = Canvas(output, pagesize=size, invariant=1)
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.save()
    return output.getvalue()
