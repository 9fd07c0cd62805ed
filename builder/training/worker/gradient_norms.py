"""Watches how strong the gradients are that reach each layer, inside of Keras's own training step.

The norms go into a variable of their own, the only thing that also works under XLA. The training
computes the same with it and without it; the exported script knows nothing of it.

In float16 the loss is scaled, and the gradients with it: what is watched is what the inner
optimizer gets, which is scaled back, and only where it is finite. Steps left out are not counted.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

ROWS_PER_EPOCH = 20


class GradientNorms:
    """The Euclidean norm of each layer's gradient, of its kernel or what takes a kernel's place.

    Args:
        keras: The module.
        model: A compiled model that was not trained yet by this object's process.
        num_batches: Batches in an epoch.

    Attributes:
        layers: For each norm the place of its layer among the model's layers, and its name; empty
            where the backend cannot be watched.
        variables: What the norms are kept in.
    """

    def __init__(self, keras: Any, model: Any, num_batches: int) -> None:
        self._keras = keras
        self._optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        self._every = max(1, num_batches // ROWS_PER_EPOCH)
        kernels = _kernels(model) if keras.backend.backend() == "tensorflow" else []
        self.layers = [(place, name) for place, name, _ in kernels]
        self._places = {id(kernel): row for row, (_, _, kernel) in enumerate(kernels)}
        self.variables: list[Any] = []
        if not kernels:
            return
        self._latest = keras.Variable(
            np.full(1 + len(kernels), -1.0), trainable=False, dtype="float32", name="gradient_norms"
        )
        self.variables = [self._latest]
        self._apply = self._optimizer.apply
        self._optimizer.apply = self._watch_and_apply

    def read(self) -> tuple[int, list[float]] | None:
        """The step of the newest norms, counted from 0 over the run, and the norms."""
        if not self.layers:
            return None
        step, *norms = self._latest.numpy().tolist()
        return (int(step), norms) if step >= 0 else None

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
            if grad is not None and (row := self._places.get(id(variable))) is not None
        }
        step = self._optimizer.iterations

        def norms() -> Any:
            squares = [
                ops.sum(ops.square(ops.cast(ops.convert_to_tensor(rows[row]), "float32")))
                if row in rows
                else ops.zeros(())
                for row in range(len(self.layers))
            ]
            return ops.stack([ops.cast(step, "float32"), *map(ops.sqrt, squares)])

        due = ops.equal(ops.mod(step, self._every), 0)
        self._latest.assign(ops.cond(due, norms, lambda: ops.convert_to_tensor(self._latest)))


def _kernels(model: Any) -> list[tuple[int, str, Any]]:
    """Of each layer that learns one weight with two axes or more: the largest."""
    found: list[tuple[int, str, Any]] = []
    for place, layer in enumerate(model.layers):
        weights = [weight for weight in layer.trainable_variables if len(weight.shape) >= 2]
        if weights:
            found.append((place, layer.name, max(weights, key=_size)))
    return found


def _size(weight: Any) -> int:
    return math.prod(weight.shape)
