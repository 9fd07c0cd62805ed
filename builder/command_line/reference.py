"""The command that writes the block reference."""

from pathlib import Path
from typing import Annotated

import typer

from builder.blocks import reference as pages
from builder.system.disk_errors import explained


def reference(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write it to this file.", show_default=False),
    ] = None,
) -> None:
    """Write the reference of all blocks, in Markdown."""
    if output is None:
        typer.echo(pages.reference(), nl=False)
    else:
        with explained(f"{output} cannot be written", where=output.parent):
            output.write_text(pages.reference(), encoding="utf-8")
