"""The commands that read an architecture: templates, summary, export."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from builder.analysis.fresh_model import save_fresh_model
from builder.codegen.diagram import images
from builder.codegen.diagram.dot import to_dot
from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_model_code, to_script
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
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.hierarchy import every_key
from builder.network.inference import Inference, infer
from builder.system.atomic import write_atomically
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.system.temporary import temporary_folder

MAX_BOXES = 2_000
"""The most layers in a full diagram; Graphviz would take too long to lay out more."""


class Format(StrEnum):
    """What an architecture can be exported to; `keras` is the script."""

    KERAS = "keras"
    MODEL_CODE = "model-code"
    NOTEBOOK = "notebook"
    MODEL = "model"
    JSON = "json"
    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


_DIAGRAMS = (Format.DOT, Format.SVG, Format.PNG, Format.PDF)


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
    to: Annotated[Format, typer.Option("--to", help="The format.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The file; - is standard output.", show_default=False),
    ],
    layers: Annotated[
        bool, typer.Option("--layers", help="In a diagram, draw what is inside of the blocks.")
    ] = False,
) -> None:
    """Writes an architecture to a file.

    keras is a script that trains, model-code the model's functions alone, notebook the script for
    Jupyter, model a .keras file with fresh weights; dot, svg, png and pdf are its diagram.
    """
    if layers and to not in _DIAGRAMS:
        fail(
            f"--layers: received with the format {to.value}, expected with a diagram "
            f"({', '.join(one.value for one in _DIAGRAMS)}); leave it out",
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
        _write(architecture, to, output, layers)
    err.print(f"Wrote {output} ({output.stat().st_size:,} bytes).")


def _print(architecture: Architecture, to: Format, layers: bool) -> None:
    with temporary_folder("print") as folder:
        path = folder / "exported"
        _write(architecture, to, path, layers)
        sys.stdout.buffer.write(path.read_bytes())


def _write(architecture: Architecture, to: Format, output: Path, layers: bool) -> None:
    writers: dict[Format, Callable[[Architecture], str]] = {
        Format.KERAS: to_script,
        Format.MODEL_CODE: to_model_code,
        Format.NOTEBOOK: to_notebook,
        Format.JSON: to_json,
    }
    if to is Format.MODEL:
        save_fresh_model(architecture, output)
    elif to in writers:
        write_atomically(output, writers[to](architecture))
    else:
        dot = _diagram(infer(architecture), layers)
        write_atomically(output, dot if to is Format.DOT else images.draw(dot, to.value))


def _diagram(inference: Inference, layers: bool) -> str:
    if not layers:
        return to_dot(inference)
    opened = every_key(inference.nodes.values(), MAX_BOXES)
    if opened is None:
        raise BuilderError(
            f"with the layers inside, the diagram would hold more than {MAX_BOXES:,} boxes",
            "export it without --layers",
        )
    return to_dot(inference, opened=opened)


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
