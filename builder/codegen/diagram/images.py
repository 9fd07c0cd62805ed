"""Draws a diagram as a picture, in a short separate process.

It uses Graphviz's program `dot` if it is installed, otherwise Graphviz as WebAssembly; PNG and PDF
are made from the SVG, so all three look the same.
"""

from threading import Event

from builder.system.errors import BuilderError
from builder.system.helper_process import EndedBy, run_module

FORMATS = ("svg", "png", "pdf")

SECONDS = 60.0
"""The most seconds for a picture: without Graphviz's program the first takes 5 s, others 0.5 s."""

MAX_BYTES = 2_000_000_000
"""The most memory for drawing."""

_TOO_LARGE = "close blocks that are open, or export to dot and lay it out elsewhere"


def draw(dot: str, picture: str, *, cancel: Event | None = None, seconds: float = SECONDS) -> bytes:
    """Draws a diagram.

    Args:
        dot: Its DOT text.
        picture: One of `FORMATS`.
        cancel: Ends the drawing as soon as it is set.
        seconds: The most that it may take.

    Raises:
        BuilderError: It is too large, it was cancelled, or it cannot be drawn.
    """
    ended = run_module(
        "builder.codegen.diagram.drawing",
        [picture],
        content=dot.encode(),
        seconds=seconds,
        max_bytes=MAX_BYTES,
        cancel=cancel,
    )
    if ended.by == EndedBy.CANCELLED:
        raise BuilderError("the drawing was cancelled")
    if ended.by == EndedBy.TIME:
        raise BuilderError(f"the diagram could not be drawn in {seconds:.0f} seconds", _TOO_LARGE)
    if ended.by == EndedBy.MEMORY:
        limit = f"{MAX_BYTES / 1e9:.0f} GB"
        raise BuilderError(f"the diagram needs more than {limit} of memory to draw", _TOO_LARGE)
    if ended.refusal:
        raise BuilderError(ended.refusal)
    if ended.status != 0 or not ended.output:
        raise BuilderError("drawing the diagram failed", _TOO_LARGE)
    return ended.output
