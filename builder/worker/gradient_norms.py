"""Watches how strong the gradients are that reach each layer, inside of Keras's own training step.

The norms go into a variable of their own, the only thing that also works under XLA. The training
computes the same with it and without it; the exported script knows nothing of it.

In float16 the loss is scaled, and the gradients with it: what is watched is what the inner
optimizer gets, which is scaled back, and only where it is finite. Steps left out are not counted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ROWS_PER_EPOCH = 20


@dataclass(frozen=True, slots=True)
class WatchedLayer:
    """A layer that learns.

    Attributes:
        place: Among the model's layers, counted from 0.
        name: Keras's.
        weights: Its trainable weights, each with its number of values.
    """

    place: int
    name: str
    weights: tuple[tuple[str, int], ...]


class GradientNorms:
    """The Euclidean norm of each trainable weight's gradient.

    Args:
        keras: The module.
        model: A compiled model that was not trained yet by this object's process.
        num_batches: Batches in an epoch.

    Attributes:
        layers: The layers that learn; empty where the backend cannot be watched.
        variables: What the norms are kept in.
    """

    def __init__(self, keras: Any, model: Any, num_batches: int) -> None:
        self._keras = keras
        self._optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        self._every = max(1, num_batches // ROWS_PER_EPOCH)
        learning = _learning(model) if keras.backend.backend() == "tensorflow" else []
        self.layers = [_watched(place, layer) for place, layer in learning]
        weights = [weight for _, layer in learning for weight in layer.trainable_variables]
        self._rows = {id(weight): row for row, weight in enumerate(weights)}
        self.variables: list[Any] = []
        if not weights:
            return
        self._latest = keras.Variable(
            np.full(1 + len(weights), -1.0), trainable=False, dtype="float32", name="gradient_norms"
        )
        self.variables = [self._latest]
        self._apply = self._optimizer.apply
        self._optimizer.apply = self._watch_and_apply

    def read(self) -> tuple[int, list[list[float]]] | None:
        """The step of the newest norms, counted from 0 over the run, and each layer's norms."""
        if not self.layers:
            return None
        step, *norms = self._latest.numpy().tolist()
        rest = iter(norms)
        by_layer = [[next(rest) for _ in layer.weights] for layer in self.layers]
        return (int(step), by_layer) if step >= 0 else None

    def _watch_and_apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> Any:
        if trainable_variables is not None:
            grads, trainable_variables = list(grads), list(trainable_variables)
            self._watch(grads, trainable_variables)
        return self._apply(grads, trainable_variables)

    def _watch(self, grads: list[Any], variables: list[Any]) -> None:
        ops = self._keras.ops
        rows = {
            row: grad
            for grad, variable in zip(grads, variables, strict=True)
            if grad is not None and (row := self._rows.get(id(variable))) is not None
        }
        step = self._optimizer.iterations

        def norms() -> Any:
            found = [
                _norm(ops, rows[row]) if row in rows else ops.zeros(())
                for row in range(len(self._rows))
            ]
            return ops.stack([ops.cast(step, "float32"), *found])

        due = ops.equal(ops.mod(step, self._every), 0)
        self._latest.assign(ops.cond(due, norms, lambda: ops.convert_to_tensor(self._latest)))


def _norm(ops: Any, grad: Any) -> Any:
    """The norm of a gradient; scaled first, as the square of 1e-23 is 0 in 32 bits."""
    values = ops.cast(ops.convert_to_tensor(grad), "float32")
    largest = ops.max(ops.abs(values))
    scale = ops.where(largest > 0, largest, ops.ones(()))
    return largest * ops.sqrt(ops.sum(ops.square(values / scale)))


def _learning(model: Any) -> list[tuple[int, Any]]:
    """The layers with trainable weights, and the place of each among the model's layers."""
    return [(place, layer) for place, layer in enumerate(model.layers) if layer.trainable_variables]


def _watched(place: int, layer: Any) -> WatchedLayer:
    weights = tuple(
        (str(weight.name), math.prod(weight.shape)) for weight in layer.trainable_variables
    )
    return WatchedLayer(place, layer.name, weights)
