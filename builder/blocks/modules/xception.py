from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters


@module
def xception_block(x: Tensor, filters: Filters = 128) -> Tensor:
    """Two separable convolutions and a pooling, added to a projection of the block's input.

    BatchNormalization and ReLU come before each convolution; the 1×1 projection has stride 2 to
    meet the pooled branch. Chollet, "Xception: Deep Learning with Depthwise Separable
    Convolutions", CVPR 2017.
    """
    shortcut = layers.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
    for _ in range(2):
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])
