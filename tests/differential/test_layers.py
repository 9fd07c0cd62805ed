"""Every layer alone, against Keras: shapes, weights, costs and refusals, with any parameters.

Each layer is called on symbolic tensors and then on real zeros, since Keras notices some faults
only when it computes.
"""

import os
import subprocess
import sys
from inspect import getdoc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.blocks.base import Block, Layer
from builder.blocks.layers import LAYERS
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from tests.differential.attempts import attempt, drawn, on_purpose
from tests.drawing import IMAGES, SHAPES, SIZES, blocks, sizes

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]


def shapes_for(layer: type[Block]) -> st.SearchStrategy[list[Shape]]:
    """Shapes of a layer's inputs; a merge gets some that fit together and some that don't."""
    if layer.max_inputs == 1:
        return st.one_of(IMAGES, SHAPES).map(lambda shape: [shape])
    most = layer.max_inputs or 3

    def related(shape: Shape) -> st.SearchStrategy[list[Shape]]:
        other = st.one_of(
            st.just(shape),
            st.just((*(1 for _ in shape[1:]), shape[-1])),
            st.just(shape[-1:]),
            SIZES.map(lambda size: (*shape[:-1], size)),
            SIZES.map(lambda size: (size, *shape[1:])),
            SHAPES,
        )
        return st.lists(other, min_size=1, max_size=most - 1).map(lambda more: [shape, *more])

    return SHAPES.flatmap(related)


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "Input"])
def test_like_keras(name: str) -> None:
    from tests.differential.oracle import apply, observe

    @drawn(24)
    @given(blocks(LAYERS[name]), shapes_for(LAYERS[name]))
    def agree(layer: Layer, shapes: list[Shape]) -> None:
        ours = attempt(lambda: trace(layer, tuple(shapes)))
        if isinstance(ours, str) and on_purpose(ours):
            return
        keras = attempt(lambda: apply(layer, shapes))
        if isinstance(ours, str) or isinstance(keras, str):
            assert isinstance(ours, str), f"Keras refuses {layer} on {shapes}: {keras}"
            assert isinstance(keras, str), f"Keras accepts {layer} on {shapes}, we say: {ours}"
            return
        facts, observed = ours.calls[0].facts, observe(keras)
        assert observed.name == layer.class_name()
        assert observed.output_shape == ours.output_shape
        assert sizes(facts.weights) == [(tuple(w.shape), w.trainable) for w in keras.weights]
        assert [weight.name for weight in facts.weights] == [w.name for w in keras.weights]
        assert (observed.params, observed.trainable_params) == (ours.params, ours.trainable_params)
        assert observed.macs == ours.macs

    agree()


@pytest.mark.parametrize("name", ["DepthwiseConv2D", "SeparableConv2D"])
def test_stride_with_dilation_is_documented_as_impossible(name: str) -> None:
    import keras

    text = " ".join((getdoc(getattr(keras.layers, name)) or "").split())
    assert "`strides > 1` is incompatible with `dilation_rate > 1`" in text


UNEQUAL_STRIDES = """
import keras, numpy
from keras.layers import DepthwiseConv2D, SeparableConv2D

for layer in (DepthwiseConv2D(3, strides=(1, 2)), SeparableConv2D(8, 3, strides=(1, 2))):
    layer(keras.Input((8, 8, 4)))
    try:
        layer(numpy.zeros((1, 8, 8, 4)))
    except Exception as error:
        print(layer.name, "fails:", str(error).replace("\\n", " "))
"""


def test_unequal_strides_fail_only_when_computed() -> None:
    """Intel's kernels can do it, TensorFlow's own (other processors, GPUs) cannot."""
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0"}
    run = subprocess.run(
        [sys.executable, "-c", UNEQUAL_STRIDES],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for line, name in zip(run.stdout.splitlines(), ("depthwise", "separable"), strict=True):
        assert line.startswith(f"{name}_conv2d fails:")
        assert "only supports equal length strides" in line
