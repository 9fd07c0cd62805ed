"""predict: what a run's model makes of pictures."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from builder.command_line.shared import ERRORS, err, fail, out
from builder.command_line.training import RunName, find_run
from builder.errors import BuilderError
from builder.own_data.pictures import FITS, Fit
from builder.own_data.reasons import TAKEN
from builder.own_data.value_range import same_for_all
from builder.storage.full_disk import reason
from builder.training.given_pictures import (
    MAX_FILES,
    MAX_MEGABYTES,
    Picture,
    Refused,
    inverted,
    read_pictures,
    target_for,
)
from builder.training.prediction import (
    Reading,
    class_names,
    network,
    num_classes,
    read_scores,
    trained_file,
    usual_fit,
    usual_ranges,
)
from builder.training.prediction_process import PredictionProcess
from builder.training.run_folder import Run

_FITS: dict[str, Fit] = {one: one for one in FITS}


def predict(
    run: RunName,
    images: Annotated[
        list[Path],
        typer.Argument(help=f"{TAKEN} files, {MAX_FILES} at most."),
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
            metavar="LOW HIGH",
            show_default="as those of the run's images",
        ),
    ] = None,
    invert: Annotated[
        bool, typer.Option("--invert", help="Exchange light and dark, as for writing on paper.")
    ] = False,
    top: Annotated[int, typer.Option(help="Classes to show of each.", min=1)] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Says which classes a trained model sees in pictures, and how they were brought to its input.

    The exit status is 1 where one of the files is no picture; the others are told all the same.
    """
    chosen = find_run(run)
    try:
        file = trained_file(chosen, model)
        found = network(chosen)
        if fit and fit not in _FITS:
            raise BuilderError(f"fit: received {fit!r}, expected one of {', '.join(_FITS)}")
        how = _FITS[fit] if fit else usual_fit(chosen)
        ranges = usual_ranges(chosen)
        if value_range is not None:
            ranges = same_for_all(*value_range)
        pictures, refused = read_pictures(
            [(str(path), _content(path)) for path in images],
            target_for(found.input_shapes[0], how, ranges),
        )
        pictures = [inverted(one) for one in pictures] if invert else pictures
        reading = _read(chosen, file.path, pictures)
    except BuilderError as error:
        fail(str(error), ERRORS)
    except OSError as error:
        fail(f"{error.filename}: it cannot be read: {reason(error)}", ERRORS)
    for one in refused:
        err.print(f"error: {one.name}: {one.message}; {one.fix}")
    names = class_names(chosen, num_classes(found))
    if as_json:
        rows = _rows(pictures, refused, reading, names, top, file.which)
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    elif reading is not None:
        _print(pictures, reading, names, top)
        err.print(f"Model: {file.about}. {reading.about}")
    if refused:
        raise typer.Exit(ERRORS)


def _content(path: Path) -> bytes:
    """The file, or just so much of it that it is seen to be too large."""
    with path.open("rb") as file:
        return file.read(MAX_MEGABYTES * 1_000_000 + 1)


def _read(run: Run, model: Path, pictures: list[Picture]) -> Reading | None:
    if not pictures:
        return None
    with PredictionProcess() as process, err.status("Keras starts and looks …"):
        look = process.look(model, np.stack([picture.image for picture in pictures]))
    reading = read_scores(look.scores, look.activation, run)
    if not reading.is_finite:
        raise BuilderError(
            "the model's outputs are no numbers: its training has diverged",
            "train it once more with a smaller learning rate",
        )
    return reading


def _rows(
    pictures: list[Picture],
    refused: list[Refused],
    reading: Reading | None,
    names: list[str],
    top: int,
    model: str,
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if reading is not None:
        kind = "probability" if reading.are_probabilities else "score"
        for number, picture in enumerate(pictures):
            classes = [
                {"class": names[index], "number": index, kind: value}
                for index, value in reading.top(number, top)
            ]
            seen = {"image": picture.name, "conversion": picture.about, "model": model}
            rows.append(seen | {"classes": classes})
    return rows + [{"image": one.name, "error": one.message, "fix": one.fix} for one in refused]


def _print(pictures: list[Picture], reading: Reading, names: list[str], top: int) -> None:
    table = Table()
    for column in ("image", "as the model sees it", "classes"):
        table.add_column(column)
    form = "{:.1%}" if reading.are_probabilities else "{:.4g}"
    for number, picture in enumerate(pictures):
        classes = (
            f"{names[index]} {form.format(value)}" for index, value in reading.top(number, top)
        )
        table.add_row(picture.name, picture.about, ", ".join(classes))
    out.print(table)
