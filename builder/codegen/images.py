"""A diagram as a picture, drawn by Graphviz's `dot` program."""

import shutil
from typing import cast

import pydot

from builder.errors import BuilderError

FORMATS = ("svg", "png", "pdf")


def draw(dot: str, picture: str) -> bytes:
    """Draws a diagram.

    Args:
        dot: Its DOT text.
        picture: One of `FORMATS`.

    Raises:
        BuilderError: Graphviz is not installed, or could not draw it.
    """
    if shutil.which("dot") is None:
        raise BuilderError(
            f"a diagram as {picture} needs Graphviz's program `dot`, which is not installed",
            "install Graphviz, or export to dot, which any Graphviz viewer opens",
        )
    graphs = pydot.graph_from_dot_data(dot)
    if not graphs:
        raise BuilderError("the diagram could not be read as DOT")
    try:
        # pydot says that it gives a text, and gives bytes.
        return cast(bytes, graphs[0].create(prog="dot", format=picture))
    except (OSError, AssertionError) as error:  # pydot asserts that dot ended well
        raise BuilderError(f"Graphviz could not draw the diagram: {error}") from None
