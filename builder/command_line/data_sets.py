"""data: the data sets that a training can learn from."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.table import Table

from builder.command_line.shared import err, out
from builder.datasets.availability import Reach, availability
from builder.datasets.data_titles import data_titles
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.published import Dataset, catalogue
from builder.system.home import home

STATES = {
    Reach.CACHED: "on this machine",
    Reach.DOWNLOAD: "is downloaded when needed",
    Reach.UNAVAILABLE: "not to be had here",
}


def data(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Lists data sets: your own images first, then the published ones.

    The id is what --dataset takes; the size is that of the images as they are kept.
    """
    own = [_own_row(one) for one in shelf.own_datasets(home())]
    titles = data_titles()
    rows = [
        {**row, "title": titles.get(row["id"], row["title"])}
        for row in (*own, *map(_published_row, catalogue().values()))
    ]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    table = Table()
    for column in ("id", "title", "images", "classes", "size", "on the disk", "state"):
        numeric = column in ("images", "classes", "on the disk")
        table.add_column(column, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*_cells(row))
    out.print(table)
    if not own:
        err.print(
            "There are no images of your own yet. `python -m builder images PATH` looks at some, "
            "`python -m builder train ARCH --dataset PATH` keeps and learns them.",
        )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    height, width, channels = row["size"]
    return (
        row["id"],
        row["title"],
        f"{row['images']:,}",
        f"{row['classes']:,}",
        f"{height}×{width} {'gray' if channels == 1 else 'color'}",
        f"{row['bytes'] / 1e6:,.1f} MB" if row["bytes"] else "",
        STATES[row["state"]],
    )


def _own_row(own: shelf.OwnDataset) -> dict[str, Any]:
    return {
        "id": f"{OWN}{own.id}",
        "title": own.title,
        "images": own.num_images + sum(own.test_class_counts),
        "classes": len(own.classes),
        "size": [own.height, own.width, own.channels],
        "fit": own.fit,
        "bytes": own.num_bytes,
        "source": own.source,
        "created": own.created,
        "state": availability(f"{OWN}{own.id}").state,
    }


def _published_row(found: Dataset) -> dict[str, Any]:
    return {
        "id": found.name,
        "title": found.title,
        "images": found.num_images + found.num_test_images,
        "classes": found.num_classes,
        "size": list(found.image_shape),
        "fit": None,
        "bytes": None,
        "source": None,
        "created": None,
        "state": availability(found.name).state,
    }
