"""The commands that read an architecture: templates, summary, export."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from builder.actions.exports import FORMATS, ExportFormat, Shows, Subject
from builder.command_line.shared import (
    ERRORS,
    WRONG_USAGE,
    Target,
    err,
    fail,
    load,
    out,
    tell_unused,
)
from builder.command_line.summary import summary as summarize
from builder.command_line.summary import summary_rows
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.hierarchy import every_key
from builder.network.inference import Inference, infer
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.system.temporary import temporary_folder

MAX_BOXES = 2_000
"""The most layers in a full diagram; Graphviz would take too long to lay out more."""


_HELP = "; ".join(f"{one.name}: {one.about}" for one in FORMATS.values())


def _format(name: str) -> ExportFormat:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}")
    return FORMATS[name]


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
    inference = infer(load(target).architecture)
    if as_json:
        sys.stdout.write(json.dumps(summarize(inference, layers=layers), indent=2) + "\n")
    else:
        _print_summary(inference, layers)
    _report_issues(inference)


def export(
    target: Target,
    to: Annotated[
        ExportFormat,
        typer.Option("--to", parser=_format, metavar="FORMAT", help=_HELP, show_default=False),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The file; - is standard output.", show_default=False),
    ],
    layers: Annotated[
        bool, typer.Option("--layers", help="In a diagram, draw what is inside of the blocks.")
    ] = False,
) -> None:
    """Writes an architecture to a file."""
    if layers and to.shows is not Shows.DIAGRAM:
        diagrams = [one.name for one in FORMATS.values() if one.shows is Shows.DIAGRAM]
        fail(
            f"--layers: received with the format {to.name}, expected with a diagram "
            f"({', '.join(diagrams)}); leave it out",
            WRONG_USAGE,
        )
    loaded = load(target)
    architecture = loaded.architecture
    tell_unused(architecture)
    if loaded.training is not None:
        err.print("left out: the document's training settings; the file holds the network only")
    to_stdout = str(output) == "-"
    if not to_stdout and (output.is_dir() or not output.parent.is_dir()):
        fail(f"{output} cannot be written: it is no file in a folder that exists", WRONG_USAGE)
    if to_stdout:
        _print(architecture, to, layers)
        return
    with (
        explained(f"{output} cannot be written", where=output.parent),
        err.status(Text(f"Writing {output} …")),
    ):
        to.save(_subject(architecture, layers), output)
    err.print(f"Wrote {output} ({output.stat().st_size:,} bytes).")


def _print(architecture: Architecture, to: ExportFormat, layers: bool) -> None:
    with temporary_folder("print") as folder:
        path = folder / "exported"
        to.save(_subject(architecture, layers), path)
        sys.stdout.buffer.write(path.read_bytes())


def _subject(architecture: Architecture, layers: bool) -> Subject:
    """What is exported; with the layers inside of all blocks, if that is asked for."""
    if not layers:
        return Subject(architecture)
    opened = every_key(infer(architecture).nodes.values(), MAX_BOXES)
    if opened is None:
        raise BuilderError(
            f"with the layers inside, the diagram would hold more than {MAX_BOXES:,} boxes",
            "export it without --layers",
        )
    return Subject(architecture, opened=opened)


def _print_summary(inference: Inference, layers: bool) -> None:
    table = Table(title=inference.architecture.name, title_justify="left")
    for column in ("node", "block", "output shape", "params", "MACs"):
        table.add_column(column, justify="left" if column in ("node", "block") else "right")
    for row in summary_rows(inference):
        table.add_row(*row)
    out.print(table)
    if layers:
        for entry in summarize(inference, layers=True)["layers"]:
            shape = "×".join(map(str, entry["output_shape"]))
            out.print(f"  {entry['class']:<24} {shape:>16} {entry['params']:>14,}")
    frozen = inference.total_params - inference.trainable_params
    out.print(
        f"{inference.total_params:,} params ({frozen:,} not trained), {inference.macs:,} MACs, "
        f"{inference.num_layers:,} layers",
    )


def _report_issues(inference: Inference) -> None:
    for issue in inference.issues:
        err.print(f"{issue.level}: {issue}")
    if not inference.ok:
        raise typer.Exit(ERRORS)
