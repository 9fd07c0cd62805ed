"""Shared by all commands: where they print, and how an argument becomes an architecture."""

import sys
from io import BytesIO
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer
from rich.console import Console

from builder.gallery import TEMPLATES
from builder.importers.opening import open_file
from builder.importers.result import ImportResult, grouped
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, FormatError
from builder.system.level import Level

ERRORS, WRONG_USAGE = 1, 2
READER_GONE = 141
"""The exit status of a program that wrote to a closed pipe."""

_MAX_PIPED = 200_000_000

WIDTH_OF_A_FILE = 160
"""The columns of a table that is not printed on a terminal, so that nothing is cut off."""


class _Output(Console):
    """A console that raises for a closed pipe, instead of exiting."""

    def on_broken_pipe(self) -> None:
        raise  # the BrokenPipeError that is being handled


# Names and titles are printed as they are: neither "[/b]" nor ":x:" in one means anything.
out = _Output(
    markup=False,
    emoji=False,
    highlight=False,
    soft_wrap=True,
    width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE,
)
err = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)

Target = Annotated[
    str,
    typer.Argument(
        metavar="ARCH",
        help="A template's name, or a file: JSON of ours or Keras's, .keras, .h5.",
        show_default=False,
    ),
]


def load(target: str) -> ImportResult:
    """Finds an architecture by a template's name or a file's path; ends the program otherwise.

    Losses in the import of a model that Keras saved are reported on standard error.
    """
    if target in TEMPLATES:
        return ImportResult(TEMPLATES[target].architecture)
    path = Path(target)
    try:
        with path.open("rb") as file:
            result = open_file(file if file.seekable() else _whole(file), path.name)
    except BuilderError as error:
        fail(f"{target}: {error}", ERRORS)
    except (OSError, ValueError) as error:
        names = ", ".join(TEMPLATES)
        fail(
            f"{target!r} is no template, and as a file it cannot be read: {reason(error)}; "
            f"the templates are {names}",
            WRONG_USAGE,
        )
    for finding in grouped(result.unmapped):
        what = "changed" if finding.kept else "left out"
        err.print(f"{what}: {finding}")
    if result.has_weights and infer(result.architecture).total_params:
        err.print(
            f"left out: the trained weights of {path.name}, which are not read; what is trained "
            "or exported begins with fresh ones",
        )
    return result


def _whole(pipe: BinaryIO) -> BinaryIO:
    """The content of a pipe, such as /dev/stdin, as a seekable file.

    Raises:
        FormatError: It is too large for memory.
    """
    content = pipe.read(_MAX_PIPED + 1)
    if len(content) > _MAX_PIPED:
        raise FormatError(
            f"received more than {_MAX_PIPED:,} bytes through a pipe", "give the path of a file"
        )
    return BytesIO(content)


def tell_unused(architecture: Architecture) -> None:
    """Reports nodes that are not part of the model, and other warnings of the inference."""
    for issue in infer(architecture).issues:
        if issue.level is not Level.ERROR:
            err.print(f"{issue.level}: {issue}")


def fail(message: str, status: int) -> NoReturn:
    """Prints a message on standard error and ends the program."""
    err.print(f"error: {message}")
    raise typer.Exit(status)
