"""The command line: the same core without a browser.

Results go to standard output, messages to standard error. The exit status is 0 where all went well,
1 where the architecture has errors or a training failed, 2 for wrong usage.
"""

import typer

from builder.command_line.architectures import export, summary, templates
from builder.command_line.reference import reference
from builder.command_line.training import runs, train

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Convstack: architectures of convolutional networks, from the command line.",
)
for command in (templates, summary, export, train, runs, reference):
    app.command()(command)


def main() -> None:
    """Runs the command line."""
    app(prog_name="python -m builder")
