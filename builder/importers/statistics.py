"""The mean and variance that a Normalization layer learned, which Keras saves as weights.

Weights are not imported, but these two define the layer: without them it does nothing. They are
written into the configuration, as if the layer had been made with `mean` and `variance`, and
imported as settings.

In a `.keras` file, Keras stores them by class and number
(`layers/functional/layers/normalization_1/vars/0`), not by name; in an `.h5` file they are under
the name of the outermost layer, with names that begin with the layer's own
(`model_weights/inner/deep/mean`).
"""

import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from builder.blocks.base import snake_case
from builder.importers import statistics_child
from builder.importers.archive import extract_weights
from builder.importers.configuration import is_list, is_object
from builder.importers.entries import MODELS
from builder.importers.hdf5 import as_path, run_reader
from builder.importers.reasons import Reason
from builder.importers.result import Unmapped, unmapped
from builder.importers.statistics_child import MAX_NUMBERS, OUTSIZED
from builder.importers.values import shortest
from builder.system.errors import Problem
from builder.system.helper_process import EndedBy
from builder.system.temporary import system_prefix

NORMALIZATION = "Normalization"
LARGEST = 1e6
"""The largest mean that a block may hold; a variance may be its square."""

_OLD_FOLDER = "_layer_checkpoint_dependencies"
"""The name of `layers` in TensorFlow 2.12 and 2.13."""

Found = Mapping[str, Mapping[str, Any]]
"""The `mean` and `variance` in a file, by their place in it."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A Normalization layer whose configuration has no statistics.

    Attributes:
        config: Its configuration.
        path: Its name, preceded by the names of the models around it.
        place: Where a `.keras` file holds its variables.
    """

    config: dict[str, Any]
    path: tuple[str, ...]
    place: str


def fill_statistics(content: dict[str, Any], file: BinaryIO) -> tuple[Unmapped, ...]:
    """Copies the statistics from the weights into a model's configuration.

    Args:
        content: The configuration of the model; changed in place.
        file: The `.keras` or `.h5` file that it comes from.

    Returns:
        The layers whose statistics could not be read, and why.
    """
    layers = list(_open_layers(content, (), ""))
    if not layers:
        return ()
    found = _read(file)
    lost: list[Unmapped] = []
    for layer in layers:
        reason = _fill(layer, found)
        if reason is not None:
            name = "/".join(layer.path)
            lost.append(unmapped(name, NORMALIZATION, reason, kept=True))
    return tuple(lost)


def _open_layers(model: dict[str, Any], path: tuple[str, ...], place: str) -> Iterator[_Layer]:
    """All Normalization layers of a model and its inner models that have no statistics yet."""
    config = model.get("config")
    listed = config.get("layers") if is_object(config) else config
    used: dict[str, int] = {}
    for item in listed if is_list(listed) else []:
        class_name = item.get("class_name") if is_object(item) else None
        inner = item.get("config") if is_object(item) else None
        if not isinstance(class_name, str):
            continue
        kind = snake_case(class_name)
        number = used[kind] = used.get(kind, -1) + 1
        here = f"{place}layers/{kind}_{number}" if number else f"{place}layers/{kind}"
        name = inner.get("name") if is_object(inner) else None
        way = (*path, name if isinstance(name, str) else kind)
        if class_name in MODELS:
            yield from _open_layers(item, way, f"{here}/")
        elif class_name == NORMALIZATION and is_object(inner) and _is_open(inner):
            yield _Layer(inner, way, here)


def _is_open(config: dict[str, Any]) -> bool:
    return config.get("mean") is None and config.get("variance") is None


def _read(file: BinaryIO) -> Found:
    """The statistics in the file; nothing if it cannot be read within limits."""
    with tempfile.NamedTemporaryFile(prefix=system_prefix("model"), suffix=".h5") as copy:
        file.seek(0)
        if file.read(2) != b"PK":
            with as_path(file) as path:
                return _statistics(path)
        if extract_weights(file, cast(BinaryIO, copy)):
            return _statistics(Path(copy.name))
    return {}


def _statistics(path: Path) -> Found:
    ended = run_reader(statistics_child.__name__, path)
    if ended.by != EndedBy.ITSELF or ended.status:
        return {}
    return json.loads(ended.output)


def _fill(layer: _Layer, found: Found) -> Problem | None:
    """Writes the statistics of one layer; returns why not if there are some or should be."""
    saved = _saved(layer, found)
    mean, variance = (saved.get(kind) for kind in ("mean", "variance"))
    if OUTSIZED in (mean, variance):
        return Problem(Reason.STATISTICS_TOO_LARGE, {"most": MAX_NUMBERS})
    means, variances = _numbers(mean), _numbers(variance)
    if not means or len(means) != len(variances):
        return Problem(Reason.STATISTICS_UNREAD)
    if all(value == 0 for value in means) and all(value == 1 for value in variances):
        return None  # it never learned any
    if not _is_in_range(means, LARGEST) or not _is_in_range(variances, LARGEST**2):
        return Problem(Reason.STATISTICS_OUT_OF_RANGE, {"largest": LARGEST})
    short = [shortest(value) for value in means], [shortest(value) for value in variances]
    layer.config["mean"], layer.config["variance"] = (
        values if isinstance(mean, list) else values[0] for values in short
    )
    return None


def _saved(layer: _Layer, found: Found) -> Mapping[str, Any]:
    """The statistics of a layer: by its place in a `.keras` file, by its names in an `.h5` file."""
    wanted = f"{layer.place}/vars"
    outermost, own = layer.path[0], layer.path[-1].rpartition("/")[2]
    by_name: list[Mapping[str, Any]] = []
    for place, saved in found.items():
        if place.replace(_OLD_FOLDER, "layers") == wanted:
            return saved
        if (
            f"{place}/".startswith(f"model_weights/{outermost}/")
            and place.rpartition("/")[2] == own
        ):
            by_name.append(saved)
    return by_name[0] if len(by_name) == 1 else {}


def _numbers(value: Any) -> list[float]:
    values = value if is_list(value) else [value]
    return values if all(isinstance(each, float) for each in values) else []


def _is_in_range(values: list[float], largest: float) -> bool:
    return all(math.isfinite(value) and abs(value) <= largest for value in values)
