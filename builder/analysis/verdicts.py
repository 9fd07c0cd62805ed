"""Judges a training by the gradients that reach each layer.

    input                          output
    1e-7    1e-5    0.1            1        vanishing: it fades on the way back
    0       0       0.1            1        dead: it is cut off at the second layer
    0.5     0.2     bias alone     1        partly dead: the kernel of the third reads nothing but 0

The bounds are rules of thumb (docs/decisions/0017-looking-inside-a-training.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

import numpy as np
from numpy.typing import NDArray

from builder.analysis.gradients import GradientFlow

VANISHED = 1e-3
"""A layer whose gradient is below this share of the strongest one learns almost nothing."""

EXPLODED = 1e3
"""A norm that only an exploding gradient has."""

GROWN = 100.0
"""How many times a gradient may grow from the beginning."""

MIN_ROWS = 3
MAX_NAMED = 3


class Flow(StrEnum):
    """How the gradients flow."""

    VANISHING = auto()
    EXPLODING = auto()
    DEAD = auto()
    """Some weights get none at all."""
    HEALTHY = auto()
    UNKNOWN = auto()
    """There is too little to judge by."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict.

    Attributes:
        state: How they flow.
        message: The verdict in a sentence, with the place where the trouble begins.
        advice: What would help; empty where nothing is needed.
        layer: The index of the layer where the trouble begins; None where nothing is wrong.
    """

    state: Flow
    message: str
    advice: str = ""
    layer: int | None = None


def judge(flow: GradientFlow) -> Verdict:
    """Says whether the gradients vanish, explode, do not reach some weights, or are healthy."""
    if not flow.layers or len(flow.norms) < MIN_ROWS:
        return Verdict(Flow.UNKNOWN, "Too few gradients to judge by yet.")
    recent = flow.recent
    for look in (_exploding, _vanishing, _dead, _partly_dead, _rarely):
        found = look(flow, recent)
        if found is not None:
            return found
    return _healthy(flow, recent)


def _exploding(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    advice = "Lower the learning_rate, set clipnorm, or put a BatchNormalization behind each layer."
    broken = np.flatnonzero(~np.isfinite(flow.norms[-1]))
    if len(broken):
        layer = int(broken[-1])  # backwards from the output it comes to this one first
        title = flow.layers[layer].title
        message = f"Exploding: the gradient of {title} is no longer a finite number."
        return Verdict(Flow.EXPLODING, message, advice, layer)
    beginning = flow.beginning
    grown = recent > np.maximum(beginning, 1e-12) * GROWN
    large = np.flatnonzero((recent > EXPLODED) | (grown & (recent > 1)))
    if not len(large):
        return None
    layer = int(large[-1])
    message = (
        f"Exploding: the gradient of {flow.layers[layer].title} is {_norm(recent[layer])}, "
        f"{_norm(beginning[layer])} at the beginning."
    )
    return Verdict(Flow.EXPLODING, message, advice, layer)


def _vanishing(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    strongest = int(np.argmax(recent))
    dead = _never(flow)
    if dead.all():
        message = "Vanishing: no gradient reaches any layer; nothing is learned any more."
        advice = "Look for a loss that no longer depends on the weights, such as one of dead ReLUs."
        return Verdict(Flow.VANISHING, message, advice, len(recent) - 1)
    weak = recent < recent[strongest] * VANISHED
    # A front part of the network that gets next to nothing, not a single layer in between. Where
    # all of it gets exactly nothing, the gradient has not faded but is cut off.
    front = int(np.argmin(weak)) if not weak.all() else len(weak)
    if front == 0 or dead[:front].all():
        return None
    first = int(np.flatnonzero(~dead)[0])
    message = (
        f"Vanishing: going back to the input, from {flow.layers[front - 1].title} on hardly "
        f"anything arrives; {flow.layers[first].title} gets "
        f"{recent[first] / recent[strongest]:.1e} of what {flow.layers[strongest].title} gets."
    )
    advice = (
        "Residual connections carry the gradient past the layers; BatchNormalization and "
        "he_normal as the kernel_initializer keep its size."
    )
    return Verdict(Flow.VANISHING, message, advice, front - 1)


def _dead(flow: GradientFlow, _: NDArray[np.float64]) -> Verdict | None:
    """Layers none of whose weights gets any gradient; the one nearest to the output comes first."""
    dead = [int(layer) for layer in np.flatnonzero(_never(flow))[::-1]]
    if not dead:
        return None
    named = _named([flow.layers[layer].title for layer in dead])
    if all(flow.layers[layer].weights for layer in dead):
        partly = _partly_still(flow)
        rest = f". Besides, {_in_part(flow, partly)}" if partly else ""
        message = f"Dead: no gradient at all reaches {named}; nothing is learned there{rest}."
    else:
        message = (
            f"Dead: no gradient reaches the kernel of {named}. Whether the other weights learn, "
            "this training has not recorded."
        )
    advice = (
        "As a rule all its ReLU units give 0 for every image: give it more units (in a "
        "squeeze-and-excitation block a smaller ratio), another seed, or a lower learning_rate."
    )
    return Verdict(Flow.DEAD, message, advice, dead[0])


def _partly_dead(flow: GradientFlow, _: NDArray[np.float64]) -> Verdict | None:
    """Layers whose largest weight gets no gradient while another one of theirs does."""
    partly = _partly_still(flow)
    if not partly:
        return None
    advice = (
        "As a rule what the layer reads is 0 for every image, or its output is multiplied by 0: "
        "look at the layer in front of it and at the one behind."
    )
    return Verdict(Flow.DEAD, f"Partly dead: {_in_part(flow, partly)}.", advice, partly[0])


def _rarely(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict | None:
    """Layers that a gradient reaches in fewer than half of the batches."""
    rarely = [int(layer) for layer in np.flatnonzero(recent == 0)[::-1]]
    if not rarely:
        return None
    title = _named([flow.layers[layer].title for layer in rarely])
    return Verdict(
        Flow.DEAD,
        f"Nearly dead: in most batches no gradient reaches {title}.",
        "Most of its ReLU units give 0: give it more units, or lower the learning_rate.",
        rarely[0],
    )


def _healthy(flow: GradientFlow, recent: NDArray[np.float64]) -> Verdict:
    if len(flow.layers) == 1:
        return Verdict(Flow.HEALTHY, f"Healthy: {flow.layers[0].title} gets a gradient.")
    weakest, strongest = int(np.argmin(recent)), int(np.argmax(recent))
    share = recent[weakest] / recent[strongest]
    return Verdict(
        Flow.HEALTHY,
        f"Healthy: every layer gets a gradient; the weakest, {flow.layers[weakest].title}, has "
        f"{share:.2g} of the strongest, {flow.layers[strongest].title}.",
    )


def _never(flow: GradientFlow) -> NDArray[np.bool_]:
    """Which layers have got no gradient at all in the last quarter of the time."""
    return (flow.latest == 0).all(axis=0)


def _partly_still(flow: GradientFlow) -> list[int]:
    """Layers that learn without their largest weight, those near the output first."""
    found: list[int] = []
    for number, layer in reversed(list(enumerate(flow.layers))):
        still = flow.still(number)
        if still and still[layer.largest] and not all(still):
            found.append(number)
    return found


def _in_part(flow: GradientFlow, layers: Sequence[int]) -> str:
    """Says what of layers learns: of dense_1 only bias learns, no gradient reaches kernel."""
    patterns = [(flow.layers[layer].weights, flow.still(layer)) for layer in layers]
    weights, still = patterns[0]
    titles = _named(
        [
            flow.layers[layer].title
            for layer, pattern in zip(layers, patterns, strict=True)
            if pattern == patterns[0]
        ]
    )
    moved = [weight for weight, rests in zip(weights, still, strict=True) if not rests]
    others = [weight for weight, rests in zip(weights, still, strict=True) if rests]
    learn = "learns" if len(moved) == 1 else "learn"
    return (
        f"of {titles} only {' and '.join(moved)} {learn}, "
        f"no gradient reaches {' and '.join(others)}"
    )


def _named(titles: Sequence[str]) -> str:
    return ", ".join(titles[:MAX_NAMED]) + (" and others" if len(titles) > MAX_NAMED else "")


def _norm(value: float) -> str:
    return f"{value:.2g}"
