"""What data sets are called where several stand beside each other: no two the same."""

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
    """The titles of all data sets that are here, by their names, the published ones first.

    Of those with one title the size tells them apart, else what their files are and when they came.
    """
    folder = shelf.datasets_folder(home())
    return _titles(home(), tuple(sorted(_stamp(path) for path in folder.glob(f"*/{DESCRIPTION}"))))


def own_facts(own: OwnDataset) -> tuple[str, ...]:
    """What tells data sets of one title apart, the plainest first."""
    kind = "gray" if own.channels == 1 else "color"
    number = f"{sum(own.class_counts) + sum(own.test_class_counts):,} images"
    size = f"{own.height}×{own.width}"
    day, _, time = own.created.partition("T")
    return (size, kind, number, own.source, day, time[:5], own.id[:6])


@lru_cache(maxsize=4)
def _titles(folder: Path, _: _Stamp) -> Mapping[str, str]:
    """Reads them; anew only once a description was written."""
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
    except OSError:  # deleted this very moment
        return str(path), 0
