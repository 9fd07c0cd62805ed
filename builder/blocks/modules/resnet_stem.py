from typing import Annotated

from pydantic import Field

from builder.blocks import layers, regularizers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor
from builder.blocks.types import Filters, Initializer, UnitInterval, UseBias


@module
def resnet_stem(
    x: Tensor,
    filters: Filters = 64,
    use_bias: UseBias = False,
    kernel_initializer: Initializer = "he_normal",
    weight_decay: Annotated[
        UnitInterval, Field(description="Factor of the L2 penalty on the kernel; 0 for none.")
    ] = 1e-4,
    momentum: Annotated[UnitInterval, Field(description="Momentum of BatchNormalization.")] = 0.9,
    epsilon: Annotated[UnitInterval, Field(description="Epsilon of BatchNormalization.")] = 1e-5,
) -> Tensor:
    """Quarters height and width at once: a 7×7 convolution and an overlapping pooling.

    The beginning of ResNet and DenseNet. He et al., "Deep Residual Learning for Image
    Recognition", CVPR 2016.
    """
    x = layers.ZeroPadding2D(((3, 3), (3, 3)))(x)
    x = layers.Conv2D(
        filters,
        7,
        strides=2,
        use_bias=use_bias,
        kernel_initializer=kernel_initializer,
        kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
    )(x)
    x = layers.BatchNormalization(momentum=momentum, epsilon=epsilon)(x)
    x = layers.Activation("relu")(x)
    x = layers.ZeroPadding2D(((1, 1), (1, 1)))(x)
    return layers.MaxPooling2D(3, strides=2)(x)
