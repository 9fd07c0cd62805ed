"""MACs against TensorFlow's own count: the FLOPs that its profiler finds in the graph of a model.

The profiler knows nothing of Keras's layers or of our rules. It counts each operation after Keras
has lowered the model, two FLOPs to a multiply-accumulate.
"""

from typing import Any

import pytest

from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.inference import infer

MULTIPLYING = {"Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput", "MatMul"}
"""The operations that our convention counts; a transposed convolution is one run backwards."""

NAMES = ("unet", "mobilenet_v2", "inception_v1", "efficientnet_b0", "mini_xception")
"""Together they hold every kind of layer that is counted."""


def profiled_macs(script: str) -> int:
    """Executes an exported script, and lets TensorFlow count what one example takes."""
    import tensorflow as tf

    from tests.differential.oracle import build, with_zeros

    with with_zeros():
        model = build(script).model
    shape = (1, *model.input.shape[1:])
    graph: Any = tf.function(lambda images: model(images, training=False))
    traced = graph.get_concrete_function(tf.TensorSpec(shape)).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    at = tf.compat.v1.profiler.profile(traced, options=options, cmd="op")
    found = 0
    while at.children:  # a chain of kinds of operations
        (at,) = at.children
        found += at.float_ops if at.name in MULTIPLYING else 0
    assert found % 2 == 0
    return found // 2


@pytest.mark.keras
@pytest.mark.parametrize("name", NAMES)
def test_templates_cost_what_tensorflow_counts(name: str) -> None:
    architecture = TEMPLATES[name].architecture
    assert infer(architecture).macs == profiled_macs(to_script(architecture))


@pytest.mark.keras
def test_padded_strided_and_uneven_windows_cost_what_tensorflow_counts() -> None:
    architecture = stack(
        "windows",
        block("Input", shape=(33, 30, 5)),
        block("Conv2D", 8, (3, 5), strides=2, padding="same"),
        block("Conv2D", 9, (1, 4)),
        block("DepthwiseConv2D", 3, strides=2, depth_multiplier=2, padding="same"),
        block("SeparableConv2D", 7, 2, depth_multiplier=3),
        block("Conv2DTranspose", 6, 2, strides=2),
        block("Conv2D", 4, 3, dilation_rate=1),
        block("Dense", 3),
        block("Flatten"),
        block("Dense", 11),
    )
    inference = infer(architecture)
    assert inference.ok
    assert inference.macs == profiled_macs(to_script(architecture))
