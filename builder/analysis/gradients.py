"""The strength of the gradients that reach each layer: as the worker stores them, and read back.

What is measured is the Euclidean norm of the gradient of all of a layer's trainable weights
together. In a chain of layers it is multiplied layer by layer on its way back to the input, so that
in a deep network without skips or normalization it may fade or grow without bound (Bengio, Simard,
Frasconi: Learning long-term dependencies with gradient descent is difficult, IEEE Transactions on
Neural Networks 1994; Glorot, Bengio: Understanding the difficulty of training deep feedforward
neural networks, AISTATS 2010). `verdicts` says what that means for the training.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.network.inference import infer
from builder.network.layer_paths import in_words, layer_paths
from builder.runs.metrics import read_rows
from builder.runs.trained_network import trained_network
from builder.system.errors import BuilderError, FormatError
from builder.system.formats import Content, Format, declare


def _with_all_weights(tables: Content) -> Content:
    """Version 1 recorded the norm of each layer's largest weight only."""
    return {
        "layers": [(place, name, "[]") for place, name in tables["layers"]],
        "norms": [(step, norms, "[]") for step, norms in tables["norms"]],
    }


GRADIENTS_FORMAT = declare(Format("gradients", version=2, migrations=(_with_all_weights,)))
"""Tables among a run's metrics, whose names tell the version: `_TABLES`."""

MAX_ROWS = 960
"""The most moments that are read: evenly chosen ones of a long training, including the last."""

_ROWS = """
WITH numbered AS (
    SELECT step, COUNT(*) OVER () - ROW_NUMBER() OVER (ORDER BY step) AS later FROM {table})
SELECT {columns} FROM numbered JOIN {table} USING (step)
WHERE later % (1 + (SELECT COUNT(*) - 1 FROM {table}) / {most}) = 0 ORDER BY step
"""
_TABLES = {
    2: (
        "SELECT layer, name, weights FROM learning_layers ORDER BY row",
        _ROWS.format(table="layer_gradients", columns="step, norms, unmoved", most=MAX_ROWS),
    ),
    1: (
        "SELECT layer, name FROM gradient_layers ORDER BY row",
        _ROWS.format(table="gradients", columns="step, norms", most=MAX_ROWS),
    ),
}
"""What is asked of a file for the layers and the norms of each version, the newest first."""

_RECENT_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class LearningLayer:
    """A layer with trainable weights.

    Attributes:
        name: Keras's.
        path: Our name: the path from the node to the layer.
        place: Its place among the model's layers, counted from 0.
        weights: The names of its trainable weights, such as kernel and bias; empty for a run that
            recorded the largest one only.
        largest: The index of the weight with the most values, usually the kernel.
    """

    name: str
    path: tuple[str, ...]
    place: int
    weights: tuple[str, ...] = ()
    largest: int = 0

    @property
    def title(self) -> str:
        """Its path in words."""
        return in_words(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class GradientFlow:
    """Norms over the training.

    Attributes:
        layers: From the input to the output.
        steps: Batches counted from 0 over the run, ascending, `(times,)`.
        norms: `(times, layers)`; not a number where the gradient was none.
        unmoved: `(times, weights)`: whether the gradient of a weight was exactly 0, the weights of
            one layer behind those of the other.
    """

    layers: tuple[LearningLayer, ...]
    steps: NDArray[np.int64]
    norms: NDArray[np.float64]
    unmoved: NDArray[np.bool_]

    @property
    def recent(self) -> NDArray[np.float64]:
        """Each layer's median over the last quarter of the time, `(layers,)`."""
        return _medians(self.latest)

    @property
    def beginning(self) -> NDArray[np.float64]:
        """Each layer's median over the first quarter of the time, `(layers,)`."""
        return _medians(self.norms[: self._num_recent])

    @property
    def latest(self) -> NDArray[np.float64]:
        """The norms of the last quarter of the time, `(times, layers)`."""
        return self.norms[-self._num_recent :]

    def still(self, layer: int) -> tuple[bool, ...]:
        """Which weights of a layer got no gradient in the last quarter of the time."""
        start = sum(len(before.weights) for before in self.layers[:layer])
        end = start + len(self.layers[layer].weights)
        recent = self.unmoved[-self._num_recent :]
        return tuple(bool(recent[:, weight].all()) for weight in range(start, end))

    @property
    def _num_recent(self) -> int:
        return max(1, round(len(self.norms) * _RECENT_SHARE))


def read_gradients(folder: Path) -> GradientFlow | None:
    """The norms of a run, during the training or later; None where there are none.

    Args:
        folder: The run's folder.
    """
    try:
        for version, (layers, norms) in _TABLES.items():
            tables = {"layers": read_rows(folder, layers), "norms": read_rows(folder, norms)}
            if tables["norms"]:
                now = GRADIENTS_FORMAT.forward(tables, version)
                return _flow(now["layers"], now["norms"], _paths(folder))
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError, FormatError):
        return None
    return None


def _flow(
    layers: Sequence[Sequence[object]],
    rows: Sequence[Sequence[object]],
    paths: Mapping[str, tuple[str, ...]],
) -> GradientFlow | None:
    """Joins the contents of the tables.

    Raises:
        ValueError: It is damaged; likewise TypeError, IndexError, OverflowError, RecursionError.
    """
    found = tuple(_layer(row, paths) for row in layers)
    norms = np.array([json.loads(str(row[1])) for row in rows], dtype=np.float64)
    if norms.ndim != 2 or norms.shape[1] != len(found):
        return None
    unmoved = np.zeros((len(rows), sum(len(layer.weights) for layer in found)), np.bool_)
    for time, row in enumerate(rows):
        unmoved[time, json.loads(str(row[2]))] = True
    steps = np.array([row[0] for row in rows], dtype=np.int64)
    return GradientFlow(found, steps, norms, unmoved)


def _layer(row: Sequence[object], paths: Mapping[str, tuple[str, ...]]) -> LearningLayer:
    place, name, weights = row
    known: list[tuple[str, int]] = [(str(of), int(size)) for of, size in json.loads(str(weights))]
    sizes = [size for _, size in known]
    return LearningLayer(
        name=str(name),
        path=paths.get(str(name), (str(name),)),
        place=int(str(place)),
        weights=tuple(weight for weight, _ in known),
        largest=sizes.index(max(sizes)) if sizes else 0,
    )


def _paths(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Our names of the layers; none, so that Keras's are used, if the network cannot be read."""
    try:
        return layer_paths(infer(trained_network(folder)))
    except BuilderError:
        return {}


def _medians(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each layer's median without NaN values; 0 where there is nothing else."""
    known = np.isfinite(norms)
    return np.array(
        [
            np.median(norms[known[:, layer], layer]) if known[:, layer].any() else 0.0
            for layer in range(norms.shape[1])
        ]
    )
