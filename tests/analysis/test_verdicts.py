from collections.abc import Sequence

import numpy as np
import pytest

from builder.analysis.gradients import GradientFlow, LearningLayer
from builder.analysis.verdicts import judge

NAMES = ("conv2d", "conv2d_1", "conv2d_2", "dense")


def flow(*norms: Sequence[float]) -> GradientFlow:
    """Layers with a kernel and a bias, both of which are 0 where the norm is."""
    parts = [[(norm, norm) for norm in row] for row in norms]
    return of_weights([("kernel", "bias")] * len(norms[0]), *parts)


def of_weights(
    weights: Sequence[tuple[str, ...]], *norms: Sequence[tuple[float, ...]]
) -> GradientFlow:
    """The first weight of each layer is its largest."""
    layers = tuple(
        LearningLayer(name, (name,), place, own)
        for place, (name, own) in enumerate(zip(NAMES, weights, strict=False))
    )
    return GradientFlow(
        layers,
        np.arange(len(norms)),
        np.array([[max(layer) for layer in row] for row in norms]).reshape(len(norms), -1),
        np.array([[norm == 0 for layer in row for norm in layer] for row in norms]),
    )


def test_even_gradients_are_healthy() -> None:
    verdict = judge(flow(*[[0.2, 0.4, 1.0, 0.5]] * 8))
    assert verdict.state == "healthy"
    assert verdict.message == (
        "Healthy: every layer gets a gradient; the weakest, conv2d, has 0.2 of the strongest, "
        "conv2d_2."
    )
    assert verdict.advice == ""


def test_a_gradient_that_fades_toward_the_input_vanishes() -> None:
    verdict = judge(flow(*[[1e-7, 1e-5, 0.1, 1.0]] * 8))
    assert verdict.state == "vanishing"
    assert "from conv2d_1 on hardly anything arrives; conv2d gets 1.0e-07 of what dense gets" in (
        verdict.message
    )
    assert "Residual connections" in verdict.advice
    assert verdict.layer == 1


def test_a_weak_layer_in_between_is_no_vanishing_gradient() -> None:
    assert judge(flow(*[[0.5, 1e-6, 0.5, 1.0]] * 8)).state == "healthy"


def test_layers_that_get_none_are_dead() -> None:
    verdict = judge(flow(*[[0.5, 0.0, 0.0, 1.0]] * 8))
    assert verdict.state == "dead"
    assert "no gradient at all reaches conv2d_2, conv2d_1;" in verdict.message
    assert verdict.layer == 2


def test_where_nothing_arrives_nothing_is_learned() -> None:
    verdict = judge(flow(*[[0.0, 0.0, 0.0, 0.0]] * 8))
    assert verdict.state == "vanishing"
    assert "nothing is learned" in verdict.message


@pytest.mark.parametrize(
    ("last", "words", "layer"),
    [
        ([0.5, np.nan, np.nan, 1.0], "conv2d_2 is no longer a finite number", 2),
        ([0.5, 5_000.0, 1.0, 1.0], "conv2d_1 is 5e+03, 0.5 at the beginning", 1),
        ([70.0, 0.5, 0.5, 0.5], "conv2d is 70, 0.5 at the beginning", 0),
    ],
)
def test_a_gradient_that_grows_without_bound_explodes(
    last: list[float], words: str, layer: int
) -> None:
    verdict = judge(flow(*[[0.5, 0.5, 0.5, 0.5]] * 6, last, last))
    assert verdict.state == "exploding"
    assert words in verdict.message
    assert "clipnorm" in verdict.advice
    assert verdict.layer == layer


def test_two_looks_are_too_few() -> None:
    assert judge(flow(*[[0.5, 0.5, 0.5, 0.5]] * 2)).state == "unknown"
    assert judge(of_weights([], *[[]] * 9)).state == "unknown"


# ---- dead, or only in part ----------------------------------------------------------------------


def test_a_layer_whose_bias_learns_is_not_dead() -> None:
    weights = [("kernel", "bias"), ("gamma", "beta"), ("depthwise_kernel", "pointwise_kernel")]
    verdict = judge(of_weights(weights, *[[(0.0, 0.3), (1.0, 1.0), (1.0, 1.0)]] * 8))
    assert (verdict.state, verdict.layer) == ("dead", 0)
    assert verdict.message == (
        "Partly dead: of conv2d only bias learns, no gradient reaches kernel."
    )
    assert "nothing is learned" not in verdict.message


def test_what_learns_in_part_is_said_beside_what_does_not_learn() -> None:
    weights = [("kernel", "bias")] * 3
    verdict = judge(of_weights(weights, *[[(0.5, 0.1), (0.0, 0.0), (0.0, 0.3)]] * 8))
    assert verdict.layer == 1
    assert verdict.message == (
        "Dead: no gradient at all reaches conv2d_1; nothing is learned there. "
        "Besides, of conv2d_2 only bias learns, no gradient reaches kernel."
    )


def test_a_bias_that_needs_no_gradient_is_nothing_to_say() -> None:
    """In front of BatchNormalization its gradient is 0 but for rounding."""
    verdict = judge(of_weights([("kernel", "bias")] * 2, *[[(0.5, 0.0), (0.5, 0.5)]] * 8))
    assert verdict.state == "healthy"


def test_layers_of_one_weight_are_dead_or_not() -> None:
    dead = judge(of_weights([("gamma",), ("alpha",), ("kernel",)], *[[(0.1,), (0.0,), (1.0,)]] * 8))
    assert (dead.state, dead.layer) == ("dead", 1)
    assert "no gradient at all reaches conv2d_1; nothing is learned" in dead.message
    alone = judge(of_weights([("kernel",)], *[[(0.5,)]] * 8))
    assert alone.message == "Healthy: conv2d gets a gradient."


def test_a_front_that_is_cut_off_has_not_faded() -> None:
    verdict = judge(flow(*[[0.0, 0.0, 0.2, 1.0]] * 8))
    assert (verdict.state, verdict.layer) == ("dead", 1)
    assert "reaches conv2d_1, conv2d; nothing is learned there" in verdict.message


def test_a_gradient_that_fades_down_to_nothing_has_faded() -> None:
    verdict = judge(flow(*[[0.0, 1e-30, 0.2, 1.0]] * 8))
    assert (verdict.state, verdict.layer) == ("vanishing", 1)
    assert "conv2d_1 gets 1.0e-30 of what dense gets" in verdict.message


def test_a_layer_that_is_reached_now_and_then_is_not_dead() -> None:
    rows = [[0.5, 0.0, 0.5, 1.0]] * 15 + [[0.5, 0.4, 0.5, 1.0]]
    verdict = judge(flow(*rows))
    assert (verdict.state, verdict.layer) == ("dead", 1)
    assert verdict.message == "Nearly dead: in most batches no gradient reaches conv2d_1."
    assert judge(flow(*rows, rows[-1], rows[-1])).state == "healthy"
