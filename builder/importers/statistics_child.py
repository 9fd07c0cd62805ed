"""Reads the statistics of Normalization layers from an HDF5 file, in a separate process.

HDF5 is a library in C, and the file is untrusted. Started by `statistics.py`; it prints a JSON
object, or ends with one of the statuses of `hdf5_child`. Weights of other layers are not read.
"""

import json
import re
import sys
from importlib import import_module
from typing import Any

from builder.importers.hdf5_child import TOO_LARGE, UNREADABLE, limit_itself

NORMALIZATION = re.compile(r"normalization(_\d+)?")
VARIABLES = {"0": "mean", "1": "variance"}
"""How `.keras` files number the variables of a layer."""
MAX_NUMBERS = 4_096
"""The most numbers in one array: as many as a block's parameter may hold."""
MAX_PLACES = 1_000
OUTSIZED = "outsized"


def main(path: str) -> int:
    """Prints mean and variance by the place in the file; returns the exit status."""
    limit_itself()
    h5py: Any = import_module("h5py")  # it has no types
    found: dict[str, dict[str, Any]] = {}

    def visit(name: str, item: Any) -> bool | None:
        kind = _kind(re.split(r"[/\\]", name)) if isinstance(item, h5py.Dataset) else None
        if kind is not None:
            place = re.sub(r"[/\\]+", "/", name).rpartition("/")[0]
            found.setdefault(place, {})[kind] = _values(item)
        return True if len(found) > MAX_PLACES else None

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)  # follows no link to elsewhere
    except MemoryError:
        return TOO_LARGE
    except Exception:  # noqa: BLE001  the library raises all kinds, and all mean the same
        return UNREADABLE
    if len(found) > MAX_PLACES:
        return TOO_LARGE
    sys.stdout.write(json.dumps(found))
    return 0


def _kind(parts: list[str]) -> str | None:
    """Whether a path is that of a mean or of a variance."""
    if len(parts) > 2 and parts[-2] == "vars" and NORMALIZATION.fullmatch(parts[-3]):
        return VARIABLES.get(parts[-1])
    name = parts[-1].partition(":")[0]
    return name if name in VARIABLES.values() else None


def _values(dataset: Any) -> Any:
    """The numbers of a dataset, as a list or a single one; nothing if it is not a plain array."""
    if dataset.size is None or dataset.size > MAX_NUMBERS:
        return OUTSIZED
    if dataset.dtype.kind != "f" or dataset.is_virtual or dataset.external or dataset.ndim > 1:
        return None
    return dataset[()].astype("float64").tolist()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
