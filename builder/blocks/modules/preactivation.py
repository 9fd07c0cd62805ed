from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Strides


@module
def preactivation_block(x: Tensor, filters: Filters = 64, strides: Strides = 1) -> Tensor:
    """Normalizes and activates before each of two 3×3 convolutions, then adds the block's input.

    Nothing stands on the way from one addition to the next, so gradients pass unchanged. The
    shortcut is a 1×1 projection of the activated input where strides or channels change. He et
    al., "Identity Mappings in Deep Residual Networks", ECCV 2016.
    """

    def bn_relu(x: Tensor) -> Tensor:
        x = layers.BatchNormalization()(x)
        return layers.Activation("relu")(x)

    def conv(x: Tensor, kernel_size: int, strides: Strides = 1) -> Tensor:
        return layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="valid" if kernel_size == 1 else "same",
            use_bias=False,
            kernel_initializer="he_normal",
        )(x)

    shortcut = x
    projects = strides != 1 or x.shape[-1] != filters
    x = bn_relu(x)
    if projects:
        shortcut = conv(x, 1, strides)
    x = conv(x, 3, strides)
    x = bn_relu(x)
    x = conv(x, 3)
    return layers.Add()([shortcut, x])


@module
def preactivation_bottleneck_block(
    x: Tensor, filters: Filters = 64, strides: Strides = 1
) -> Tensor:
    """A bottleneck whose convolutions come behind BatchNormalization and ReLU: ResNet V2.

    As in `keras.applications`: where the channels change, the shortcut is a 1×1 projection of the
    activated input; where only the size shrinks, every second pixel of the input. He et al.,
    "Identity Mappings in Deep Residual Networks", ECCV 2016.
    """

    def bn_relu(x: Tensor) -> Tensor:
        x = layers.BatchNormalization(epsilon=1.001e-5)(x)
        return layers.Activation("relu")(x)

    shortcut = x
    projects = x.shape[-1] != 4 * filters
    x = bn_relu(x)
    if projects:
        shortcut = layers.Conv2D(4 * filters, 1, strides=strides)(x)
    elif strides != 1:
        shortcut = layers.MaxPooling2D(1, strides=strides)(shortcut)
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = bn_relu(x)
    x = layers.ZeroPadding2D(((1, 1), (1, 1)))(x)
    x = layers.Conv2D(filters, 3, strides=strides, use_bias=False)(x)
    x = bn_relu(x)
    x = layers.Conv2D(4 * filters, 1)(x)
    return layers.Add()([shortcut, x])
