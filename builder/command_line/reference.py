"""The command that writes the block reference."""

from pathlib import Path
from typing import Annotated

import typer

from builder.blocks import reference as pages
from builder.command_line.shared import WRONG_USAGE, fail
from builder.system.full_disk import reason


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
        try:
            output.write_text(pages.reference(), encoding="utf-8")
        except OSError as error:
            fail(f"{output} cannot be written: {reason(error, output.parent)}", WRONG_USAGE)
