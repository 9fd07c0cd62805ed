"""Where a layer's parameters come from, as a formula of numbers."""

import re
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.blocks.base import Layer
from builder.blocks.catalogue import catalogue
from builder.blocks.costs import Weight
from builder.blocks.formula import params_formula
from builder.blocks.symbolic import trace
from tests.blocks.rows import LAYER_ROWS, Row

SHAPES = st.lists(st.integers(1, 6), max_size=4).map(tuple)


def worked_out(formula: str) -> int:
    assert re.fullmatch(r"[\d,·+() ]+", formula)
    return eval(formula.replace(",", "").replace("·", "*"))


@pytest.mark.parametrize(
    ("block", "shape", "given", "formula"),
    [
        ("Conv2D", (32, 32, 3), {"filters": 64}, "(3·3·3+1)·64"),
        ("Conv2D", (32, 32, 3), {"filters": 64, "use_bias": False}, "3·3·3·64"),
        ("Conv2D", (32, 32, 8), {"filters": 64, "groups": 4, "kernel_size": 1}, "(2+1)·64"),
        ("SeparableConv2D", (32, 32, 3), {"filters": 64}, "3·3·3 + (3+1)·64"),
        ("DepthwiseConv2D", (32, 32, 3), {"depth_multiplier": 2}, "(3·3+1)·6"),
        ("Conv2DTranspose", (8, 8, 64), {"filters": 32}, "(2·2·64+1)·32"),
        ("Dense", (25_088,), {"units": 4_096}, "(25,088+1)·4,096"),
        ("Dense", (128,), {"units": 1}, "128 + 1"),
        ("BatchNormalization", (8, 8, 64), {}, "4·64"),
        ("LayerNormalization", (8, 8, 3), {"axis": (1, 2, 3)}, "2·8·8·3"),
        ("Normalization", (8, 8, 3), {}, "2·3 + 1"),
        ("PReLU", (8, 8, 3), {}, "8·8·3"),
        ("ReLU", (8, 8, 3), {}, ""),
    ],
)
def test_the_formula_of_a_layer(
    block: str, shape: tuple[int, ...], given: dict[str, object], formula: str
) -> None:
    found = trace(catalogue()[block].create(given), (shape,))
    assert params_formula(found.calls[0].facts.weights) == formula


@pytest.mark.parametrize("row", [row for row in LAYER_ROWS if row.params], ids=str)
def test_every_worked_row_has_a_formula_that_gives_its_parameters(row: Row) -> None:
    found = trace(catalogue()[row.block].create(row.given), row.inputs)
    assert worked_out(params_formula(found.calls[0].facts.weights)) == row.params


@given(st.lists(SHAPES, min_size=1, max_size=4))
def test_a_formula_is_right_for_any_arrays(shapes: list[tuple[int, ...]]) -> None:
    weights = [Weight("array", shape) for shape in shapes]
    assert worked_out(params_formula(weights)) == sum(map(prod, shapes))


@pytest.mark.parametrize("row", [row for row in LAYER_ROWS if row.macs], ids=str)
def test_pixels_times_weights_are_the_multiply_accumulates(row: Row) -> None:
    layer = catalogue()[row.block].create(row.given)
    assert isinstance(layer, Layer)
    assert row.macs % prod(layer.uses(row.output, *row.inputs)) == 0
