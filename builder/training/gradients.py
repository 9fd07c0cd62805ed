"""How strong the gradients are that reach each layer, and what that says of the training.

What is measured is the Euclidean norm of the gradient of each layer's kernel. In a chain of layers
it is multiplied layer by layer on its way back to the input, so that in a deep network without
skips or normalisation it may fade or grow without bound (Bengio, Simard, Frasconi: Learning
long-term dependencies with gradient descent is difficult, IEEE Transactions on Neural Networks
1994; Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks,
AISTATS 2010).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from builder.training.metrics import read_rows

SCHEMA = """
CREATE TABLE IF NOT EXISTS gradient_layers (
    row INTEGER PRIMARY KEY, layer INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gradients (step INTEGER PRIMARY KEY, norms TEXT NOT NULL);
"""

VANISHED = 1e-3
"""A layer whose gradient is this part of the strongest one learns next to nothing beside it."""

EXPLODED = 1e3
"""A norm that only a gradient out of bounds has."""

GROWN = 100.0
"""How many times stronger than at the beginning a gradient may become."""

MAX_ROWS = 960
"""How many times are read at most: of a long training evenly chosen ones, the last one included."""

_ROWS = f"""
WITH numbered AS (
    SELECT step, COUNT(*) OVER () - ROW_NUMBER() OVER (ORDER BY step) AS later FROM gradients)
SELECT step, norms FROM numbered JOIN gradients USING (step)
WHERE later % (1 + (SELECT COUNT(*) - 1 FROM gradients) / {MAX_ROWS}) = 0 ORDER BY step
"""

MIN_ROWS = 3
MAX_NAMED = 3
_RECENT_SHARE = 0.25

State = Literal["vanishing", "exploding", "dead", "healthy", "unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class GradientFlow:
    """Norms over the training.

    Attributes:
        names: The layers' names, from the input to the output.
        layers: The place of each among the model's layers, counted from 0.
        steps: Batches counted from 0 over the run, ascending, `(times,)`.
        norms: `(times, layers)`; not a number where the gradient was none.
    """

    names: tuple[str, ...]
    layers: tuple[int, ...]
    steps: NDArray[np.int64]
    norms: NDArray[np.float64]

    @property
    def recent(self) -> NDArray[np.float64]:
        """Each layer's median over the last quarter of the time, `(layers,)`."""
        return _medians(self.norms[-_num_recent(len(self.norms)) :])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the norms say.

    Attributes:
        state: vanishing, exploding, dead (some layers get none at all), healthy, or unknown where
            there is too little to judge by.
        message: The same in a sentence: where it begins.
        advice: What would help; empty where nothing has to.
        layer: The index of the layer where it begins; None where nothing is wrong.
    """

    state: State
    message: str
    advice: str = ""
    layer: int | None = None


def read_gradients(folder: Path) -> GradientFlow | None:
    """The norms of a run, while they are written or later; None where there are none.

    Args:
        folder: The run's folder.
    """
    layers = read_rows(folder, "SELECT layer, name FROM gradient_layers ORDER BY row")
    rows = read_rows(folder, _ROWS)
    try:
        norms = np.array([json.loads(row[1]) for row in rows], dtype=np.float64)
    except (ValueError, TypeError):
        return None
    if norms.ndim != 2 or norms.shape[1] != len(layers):
        return None
    steps = np.array([row[0] for row in rows], dtype=np.int64)
    return GradientFlow(
        tuple(str(name) for _, name in layers), tuple(int(at) for at, _ in layers), steps, norms
    )


def judge(flow: GradientFlow) -> Verdict:
    """Says whether the gradients vanish, explode, do not reach some layers, or are healthy."""
    if len(flow.norms) < MIN_ROWS or len(flow.names) < 2:
        return Verdict("unknown", "Too few gradients to judge by yet.")
    recent = flow.recent
    for look in (_exploding, _vanishing, _dead):
        found = look(flow, recent)
        if found is not None:
            return found
    return _healthy(flow, recent)


def _exploding(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    advice = "Lower the learning_rate, set clipnorm, or put a BatchNormalization behind each layer."
    broken = np.flatnonzero(~np.isfinite(flow.norms[-1]))
    if len(broken):
        layer = int(broken[-1])  # backwards from the output it comes to this one first
        message = f"Exploding: the gradient of {flow.names[layer]} is no longer a finite number."
        return Verdict("exploding", message, advice, layer)
    beginning = _medians(flow.norms[: _num_recent(len(flow.norms))])
    grown = recent > np.maximum(beginning, 1e-12) * GROWN
    large = np.flatnonzero((recent > EXPLODED) | (grown & (recent > 1)))
    if not len(large):
        return None
    layer = int(large[-1])
    message = (
        f"Exploding: the gradient of {flow.names[layer]} is {_norm(recent[layer])}, "
        f"{_norm(beginning[layer])} at the beginning."
    )
    return Verdict("exploding", message, advice, layer)


def _vanishing(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    strongest = int(np.nanargmax(recent))
    if recent[strongest] == 0:
        message = "Vanishing: no gradient reaches any layer; nothing is learnt any more."
        advice = "Look for a loss that no longer depends on the weights, such as one of dead ReLUs."
        return Verdict("vanishing", message, advice, len(recent) - 1)
    weak = recent < recent[strongest] * VANISHED
    # A front part of the network that gets next to nothing, not a single layer in between.
    front = int(np.argmin(weak)) if not weak.all() else len(weak)
    if front == 0:
        return None
    first = flow.names[0]
    message = (
        f"Vanishing: going back to the input, from {flow.names[front - 1]} on hardly anything "
        f"arrives; {first} gets {recent[0] / recent[strongest]:.1e} of what "
        f"{flow.names[strongest]} gets."
    )
    advice = (
        "Residual connections carry the gradient past the layers; BatchNormalization and "
        "he_normal as the kernel_initializer keep its size."
    )
    return Verdict("vanishing", message, advice, front - 1)


def _dead(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    dead = np.flatnonzero(recent == 0)
    if not len(dead):
        return None
    names = [flow.names[layer] for layer in dead]
    shown = ", ".join(names[:MAX_NAMED]) + (" and others" if len(names) > MAX_NAMED else "")
    message = f"Dead: no gradient at all reaches {shown}; nothing is learnt there."
    advice = (
        "As a rule all its ReLU units give 0 for every image: give it more units (in a "
        "squeeze-and-excitation block a smaller ratio), another seed, or a lower learning_rate."
    )
    return Verdict("dead", message, advice, int(dead[0]))


def _healthy(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict:
    weakest, strongest = int(np.nanargmin(recent)), int(np.nanargmax(recent))
    share = recent[weakest] / recent[strongest]
    return Verdict(
        "healthy",
        f"Healthy: every layer gets a gradient; the weakest, {flow.names[weakest]}, has "
        f"{share:.2g} of the strongest, {flow.names[strongest]}.",
    )


def _num_recent(count: int) -> int:
    return max(1, round(count * _RECENT_SHARE))


def _medians(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each layer's median; what is no number is passed over, or 0 where there is nothing else."""
    known = np.isfinite(norms)
    return np.array(
        [
            np.median(norms[known[:, layer], layer]) if known[:, layer].any() else 0.0
            for layer in range(norms.shape[1])
        ]
    )


def _norm(value: float) -> str:
    return f"{value:.2g}"
