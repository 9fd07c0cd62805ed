"""One worked row or more for each block: shapes, parameters and multiply-accumulates by hand.

Every number is written as it is reckoned. `frozen` are the parameters that training does not change
by a gradient. BatchNormalization holds four values a channel, two of them frozen; without a scale
three.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.blocks.types import Shape


@dataclass(frozen=True)
class Row:
    """What a block gives and costs.

    Attributes:
        block: Its name.
        inputs: A shape for each input.
        output: The shape of the output.
        given: Parameters other than the defaults.
        params: All its parameters.
        frozen: Those of them that are not trained.
        macs: Multiply-accumulates for one example.
    """

    block: str
    inputs: tuple[Shape, ...]
    output: Shape
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    params: int = 0
    frozen: int = 0
    macs: int = 0

    def __str__(self) -> str:
        values = "-".join(str(value) for value in self.given.values())
        return f"{self.block}-{values}-{'+'.join(map(str, self.inputs))}".replace(" ", "")


def row(
    block: str,
    *inputs: Shape,
    output: Shape,
    params: int = 0,
    frozen: int = 0,
    macs: int = 0,
    **given: Any,
) -> Row:
    return Row(block, inputs, output, given, params, frozen, macs)


LAYER_ROWS = (
    row("Input", shape=(28, 28, 1), output=(28, 28, 1)),
    # Convolutions
    row(  # 3×3, 64 → 64 without bias: what the separable one is compared with
        "Conv2D",
        (28, 28, 64),
        filters=64,
        padding="same",
        use_bias=False,
        output=(28, 28, 64),
        params=36_864,
        macs=28 * 28 * 36_864,
    ),
    row(
        "SeparableConv2D",
        (28, 28, 64),
        filters=64,
        padding="same",
        use_bias=False,
        output=(28, 28, 64),
        params=4_672,
        macs=28 * 28 * 4_672,
    ),
    row(  # a network in network: 1×1 mixes channels at each pixel
        "Conv2D",
        (28, 28, 192),
        filters=32,
        kernel_size=1,
        output=(28, 28, 32),
        params=192 * 32 + 32,
        macs=28 * 28 * 192 * 32,
    ),
    row(  # AlexNet's first layer: (227 - 11) / 4 + 1 = 55
        "Conv2D",
        (227, 227, 3),
        filters=96,
        kernel_size=11,
        strides=4,
        output=(55, 55, 96),
        params=34_944,
        macs=105_415_200,
    ),
    row(  # 'same' with a stride: ⌈7 / 2⌉ × ⌈8 / 3⌉
        "Conv2D",
        (7, 8, 2),
        filters=5,
        strides=(2, 3),
        padding="same",
        output=(4, 3, 5),
        params=9 * 2 * 5 + 5,
        macs=4 * 3 * 9 * 2 * 5,
    ),
    row(  # two groups: each filter reads 4 of 8 channels
        "Conv2D",
        (10, 10, 8),
        filters=6,
        groups=2,
        output=(8, 8, 6),
        params=9 * 4 * 6 + 6,
        macs=8 * 8 * 9 * 4 * 6,
    ),
    row(  # dilated by 2, a 3×3 window covers 5×5
        "Conv2D",
        (10, 10, 1),
        filters=1,
        dilation_rate=2,
        use_bias=False,
        output=(6, 6, 1),
        params=9,
        macs=6 * 6 * 9,
    ),
    row(  # each pixel of the input lays its kernel down once
        "Conv2DTranspose",
        (28, 28, 128),
        filters=64,
        kernel_size=2,
        strides=2,
        output=(56, 56, 64),
        params=4 * 128 * 64 + 64,
        macs=28 * 28 * 4 * 128 * 64,
    ),
    row(
        "DepthwiseConv2D",
        (28, 28, 64),
        output=(26, 26, 64),
        params=9 * 64 + 64,
        macs=26 * 26 * 9 * 64,
    ),
    row(
        "DepthwiseConv2D",
        (8, 8, 3),
        kernel_size=(1, 3),
        depth_multiplier=2,
        strides=2,
        padding="same",
        use_bias=False,
        output=(4, 4, 6),
        params=3 * 3 * 2,
        macs=4 * 4 * 3 * 3 * 2,
    ),
    row(
        "SeparableConv2D",
        (9, 9, 4),
        filters=8,
        depth_multiplier=2,
        output=(7, 7, 8),
        params=9 * 4 * 2 + 4 * 2 * 8 + 8,
        macs=7 * 7 * (9 * 4 * 2 + 4 * 2 * 8),
    ),
    row("ZeroPadding2D", (8, 9, 3), output=(10, 11, 3)),
    row("ZeroPadding2D", (8, 9, 3), padding=((1, 2), (3, 4)), output=(11, 16, 3)),
    row("Cropping2D", (8, 9, 3), cropping=((1, 2), (3, 4)), output=(5, 2, 3)),
    row("UpSampling2D", (8, 9, 3), size=(2, 3), output=(16, 27, 3)),
    # Pooling
    row("MaxPooling2D", (7, 8, 3), output=(3, 4, 3)),
    row("MaxPooling2D", (55, 55, 96), pool_size=3, strides=2, output=(27, 27, 96)),  # overlapping
    row("MaxPooling2D", (7, 7, 3), padding="same", output=(4, 4, 3)),
    row("AveragePooling2D", (8, 8, 3), pool_size=3, strides=1, padding="same", output=(8, 8, 3)),
    row("GlobalAveragePooling2D", (7, 7, 512), output=(512,)),
    row("GlobalAveragePooling2D", (7, 7, 512), keepdims=True, output=(1, 1, 512)),
    row("GlobalMaxPooling2D", (7, 7, 512), output=(512,)),
    # Normalization and activation
    row("BatchNormalization", (8, 8, 64), output=(8, 8, 64), params=4 * 64, frozen=2 * 64),
    row("BatchNormalization", (8, 8, 64), scale=False, output=(8, 8, 64), params=192, frozen=128),
    row("BatchNormalization", (5, 6, 7), axis=1, output=(5, 6, 7), params=4 * 5, frozen=2 * 5),
    row("GroupNormalization", (8, 8, 64), output=(8, 8, 64), params=2 * 64),
    row("LayerNormalization", (8, 8, 64), output=(8, 8, 64), params=2 * 64),
    row("LayerNormalization", (4, 5, 6), axis=(1, 2), output=(4, 5, 6), params=2 * 4 * 5),
    row("Normalization", (8, 8, 3), output=(8, 8, 3), params=3 + 3 + 1, frozen=7),
    row("Normalization", (8, 8, 3), mean=(1.0, 2.0, 3.0), variance=(1.0,) * 3, output=(8, 8, 3)),
    row("Rescaling", (8, 8, 3), output=(8, 8, 3)),
    row("Rescaling", (8, 8, 3), scale=(0.5, 2.0, 1.0), offset=-1.0, output=(8, 8, 3)),
    row("Activation", (8, 8, 3), output=(8, 8, 3)),
    row("ReLU", (8, 8, 3), output=(8, 8, 3)),
    row("LeakyReLU", (8, 8, 3), output=(8, 8, 3)),
    row("PReLU", (8, 8, 16), output=(8, 8, 16), params=8 * 8 * 16),
    row("PReLU", (8, 8, 16), shared_axes=(1, 2), output=(8, 8, 16), params=16),
    # Regularization and augmentation
    row("Dropout", (8, 8, 3), output=(8, 8, 3)),
    row("SpatialDropout2D", (8, 8, 3), output=(8, 8, 3)),
    row("GaussianNoise", (10,), output=(10,)),
    row("RandomBrightness", (32, 32, 3), output=(32, 32, 3)),
    row("RandomContrast", (32, 32, 3), output=(32, 32, 3)),
    row("RandomContrast", (32, 32, 3), factor=(0.1, 0.2), output=(32, 32, 3)),
    row("RandomCrop", (32, 32, 3), output=(24, 24, 3)),
    row("RandomFlip", (32, 32, 3), output=(32, 32, 3)),
    row("RandomRotation", (32, 32, 3), output=(32, 32, 3)),
    row("RandomTranslation", (32, 32, 3), output=(32, 32, 3)),
    row("RandomZoom", (32, 32, 3), output=(32, 32, 3)),
    # Dense and reshaping
    row("Dense", (512,), units=10, output=(10,), params=512 * 10 + 10, macs=512 * 10),
    row(  # on an image, at each pixel
        "Dense",
        (4, 5, 6),
        units=7,
        use_bias=False,
        output=(4, 5, 7),
        params=6 * 7,
        macs=4 * 5 * 6 * 7,
    ),
    row("Flatten", (7, 7, 512), output=(25_088,)),
    row("Reshape", (64,), target_shape=(8, 8, 1), output=(8, 8, 1)),
    row("Reshape", (4, 6, 2), target_shape=(-1, 3), output=(16, 3)),
    row("Permute", (8, 6, 3), output=(6, 8, 3)),
    row("Resizing", (32, 48, 3), output=(224, 224, 3)),
    row("CenterCrop", (32, 48, 3), output=(24, 24, 3)),
    # Merging
    row("Add", (8, 8, 3), (8, 8, 3), output=(8, 8, 3)),
    row("Add", (8, 8, 3), (1, 1, 3), (3,), output=(8, 8, 3)),  # stretched, and aligned at the end
    row("Average", (8, 8, 3), (8, 8, 3), output=(8, 8, 3)),
    row("Maximum", (10,), (10,), output=(10,)),
    row("Multiply", (8, 8, 3), (1, 1, 3), output=(8, 8, 3)),
    row("Subtract", (8, 8, 3), (8, 8, 3), output=(8, 8, 3)),
    row("Concatenate", (8, 8, 3), (8, 8, 5), output=(8, 8, 8)),
    row("Concatenate", (2, 8, 3), (4, 8, 3), axis=1, output=(6, 8, 3)),
)

MODULE_ROWS = (
    row(  # the residual block's three cases: identity
        "residual_block",
        (8, 8, 128),
        filters=128,
        output=(8, 8, 128),
        params=2 * (9 * 128 * 128 + 128),
        macs=8 * 8 * 2 * 9 * 128 * 128,
    ),
    row(  # a 1×1 projection where the filters differ
        "residual_block",
        (8, 8, 32),
        filters=64,
        output=(8, 8, 64),
        params=(9 * 32 * 64 + 64) + (9 * 64 * 64 + 64) + (32 * 64 + 64),
        macs=8 * 8 * (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64),
    ),
    row(  # a 1×1 projection with stride 2 where the block pools
        "residual_block",
        (32, 32, 3),
        filters=32,
        pooling=True,
        output=(16, 16, 32),
        params=(9 * 3 * 32 + 32) + (9 * 32 * 32 + 32) + (3 * 32 + 32),
        macs=32 * 32 * (9 * 3 * 32 + 9 * 32 * 32) + 16 * 16 * 3 * 32,
    ),
    row(  # it pools although the channels stay: the projection is needed all the same
        "residual_block",
        (7, 7, 8),
        filters=8,
        pooling=True,
        output=(4, 4, 8),
        params=2 * (9 * 8 * 8 + 8) + (8 * 8 + 8),
        macs=7 * 7 * 2 * 9 * 8 * 8 + 4 * 4 * 8 * 8,
    ),
    row(  # ResNet's convolution block
        "bottleneck_block",
        (56, 56, 64),
        filters=64,
        output=(56, 56, 256),
        params=64 * 256 + 64 * 64 + 9 * 64 * 64 + 64 * 256 + 4 * (256 + 64 + 64 + 256),
        frozen=2 * (256 + 64 + 64 + 256),
        macs=56 * 56 * (64 * 256 + 64 * 64 + 9 * 64 * 64 + 64 * 256),
    ),
    row(  # the same with a stride, and with biases as in Keras's variant
        "bottleneck_block",
        (56, 56, 256),
        filters=128,
        strides=2,
        use_bias=True,
        output=(28, 28, 512),
        params=(256 * 512 + 256 * 128 + 9 * 128 * 128 + 128 * 512) + 5 * (512 + 128 + 128 + 512),
        frozen=2 * (512 + 128 + 128 + 512),
        macs=28 * 28 * (256 * 512 + 256 * 128 + 9 * 128 * 128 + 128 * 512),
    ),
    row(  # ResNet's identity block
        "bottleneck_block",
        (56, 56, 256),
        filters=64,
        output=(56, 56, 256),
        params=256 * 64 + 9 * 64 * 64 + 64 * 256 + 4 * (64 + 64 + 256),
        frozen=2 * (64 + 64 + 256),
        macs=56 * 56 * (256 * 64 + 9 * 64 * 64 + 64 * 256),
    ),
    row(
        "basic_block",
        (56, 56, 64),
        output=(56, 56, 64),
        params=2 * (9 * 64 * 64 + 4 * 64),
        frozen=2 * 2 * 64,
        macs=56 * 56 * 2 * 9 * 64 * 64,
    ),
    row(
        "basic_block",
        (56, 56, 64),
        filters=128,
        strides=2,
        output=(28, 28, 128),
        params=64 * 128 + 9 * 64 * 128 + 9 * 128 * 128 + 3 * 4 * 128,
        frozen=3 * 2 * 128,
        macs=28 * 28 * (64 * 128 + 9 * 64 * 128 + 9 * 128 * 128),
    ),
    row(  # as many weights as its residual twin
        "plain_block",
        (56, 56, 64),
        output=(56, 56, 64),
        params=2 * (9 * 64 * 64 + 4 * 64),
        frozen=2 * 2 * 64,
        macs=56 * 56 * 2 * 9 * 64 * 64,
    ),
    row(
        "preactivation_block",
        (56, 56, 64),
        filters=128,
        strides=2,
        output=(28, 28, 128),
        params=4 * (64 + 128) + 64 * 128 + 9 * 64 * 128 + 9 * 128 * 128,
        frozen=2 * (64 + 128),
        macs=28 * 28 * (64 * 128 + 9 * 64 * 128 + 9 * 128 * 128),
    ),
    row(
        "preactivation_bottleneck_block",
        (56, 56, 64),
        output=(56, 56, 256),
        params=4 * 3 * 64 + (64 * 256 + 256) + 64 * 64 + 9 * 64 * 64 + (64 * 256 + 256),
        frozen=2 * 3 * 64,
        macs=56 * 56 * (64 * 256 + 64 * 64 + 9 * 64 * 64 + 64 * 256),
    ),
    row(
        "se_bottleneck_block",
        (56, 56, 256),
        output=(56, 56, 256),
        params=(256 * 64 + 9 * 64 * 64 + 64 * 256)
        + 4 * (64 + 64 + 256)
        + (256 * 16 + 16 + 16 * 256 + 256),
        frozen=2 * (64 + 64 + 256),
        macs=56 * 56 * (256 * 64 + 9 * 64 * 64 + 64 * 256) + 2 * 256 * 16,
    ),
    row(
        "squeeze_excitation",
        (8, 8, 64),
        output=(8, 8, 64),
        params=(64 * 4 + 4) + (4 * 64 + 64),
        macs=64 * 4 + 4 * 64,
    ),
    row(
        "conv_bn_relu",
        (28, 28, 3),
        output=(28, 28, 32),
        params=9 * 3 * 32 + 4 * 32,
        frozen=2 * 32,
        macs=28 * 28 * 9 * 3 * 32,
    ),
    row(
        "vgg_block",
        (32, 32, 3),
        output=(16, 16, 64),
        params=(9 * 3 * 64 + 64) + (9 * 64 * 64 + 64),
        macs=32 * 32 * (9 * 3 * 64 + 9 * 64 * 64),
    ),
    row(
        "xception_block",
        (45, 45, 64),
        output=(23, 23, 128),
        params=64 * 128 + 4 * (64 + 128) + (9 * 64 + 64 * 128) + (9 * 128 + 128 * 128),
        frozen=2 * (64 + 128),
        macs=23 * 23 * 64 * 128 + 45 * 45 * ((9 * 64 + 64 * 128) + (9 * 128 + 128 * 128)),
    ),
    row(
        "xception_reduction_block",
        (74, 74, 128),
        filters=256,
        output=(37, 37, 256),
        params=128 * 256 + (9 * 128 + 128 * 256) + (9 * 256 + 256 * 256) + 3 * 4 * 256,
        frozen=3 * 2 * 256,
        macs=37 * 37 * 128 * 256 + 74 * 74 * ((9 * 128 + 128 * 256) + (9 * 256 + 256 * 256)),
    ),
    row(
        "xception_middle_block",
        (19, 19, 728),
        output=(19, 19, 728),
        params=3 * (9 * 728 + 728 * 728 + 4 * 728),
        frozen=3 * 2 * 728,
        macs=19 * 19 * 3 * (9 * 728 + 728 * 728),
    ),
    row(
        "separable_conv_bn_relu",
        (28, 28, 32),
        output=(28, 28, 64),
        params=9 * 32 + 32 * 64 + 4 * 64,
        frozen=2 * 64,
        macs=28 * 28 * (9 * 32 + 32 * 64),
    ),
    row(
        "classifier_head", (8, 8, 64), output=(10,), params=64 * 10 + 10, macs=64 * 10, dropout=0.5
    ),
    row(
        "dense_conv_block",
        (28, 28, 64),
        output=(28, 28, 64 + 32),
        params=4 * 64 + 64 * 128 + 4 * 128 + 9 * 128 * 32,
        frozen=2 * (64 + 128),
        macs=28 * 28 * (64 * 128 + 9 * 128 * 32),
    ),
    row(
        "dense_block",
        (28, 28, 64),
        num_layers=2,
        output=(28, 28, 64 + 2 * 32),
        params=4 * (64 + 128 + 96 + 128) + (64 + 96) * 128 + 2 * 9 * 128 * 32,
        frozen=2 * (64 + 128 + 96 + 128),
        macs=28 * 28 * ((64 + 96) * 128 + 2 * 9 * 128 * 32),
    ),
    row(
        "transition_layer",
        (56, 56, 256),
        output=(28, 28, 128),
        params=4 * 256 + 256 * 128,
        frozen=2 * 256,
        macs=56 * 56 * 256 * 128,
    ),
    row(  # GoogLeNet's inception 3a
        "inception_v1_module",
        (28, 28, 192),
        output=(28, 28, 64 + 128 + 32 + 32),
        params=(192 * 64 + 64)
        + (192 * 96 + 96)
        + (9 * 96 * 128 + 128)
        + (192 * 16 + 16)
        + (25 * 16 * 32 + 32)
        + (192 * 32 + 32),
        macs=28 * 28 * (192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32),
    ),
    row(
        "inception_a",
        (35, 35, 192),
        output=(35, 35, 64 + 64 + 96 + 32),
        params=192 * (64 + 48 + 64 + 32)
        + (25 * 48 * 64 + 9 * 64 * 96 + 9 * 96 * 96)
        + 3 * (64 + 48 + 64 + 64 + 96 + 96 + 32),
        frozen=2 * (64 + 48 + 64 + 64 + 96 + 96 + 32),
        macs=35 * 35 * (192 * (64 + 48 + 64 + 32) + 25 * 48 * 64 + 9 * 64 * 96 + 9 * 96 * 96),
    ),
    row(
        "inception_b",
        (35, 35, 288),
        output=(17, 17, 384 + 96 + 288),
        params=9 * 288 * 384 + (288 * 64 + 9 * 64 * 96 + 9 * 96 * 96) + 3 * (384 + 64 + 96 + 96),
        frozen=2 * (384 + 64 + 96 + 96),
        macs=17 * 17 * (9 * 288 * 384 + 9 * 96 * 96) + 35 * 35 * (288 * 64 + 9 * 64 * 96),
    ),
    row(
        "inception_c",
        (17, 17, 768),
        output=(17, 17, 4 * 192),
        params=768 * (192 + 128 + 128 + 192)
        + (4 * 7 * 128 * 128 + 2 * 7 * 128 * 192)
        + 3 * (4 * 192 + 6 * 128),
        frozen=2 * (4 * 192 + 6 * 128),
        macs=17 * 17 * (768 * (192 + 128 + 128 + 192) + 4 * 7 * 128 * 128 + 2 * 7 * 128 * 192),
    ),
    row(
        "inception_d",
        (17, 17, 768),
        output=(8, 8, 320 + 192 + 768),
        params=2 * 768 * 192
        + (9 * 192 * 320 + 2 * 7 * 192 * 192 + 9 * 192 * 192)
        + 3 * (5 * 192 + 320),
        frozen=2 * (5 * 192 + 320),
        macs=17 * 17 * (2 * 768 * 192 + 2 * 7 * 192 * 192)
        + 8 * 8 * (9 * 192 * 320 + 9 * 192 * 192),
    ),
    row(
        "inception_e",
        (8, 8, 1280),
        output=(8, 8, 320 + 2 * 2 * 384 + 192),
        params=1280 * (320 + 384 + 448 + 192)
        + (4 * 3 * 384 * 384 + 9 * 448 * 384)
        + 3 * (320 + 6 * 384 + 448 + 192),
        frozen=2 * (320 + 6 * 384 + 448 + 192),
        macs=8 * 8 * (1280 * (320 + 384 + 448 + 192) + 4 * 3 * 384 * 384 + 9 * 448 * 384),
    ),
    row(  # 16 → 96 → 24 channels, gate of 16 / 4 = 4
        "mbconv_block",
        (112, 112, 16),
        filters=24,
        strides=2,
        output=(56, 56, 24),
        params=(16 * 96 + 9 * 96 + 96 * 24) + 4 * (96 + 96 + 24) + (96 * 4 + 4 + 4 * 96 + 96),
        frozen=2 * (96 + 96 + 24),
        macs=112 * 112 * 16 * 96 + 56 * 56 * (9 * 96 + 96 * 24) + 2 * 4 * 96,
    ),
    row(  # 24 → 144 → 24 channels, added to the input
        "mbconv_block",
        (56, 56, 24),
        filters=24,
        drop_rate=0.1,
        output=(56, 56, 24),
        params=(24 * 144 + 9 * 144 + 144 * 24)
        + 4 * (144 + 144 + 24)
        + (144 * 6 + 6 + 6 * 144 + 144),
        frozen=2 * (144 + 144 + 24),
        macs=56 * 56 * (24 * 144 + 9 * 144 + 144 * 24) + 2 * 6 * 144,
    ),
    row(  # the two above in a row
        "mbconv_stage",
        (112, 112, 16),
        filters=24,
        num_blocks=2,
        strides=2,
        output=(56, 56, 24),
        params=(16 * 96 + 9 * 96 + 96 * 24)
        + 4 * (96 + 96 + 24)
        + (96 * 4 + 4 + 4 * 96 + 96)
        + (24 * 144 + 9 * 144 + 144 * 24)
        + 4 * (144 + 144 + 24)
        + (144 * 6 + 6 + 6 * 144 + 144),
        frozen=2 * (96 + 96 + 24) + 2 * (144 + 144 + 24),
        macs=112 * 112 * 16 * 96
        + 56 * 56 * (9 * 96 + 96 * 24)
        + 2 * 4 * 96
        + 56 * 56 * (24 * 144 + 9 * 144 + 144 * 24)
        + 2 * 6 * 144,
    ),
    row(
        "depthwise_separable_block",
        (112, 112, 32),
        output=(112, 112, 64),
        params=9 * 32 + 32 * 64 + 4 * (32 + 64),
        frozen=2 * (32 + 64),
        macs=112 * 112 * (9 * 32 + 32 * 64),
    ),
    row(
        "inverted_residual_block",
        (112, 112, 16),
        filters=24,
        strides=2,
        output=(56, 56, 24),
        params=16 * 96 + 9 * 96 + 96 * 24 + 4 * (96 + 96 + 24),
        frozen=2 * (96 + 96 + 24),
        macs=112 * 112 * 16 * 96 + 56 * 56 * (9 * 96 + 96 * 24),
    ),
    row(
        "nasnet_separable_block",
        (28, 28, 44),
        output=(28, 28, 44),
        params=2 * (9 * 44 + 44 * 44 + 4 * 44),
        frozen=2 * 2 * 44,
        macs=28 * 28 * 2 * (9 * 44 + 44 * 44),
    ),
    row(  # channels differ: one projection
        "nasnet_adjust",
        (28, 28, 88),
        (28, 28, 44),
        output=(28, 28, 44),
        params=88 * 44 + 4 * 44,
        frozen=2 * 44,
        macs=28 * 28 * 88 * 44,
    ),
    row(  # sizes differ: two paths with half of the filters each
        "nasnet_adjust",
        (28, 28, 32),
        (14, 14, 44),
        output=(14, 14, 44),
        params=2 * 32 * 22 + 4 * 44,
        frozen=2 * 44,
        macs=14 * 14 * 2 * 32 * 22,
    ),
    row(  # two projections, and two 5×5 and three 3×3 separable pairs
        "nasnet_normal_cell",
        (28, 28, 264),
        (28, 28, 264),
        output=(28, 28, 6 * 44),
        params=2 * (264 * 44 + 4 * 44)
        + 2 * 2 * (25 * 44 + 44 * 44 + 4 * 44)
        + 3 * 2 * (9 * 44 + 44 * 44 + 4 * 44),
        frozen=2 * 44 * (2 + 5 * 2),
        macs=28 * 28 * (2 * 264 * 44 + 2 * 2 * (25 * 44 + 44 * 44) + 3 * 2 * (9 * 44 + 44 * 44)),
    ),
    row(  # two projections, and two 5×5, two 7×7 and one 3×3 separable pairs
        "nasnet_reduction_cell",
        (28, 28, 264),
        (28, 28, 264),
        filters=88,
        output=(14, 14, 4 * 88),
        params=2 * (264 * 88 + 4 * 88)
        + 2 * 2 * (25 * 88 + 88 * 88 + 4 * 88)
        + 2 * 2 * (49 * 88 + 88 * 88 + 4 * 88)
        + 2 * (9 * 88 + 88 * 88 + 4 * 88),
        frozen=2 * 88 * (2 + 5 * 2),
        macs=28 * 28 * 2 * 264 * 88
        + 14 * 14 * 2 * (2 * (25 * 88 + 88 * 88) + 2 * (49 * 88 + 88 * 88) + (9 * 88 + 88 * 88)),
    ),
    row(
        "network_in_network_block",
        (32, 32, 3),
        output=(32, 32, 96),
        params=(25 * 3 * 192 + 192) + (192 * 160 + 160) + (160 * 96 + 96),
        macs=32 * 32 * (25 * 3 * 192 + 192 * 160 + 160 * 96),
    ),
    row(
        "resnet_stem",
        (224, 224, 3),
        output=(56, 56, 64),
        params=49 * 3 * 64 + 4 * 64,
        frozen=2 * 64,
        macs=112 * 112 * 49 * 3 * 64,
    ),
    row("strided_padding", (112, 112, 96), output=(113, 113, 96)),
    row("strided_padding", (7, 7, 96), kernel_size=5, output=(11, 11, 96)),
    row(
        "unet_encoder_step",
        (568, 568, 64),
        filters=128,
        output=(280, 280, 128),
        params=(9 * 64 * 128 + 128) + (9 * 128 * 128 + 128),
        macs=282 * 282 * 9 * 64 * 128 + 280 * 280 * 9 * 128 * 128,
    ),
    row(  # 28 → 56, beside the middle 56 of 64, then twice two pixels less
        "unet_decoder_step",
        (28, 28, 1024),
        (64, 64, 512),
        filters=512,
        output=(52, 52, 512),
        params=(4 * 1024 * 512 + 512) + (9 * 1024 * 512 + 512) + (9 * 512 * 512 + 512),
        macs=28 * 28 * 4 * 1024 * 512 + 54 * 54 * 9 * 1024 * 512 + 52 * 52 * 9 * 512 * 512,
    ),
    row("tanh_gelu", (8, 8, 3), output=(8, 8, 3)),
    row("layer_scale", (56, 56, 96), output=(56, 56, 96), params=96, macs=56 * 56 * 96),
    row(  # depthwise 7×7 with bias, LayerNormalization, 96 → 384 → 96 at each pixel, the scale
        "convnext_block",
        (56, 56, 96),
        output=(56, 56, 96),
        params=(49 * 96 + 96) + 2 * 96 + (96 * 384 + 384) + (384 * 96 + 96) + 96,
        macs=56 * 56 * (49 * 96 + 96 * 384 + 384 * 96 + 96),
    ),
)

ROWS = (*LAYER_ROWS, *MODULE_ROWS)
