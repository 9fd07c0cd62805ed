"""DOT to SVG by Graphviz's program `dot`."""

from typing import Any

import pydot

from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.system.temporary import temporary_folder

MAX_MESSAGE = 200
"""How many characters of the program's message are repeated."""


def to_svg(dot: str) -> bytes:
    """Draws a diagram.

    Raises:
        BuilderError: Graphviz refuses it.
    """
    with temporary_folder("diagram") as folder:
        file = folder / "diagram.dot"
        file.write_text(dot, encoding="utf-8")
        with explained("Graphviz could not be started"):
            # pydot says that it gives texts, and gives bytes.
            drawn: Any = pydot.call_graphviz("dot", ["-Tsvg", file.name], str(folder))
    output, messages, process = drawn
    if process.returncode != 0 or not output:
        said = messages.decode(errors="replace").strip()[:MAX_MESSAGE]
        raise BuilderError(f"Graphviz could not draw the diagram: {said}")
    return output
