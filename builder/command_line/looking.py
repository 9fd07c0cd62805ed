"""images: which of a person's own images would be used, and which would not."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from builder.command_line import own_images
from builder.datasets.own_images.survey import Survey
from builder.system.disk_errors import explained


def images(
    path: Annotated[Path, typer.Argument(help="A folder, a .zip or an .npz of images.")],
    split_folders: Annotated[
        str, typer.Option(help="What the folders that divide them are for, as train takes it.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Inspects your own images: classes, sizes and values, and what is not used and why.

    Nothing is stored. `train --dataset PATH` takes the same images.
    """
    with explained("the images cannot be read"):
        found = own_images.look(path, own_images.split_roles(split_folders))
    if as_json:
        values = _values(found)
        sys.stdout.write(json.dumps(values, indent=2, ensure_ascii=False) + "\n")
    else:
        own_images.say(found)
        own_images.chosen_ranges(found, None)


def _values(found: Survey) -> dict[str, Any]:
    """The findings with the ranges, without the example pictures."""
    values = {name: value for name, value in found.values().items() if name != "samples"}
    return values | {"ranges": [asdict(one) for one in found.ranges]}
