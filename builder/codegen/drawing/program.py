"""DOT to SVG by Graphviz's program `dot`."""

import tempfile
from pathlib import Path
from typing import Any

import pydot

from builder.errors import BuilderError

MAX_MESSAGE = 200
"""Characters of what the program says that a message repeats."""


def to_svg(dot: str) -> bytes:
    """Draws a diagram.

    Raises:
        BuilderError: Graphviz refuses it.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "diagram.dot"
        file.write_text(dot, encoding="utf-8")
        try:
            # pydot says that it gives texts, and gives bytes.
            drawn: Any = pydot.call_graphviz("dot", ["-Tsvg", file.name], folder)
        except OSError as error:
            raise BuilderError(f"Graphviz could not be started: {error.strerror}") from None
    output, messages, process = drawn
    if process.returncode != 0 or not output:
        said = messages.decode(errors="replace").strip()[:MAX_MESSAGE]
        raise BuilderError(f"Graphviz could not draw the diagram: {said}")
    return output
