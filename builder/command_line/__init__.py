"""The command line: the same core without a browser.

Results go to standard output, messages to standard error. The exit status is 0 for success, 1 if
the architecture has errors or a training failed, 2 for wrong usage, 141 if the reader of a pipe
went away.
"""

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from builder.command_line.architectures import export, summary, templates
from builder.command_line.data_sets import data
from builder.command_line.deleting import delete, restore, trash
from builder.command_line.looking import images
from builder.command_line.predicting import predict
from builder.command_line.reference import reference
from builder.command_line.shared import ERRORS, READER_GONE, fail
from builder.command_line.studying import app as studies
from builder.command_line.training import pause, resume, runs, stop, train
from builder.command_line.usage import Command
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError


class _Commands(TyperGroup):
    """The commands; if the reader of the output, such as `head`, goes away, they end silently.

    Every other failure becomes a sentence here: what is refused, and which file cannot be read or
    written. A command itself only reports wrong usage.
    """

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # What is still buffered would raise again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(READER_GONE) from None
        except BuilderError as error:
            fail(str(error), ERRORS)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            fail(f"{place}{reason(error)}", ERRORS)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Convstack: architectures of convolutional networks, from the command line.",
)
for command in (
    *(templates, summary, export),
    *(data, images, train, resume, pause, stop, runs, predict),
    *(delete, restore, trash),
    reference,
):
    app.command(cls=Command)(command)


app.add_typer(studies, name="study")


def main() -> None:
    """Runs the command line."""
    app(prog_name="python -m builder")
