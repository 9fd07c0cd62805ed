"""predict: a model's predictions for pictures."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.table import Table

from builder.analysis.given_pictures import Refused, inverted, target_for
from builder.analysis.prediction import (
    Reading,
    class_names,
    network,
    num_classes,
    read_scores,
    trained_file,
    usual_fit,
    usual_ranges,
)
from builder.analysis.prediction_process import PredictionProcess
from builder.command_line.given_files import gather, read_all
from builder.command_line.number_options import number, whole_number
from builder.command_line.shared import ERRORS, err, out
from builder.command_line.training import RunName, find_run
from builder.datasets.own_images.reasons import TAKEN
from builder.datasets.own_images.target import FITS, Fit, Target
from builder.datasets.own_images.value_range import same_for_all
from builder.runs.run_folder import Run
from builder.system.atomic import write_atomically
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError


@dataclass(frozen=True, slots=True)
class Seen:
    """A decoded picture.

    Attributes:
        name: Its file.
        about: How it was converted to the model's input, in words.
    """

    name: str
    about: str


_FITS: dict[str, Fit] = {one: one for one in FITS}


def predict(
    run: RunName,
    images: Annotated[
        list[Path],
        typer.Argument(help=f"{TAKEN} files, or folders of them, with the folders inside."),
    ],
    model: Annotated[
        str, typer.Option(help="last, or best where the run keeps that.", show_default="last")
    ] = "",
    fit: Annotated[
        str,
        typer.Option(
            help="Pictures of another shape: stretch, crop or pad.",
            show_default="as the run's images were",
        ),
    ] = "",
    value_range: Annotated[
        tuple[float, float] | None,
        typer.Option(
            help="Values that become 0 and 255, such as 0 4095.",
            parser=number(),
            metavar="LOW HIGH",
            show_default="as those of the run's images",
        ),
    ] = None,
    invert: Annotated[
        bool, typer.Option("--invert", help="Exchange light and dark, as for writing on paper.")
    ] = False,
    top: Annotated[
        int,
        typer.Option(help="Classes to show of each.", parser=whole_number(1), metavar="INTEGER"),
    ] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
    csv_file: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Write a table: file, class, and the probability of each class.",
        ),
    ] = None,
) -> None:
    """Predicts the classes of pictures, and tells how they were converted to the model's input.

    Files in a folder that are not pictures are left out and counted. The exit status is 1 if a file
    that should be a picture is not one; the others are still reported.
    """
    chosen = find_run(run)
    file = trained_file(chosen, model)
    found = network(chosen)
    if fit and fit not in _FITS:
        raise BuilderError(f"fit: received {fit!r}, expected one of {', '.join(_FITS)}")
    how = _FITS[fit] if fit else usual_fit(chosen)
    ranges = usual_ranges(chosen)
    if value_range is not None:
        ranges = same_for_all(*value_range)
    target = target_for(found.input_shapes[0], how, ranges)
    files, left_out = gather(images)
    if not files:
        raise BuilderError("there is no picture in what was given", f"expected {TAKEN} files")
    pictures, refused, reading = _look(chosen, file.path, files, target, invert)
    for one in refused:
        err.print(f"error: {one.name}: {one.message}; {one.fix}")
    if left_out.count:
        err.print(f"Left out, {left_out.count:,}:")
        for group in left_out.groups:
            err.print(f"  {group.count:,} {group.words}: {group.names}")
    names = class_names(chosen, num_classes(found))
    if csv_file is not None:
        _write_csv(csv_file, pictures, reading, names)
        err.print(f"{len(pictures):,} of {len(files):,} pictures are in {csv_file}.")
    if as_json:
        rows = _rows(pictures, refused, reading, names, top, file.which)
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    elif reading is not None:
        if csv_file is None:
            _print(pictures, reading, names, top)
        err.print(f"Model: {file.about}. {reading.about}")
    if refused:
        raise typer.Exit(ERRORS)


def _look(
    run: Run, model: Path, files: Sequence[Path], target: Target, invert: bool
) -> tuple[list[Seen], list[Refused], Reading | None]:
    """Processes a few files at a time, so that a folder of any size fits into memory."""
    seen: list[Seen] = []
    refused: list[Refused] = []
    scores: list[NDArray[np.float64]] = []
    activation = ""
    with PredictionProcess() as process, err.status("Keras starts and looks …") as status:
        for pictures, bad in read_all(files, target):
            refused += bad
            pictures = [inverted(one) for one in pictures] if invert else pictures
            if pictures:
                look = process.look(model, np.stack([picture.image for picture in pictures]))
                scores.append(look.scores)
                activation = look.activation
                seen += [Seen(picture.name, picture.about) for picture in pictures]
            status.update(f"{len(seen) + len(refused):,} of {len(files):,} pictures looked at …")
    if not scores:
        return seen, refused, None
    reading = read_scores(np.concatenate(scores), activation, run)
    reading.check_finite()
    return seen, refused, reading


def _write_csv(path: Path, pictures: list[Seen], reading: Reading | None, names: list[str]) -> None:
    """Writes a row for each picture, completely or not at all."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("file", "class", *names))
    if reading is not None:
        for picture, values in zip(pictures, reading.values, strict=True):
            chosen = names[int(np.argmax(values))]
            rows.writerow((picture.name, chosen, *(f"{value:.6g}" for value in values)))
    with explained(f"{path} cannot be written", where=path.parent):
        write_atomically(path, text.getvalue().encode("utf-8", "replace"))


def _rows(
    pictures: list[Seen],
    refused: list[Refused],
    reading: Reading | None,
    names: list[str],
    top: int,
    model: str,
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if reading is not None:
        kind = "probability" if reading.are_probabilities else "score"
        for place, picture in enumerate(pictures):
            classes = [
                {"class": names[index], "number": index, kind: value}
                for index, value in reading.top(place, top)
            ]
            seen = {"image": picture.name, "conversion": picture.about, "model": model}
            rows.append(seen | {"classes": classes})
    return rows + [{"image": one.name, "error": one.message, "fix": one.fix} for one in refused]


def _print(pictures: list[Seen], reading: Reading, names: list[str], top: int) -> None:
    table = Table()
    for column in ("image", "as the model sees it", "classes"):
        table.add_column(column)
    form = "{:.1%}" if reading.are_probabilities else "{:.4g}"
    for place, picture in enumerate(pictures):
        classes = (
            f"{names[index]} {form.format(value)}" for index, value in reading.top(place, top)
        )
        table.add_row(picture.name, picture.about, ", ".join(classes))
    out.print(table)
