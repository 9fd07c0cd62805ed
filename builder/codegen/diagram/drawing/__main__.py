"""Reads DOT from standard input and writes a picture to standard output.

If it cannot be drawn, the exit status says so, and a message replaces the picture.
"""

import importlib
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from builder.codegen.diagram.drawing.font import FAMILIES
from builder.system.errors import BuilderError
from builder.system.helper_process import REFUSED


def main(arguments: Sequence[str]) -> int:
    """Draws the format that is the only argument."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # no print may spoil the picture
    try:
        status, result = 0, draw(sys.stdin.buffer.read().decode(), arguments[0])
    except BuilderError as error:
        status, result = REFUSED, str(error).encode()
    with os.fdopen(output, "wb") as file:
        file.write(result)
    return status


def draw(dot: str, picture: str) -> bytes:
    """Draws a diagram as `svg`, `png` or `pdf`.

    Raises:
        BuilderError: It cannot be drawn, or a library is not installed.
    """
    svg: bytes = _tool("program" if shutil.which("dot") else "webassembly").to_svg(dot)
    svg = svg.replace(b"Helvetica,sans-Serif", FAMILIES.encode())
    return svg if picture == "svg" else _tool(picture).convert(svg)


def _tool(name: str) -> Any:
    """Imports only what is needed: the libraries take their time."""
    try:
        return importlib.import_module(f"builder.codegen.diagram.drawing.{name}")
    except ImportError as error:
        raise BuilderError(
            f"this picture needs the package {error.name}, which is not installed",
            "run pip install -r requirements.txt",
        ) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
