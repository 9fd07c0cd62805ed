"""The commands that read an architecture: templates, summary, export."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from builder.architecture import Architecture
from builder.codegen import images
from builder.codegen.dot import to_dot
from builder.codegen.script import to_script
from builder.command_line.shared import ERRORS, WRONG_USAGE, Target, err, fail, load, out
from builder.errors import BuilderError
from builder.file_format import to_json
from builder.inference import Inference, infer
from builder.storage.atomic import write_atomically
from builder.summary import summary as summarise
from builder.summary import summary_rows
from builder.templates import TEMPLATES


class Format(StrEnum):
    """What an architecture can be exported to."""

    KERAS = "keras"
    JSON = "json"
    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


def templates() -> None:
    """Lists the templates, one a line, the name first."""
    width = max(map(len, TEMPLATES))
    for template in TEMPLATES.values():
        line = f"{template.name:<{width}}  {template.total_params:>11,} params  {template.title}"
        sys.stdout.write(f"{line}\n")


def summary(
    target: Target,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    layers: Annotated[bool, typer.Option("--layers", help="List every inner Keras layer.")] = False,
) -> None:
    """Prints every node's shape, parameters and cost."""
    inference = infer(load(target))
    if as_json:
        sys.stdout.write(json.dumps(summarise(inference, layers=layers), indent=2) + "\n")
    else:
        _print_summary(inference, layers)
    _report_issues(inference)


def export(
    target: Target,
    to: Annotated[Format, typer.Option("--to", help="The format.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file.", show_default=False)],
) -> None:
    """Writes an architecture as a Keras script, as JSON or as a diagram.

    A diagram as svg, png or pdf needs Graphviz's program `dot`.
    """
    architecture = load(target)
    writers: dict[Format, Callable[[Architecture], str]] = {
        Format.KERAS: to_script,
        Format.JSON: to_json,
    }
    write = writers.get(to, lambda value: to_dot(infer(value)))
    try:
        content = write(architecture).encode()
    except BuilderError as error:
        fail(str(error), ERRORS)
    if to.value in images.FORMATS:
        try:
            content = images.draw(content.decode(), to.value)
        except BuilderError as error:
            fail(str(error), WRONG_USAGE)
    try:
        write_atomically(output, content)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}", WRONG_USAGE)
    err.print(f"Wrote {output} ({len(content):,} bytes).", markup=False)


def _print_summary(inference: Inference, layers: bool) -> None:
    table = Table(title=inference.architecture.name, title_justify="left")
    for column in ("node", "block", "output shape", "params", "MACs"):
        table.add_column(column, justify="left" if column in ("node", "block") else "right")
    for row in summary_rows(inference):
        table.add_row(*row)
    out.print(table)
    if layers:
        for entry in summarise(inference, layers=True)["layers"]:
            shape = "×".join(map(str, entry["output_shape"]))
            out.print(f"  {entry['class']:<24} {shape:>16} {entry['params']:>14,}", markup=False)
    frozen = inference.total_params - inference.trainable_params
    out.print(
        f"{inference.total_params:,} params ({frozen:,} not trained), {inference.macs:,} MACs, "
        f"{inference.num_layers:,} layers",
        markup=False,
    )


def _report_issues(inference: Inference) -> None:
    for issue in inference.issues:
        err.print(f"{issue.level}: {issue}", markup=False)
    if not inference.ok:
        raise typer.Exit(ERRORS)
