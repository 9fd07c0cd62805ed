"""Restores a model from a checkpoint, to the last bit.

Keras's own loading leaves three things out. Say a checkpoint was saved after 4 batches of epoch 2:

    random numbers   dropout would draw as at batch 0 again: the states of the seeds are restored
    metrics          Keras resets them when the epoch begins: the sums over the 4 batches are put
                     back after that
    callbacks        EarlyStopping would count its patience from 0: its numbers are put back

See docs/decisions/0015-going-on.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from builder.runs.run_folder import RunError
from builder.runs.run_state import MODEL
from builder.worker.checkpoints import Checkpoint, unsaved_variables

_PLAIN = (bool, int, float, type(None))
_OF_KERAS = frozenset({"params", "monitor_op", "min_delta"})
"""What Keras itself sets when a training begins; `min_delta` changes its sign then."""


@dataclass(frozen=True, slots=True)
class Task:
    """The script's part in a training, and its state from before.

    Attributes:
        callbacks: The script's own.
        best: Where they save the best model so far, if they do.
        epochs: The total number.
        learning_rate: The script's own.
        begin: The checkpoint from which the training goes on; None at its beginning.
    """

    callbacks: Sequence[Any]
    best: Path
    epochs: int
    learning_rate: float
    begin: Checkpoint | None

    def memory(self, *, ended: bool) -> dict[str, Any]:
        """What a checkpoint has to keep of it.

        Args:
            ended: Whether a callback has ended the training.
        """
        return {
            "callbacks": remember(self.callbacks),
            "epochs": self.epochs,
            "learning_rate": self.learning_rate,
            "ended": ended,
        }


def restore(model: Any, checkpoint: Checkpoint) -> None:
    """Gives a freshly prepared model the state of a checkpoint.

    Args:
        model: As the run's script builds and compiles it, with all its variables.
        checkpoint: The one to resume from.

    Raises:
        RunError: The checkpoint is of another model.
    """
    model.load_weights(checkpoint.folder / MODEL)
    variables = unsaved_variables(model)
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in checkpoint.variables]:
        raise RunError("The checkpoint is of another model", "start a new run with its settings")
    for variable, value in zip(variables, checkpoint.variables, strict=True):
        variable.assign(value)
    iterations = int(model.optimizer.iterations)
    # In float16 the optimizer leaves out a step whose gradients are too large for 16 bits.
    leaves_out = hasattr(model.optimizer, "inner_optimizer") and iterations < checkpoint.place.step
    if iterations != checkpoint.place.step and not leaves_out:
        raise RunError(
            f"The optimizer's state is that of batch {iterations:,}, expected "
            f"{checkpoint.place.step:,}",
            "start a new run with its settings",
        )


def restore_metrics(model: Any, checkpoint: Checkpoint) -> None:
    """Gives the metrics their mid-epoch state back, which Keras has reset."""
    metrics = model.metrics_variables
    values = checkpoint.variables[len(checkpoint.variables) - len(metrics) :]
    for variable, value in zip(metrics, values, strict=True):
        variable.assign(value)


def remember(callbacks: Sequence[Any]) -> list[dict[str, Any]]:
    """What callbacks are waiting for: their plain numbers, as JSON values."""
    return [_plain_values(callback) for callback in callbacks]


def remind(callbacks: Sequence[Any], known: Sequence[Mapping[str, Any]]) -> None:
    """Gives callbacks back what `remember` has recorded."""
    for callback, values in zip(callbacks, known, strict=False):
        for name, value in values.items():
            setattr(callback, name, float(value) if isinstance(value, str) else value)


def _plain_values(callback: Any) -> dict[str, Any]:
    attributes = cast("dict[str, Any]", vars(callback))
    return {
        name: _to_json(value)
        for name, value in attributes.items()
        if _is_plain(value) and name not in _OF_KERAS and not name.startswith("_")
    }


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN) or getattr(value, "shape", None) == ()


def _to_json(value: Any) -> Any:
    """JSON knows no infinity: such a number becomes its name."""
    plain: Any = value.item() if hasattr(value, "item") else value
    return repr(plain) if isinstance(plain, float) and not math.isfinite(plain) else plain
