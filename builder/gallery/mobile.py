"""Networks made of separable convolutions: Xception and MobileNetV2."""

from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture

_INVERTED_RESIDUALS = (
    (16, 1, 1, 1),
    (24, 2, 6, 2),
    (32, 2, 6, 3),
    (64, 2, 6, 4),
    (96, 1, 6, 3),
    (160, 2, 6, 3),
    (320, 1, 6, 1),
)
"""The paper's table 2: filters, stride of the first block, expansion, blocks."""


def xception() -> Architecture:
    """Entry flow, eight middle blocks, exit flow, all of separable convolutions."""
    return stack(
        "xception",
        block("Input", shape=(299, 299, 3)),
        block("conv_bn_relu", 32, strides=2, padding="valid"),
        block("conv_bn_relu", 64, padding="valid"),
        block("xception_reduction_block", 128, activates=False),
        block("xception_reduction_block", 256),
        block("xception_reduction_block", 728),
        (block("xception_middle_block", 728), 8),
        block("xception_reduction_block", 1024, first_filters=728),
        block("separable_conv_bn_relu", 1536),
        block("separable_conv_bn_relu", 2048),
        block("GlobalAveragePooling2D"),
        block("Dense", 1000, activation="softmax"),
    )


def mobilenet_v2() -> Architecture:
    """Seven stages of inverted residuals between two ordinary convolutions."""
    normalize = block("BatchNormalization", momentum=0.999)
    stages = [
        part
        for filters, strides, expansion, number in _INVERTED_RESIDUALS
        for part in (
            (block("inverted_residual_block", filters, strides=strides, expansion=expansion), 1),
            (block("inverted_residual_block", filters, expansion=expansion), number - 1),
        )
        if part[1]
    ]
    return stack(
        "mobilenet_v2",
        block("Input", shape=(224, 224, 3)),
        block("Conv2D", 32, 3, strides=2, padding="same", use_bias=False),
        normalize,
        block("ReLU", max_value=6.0),
        *stages,
        block("Conv2D", 1280, 1, use_bias=False),
        normalize,
        block("ReLU", max_value=6.0),
        block("GlobalAveragePooling2D"),
        block("Dense", 1000, activation="softmax"),
    )


TEMPLATES = (
    Template(
        "xception",
        "Xception",
        "Inception taken to its end: channels and pixels are filtered apart, in every layer.",
        "Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, CVPR 2017",
        22_910_480,
        xception,
    ),
    Template(
        "mobilenet_v2",
        "MobileNetV2",
        "Shortcuts join the narrow ends of a block: little memory, made for telephones.",
        "Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR 2018",
        3_538_984,
        mobilenet_v2,
    ),
)
