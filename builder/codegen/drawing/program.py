"""DOT to SVG by Graphviz's program `dot`."""

from typing import Any

import graphviz  # pyright: ignore[reportMissingTypeStubs]  it ships none

from builder.errors import BuilderError

library: Any = graphviz


def to_svg(dot: str) -> bytes:
    """Draws a diagram.

    Raises:
        BuilderError: Graphviz refuses it.
    """
    try:
        return library.pipe("dot", "svg", dot.encode(), quiet=True)
    except (OSError, library.CalledProcessError) as error:
        raise BuilderError(f"Graphviz could not draw the diagram: {error}") from None
