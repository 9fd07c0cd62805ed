"""Shapes and costs against rows worked by hand, and against each other."""

import pytest

from builder.blocks.base import Layer
from builder.blocks.catalogue import block_type, catalogue
from builder.blocks.costs import BYTES_PER_VALUE
from builder.blocks.layers import LAYERS
from builder.blocks.symbolic import trace
from builder.system.errors import ShapeError
from tests.blocks.rows import ROWS, Row


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    found = trace(block_type(row.block).create(row.given), row.inputs)
    assert found.output_shape == row.output
    assert found.params == row.params
    assert found.params - found.trainable_params == row.frozen
    assert found.macs == row.macs


@pytest.mark.parametrize("name", catalogue())
def test_every_block_has_a_row(name: str) -> None:
    assert any(row.block == name for row in ROWS), f"work one out in {Row.__module__}"


def test_the_comparison_of_separable_and_full_convolution() -> None:
    full = LAYERS["Conv2D"].create({"filters": 64, "use_bias": False})
    assert isinstance(full, Layer)
    (separable,) = full.alternatives()
    shape = (28, 28, 64)
    assert trace(full, (shape,)).params == 36_864
    assert trace(separable, (shape,)).params == 4_672
    assert trace(full, (shape,)).output_shape == trace(separable, (shape,)).output_shape


@pytest.mark.parametrize("given", [{"kernel_size": 1}, {"groups": 2}, {"strides": (1, 2)}], ids=str)
def test_no_comparison_where_the_other_layer_cannot_do_it(given: dict[str, object]) -> None:
    assert not LAYERS["Conv2D"].create(given).alternatives()


def test_activation_memory_counts_every_inner_layer_once() -> None:
    found = trace(block_type("conv_bn_relu").create({"filters": 8}), ((4, 4, 3),))
    assert found.activation_bytes == 3 * 4 * 4 * 8 * BYTES_PER_VALUE


@pytest.mark.parametrize(
    ("blocks", "window", "stride"),
    [
        (["Conv2D"], 3, 1),
        (["Conv2D", "Conv2D"], 5, 1),  # two 3×3 see as far as one 5×5
        (["Conv2D", "Conv2D", "Conv2D"], 7, 1),
        (["MaxPooling2D", "Conv2D"], 6, 2),
        (["vgg_block", "vgg_block"], 16, 4),
    ],
)
def test_receptive_field_grows_block_by_block(blocks: list[str], window: int, stride: int) -> None:
    shape, reach = (64, 64, 3), None
    for name in blocks:
        found = trace(block_type(name).create({}), (shape,))
        (inner,) = found.reaches
        assert inner is not None
        reach = reach.then(inner) if reach else inner
        shape = found.output_shape
    assert reach is not None
    assert (reach.window, reach.stride) == ((window, window), (stride, stride))


def test_slopes_of_one_row_have_nothing_orthogonal() -> None:
    slopes = block_type("PReLU").create({"alpha_initializer": "orthogonal"})
    assert trace(slopes, ((4, 4, 2),)).params == 32
    with pytest.raises(ShapeError, match="expected at least two axes"):
        trace(slopes, ((3,),))
