"""Titles of data sets in a list; no two are the same."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.own_images.shelf import DESCRIPTION, OwnDataset
from builder.datasets.published import Dataset, catalogue
from builder.system.distinct import distinct
from builder.system.home import home

_Stamp = tuple[tuple[str, int], ...]


def data_titles() -> Mapping[str, str]:
    """The titles of all available data sets, by their names, the published ones first.

    Sets with the same title are distinguished by their size, otherwise by their files and dates.
    """
    folder = shelf.datasets_folder(home())
    return _titles(home(), tuple(sorted(_stamp(path) for path in folder.glob(f"*/{DESCRIPTION}"))))


def own_facts(own: OwnDataset) -> tuple[str, ...]:
    """What may distinguish data sets with the same title, the simplest first."""
    kind = "gray" if own.channels == 1 else "color"
    number = f"{sum(own.class_counts) + sum(own.test_class_counts):,} images"
    size = f"{own.height}×{own.width}"
    day, _, time = own.created.partition("T")
    return (size, kind, number, own.source, day, time[:5], own.id[:6])


@lru_cache(maxsize=4)
def _titles(folder: Path, _: _Stamp) -> Mapping[str, str]:
    """Reads them; cached until a description is written."""
    own = {f"{OWN}{one.id}": one for one in shelf.own_datasets(folder)}
    titles = {data.name: data.title for data in catalogue().values()}
    facts = {data.name: _published_facts(data) for data in catalogue().values()}
    return distinct(
        titles | {name: one.title for name, one in own.items()},
        facts | {name: own_facts(one) for name, one in own.items()},
    )


def _published_facts(data: Dataset) -> tuple[str, ...]:
    kind = "gray" if data.channels == 1 else "color"
    size = f"{data.height}×{data.width}"
    number = f"{data.num_images + data.num_test_images:,} images"
    return (size, kind, number, "published", "", "", "")


def _stamp(path: Path) -> tuple[str, int]:
    try:
        return str(path), path.stat().st_mtime_ns
    except OSError:  # deleted just now
        return str(path), 0
