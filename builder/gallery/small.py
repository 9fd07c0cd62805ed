"""Small networks: to learn with, and to train on a laptop."""

from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture


def small_residual() -> Architecture:
    """Three residual blocks under one sigmoid."""
    return stack(
        "small_residual",
        block("Input", shape=(32, 32, 3)),
        block("Rescaling", 1 / 255),
        block("residual_block", 32, pooling=True),
        block("residual_block", 64, pooling=True),
        block("residual_block", 128),
        block("GlobalAveragePooling2D"),
        block("Dense", 1, activation="sigmoid"),
    )


def se_residual_digits() -> Architecture:
    """Residual blocks with Squeeze-and-Excitation behind each, for 8×8 digits.

    The gates have half as many units as channels: what they read is never negative and much the
    same for all digits, so that of a few ReLU units all may be 0 for every image at the beginning.
    """
    return stack(
        "se_residual_digits",
        block("Input", shape=(8, 8, 1)),
        block("Rescaling", 1 / 255),
        block("conv_bn_relu", 32),
        block("residual_block", 32),
        block("squeeze_excitation", 2),
        block("residual_block", 64, pooling=True),
        block("squeeze_excitation", 2),
        block("GlobalAveragePooling2D"),
        block("Dropout", 0.3),
        block("Dense", 10, activation="softmax"),
    )


def mini_xception() -> Architecture:
    """Five Xception blocks behind augmentation."""
    return stack(
        "mini_xception",
        block("Input", shape=(180, 180, 3)),
        block("RandomFlip", "horizontal"),
        block("RandomRotation", 0.1),
        block("RandomZoom", 0.2),
        block("Rescaling", 1 / 255),
        block("Conv2D", 32, 5, use_bias=False),
        *(block("xception_block", filters) for filters in (32, 64, 128, 256, 512)),
        block("GlobalAveragePooling2D"),
        block("Dropout", 0.5),
        block("Dense", 1, activation="sigmoid"),
    )


TEMPLATES = (
    Template(
        "small_residual",
        "Small residual convnet",
        "Shows the three kinds of shortcut: projected and pooled, projected, and plain.",
        "He et al., Deep Residual Learning for Image Recognition, CVPR 2016",
        297_697,
        small_residual,
    ),
    Template(
        "se_residual_digits",
        "SE-residual net for digits",
        "Reads 8×8 digits and learns them in seconds; the one to train first.",
        "Hu et al., Squeeze-and-Excitation Networks, CVPR 2018",
        82_362,
        se_residual_digits,
    ),
    Template(
        "mini_xception",
        "Mini-Xception",
        "Separable convolutions, normalization and shortcuts together, for cats against dogs.",
        "Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, CVPR 2017",
        721_857,
        mini_xception,
    ),
)
