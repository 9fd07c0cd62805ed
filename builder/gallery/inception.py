"""Inception: several window sizes side by side in every module."""

from builder.gallery.template import Drawing, Template, block
from builder.network.architecture import Architecture

_V1_MODULES = (
    ("inception_3a", (64, 96, 128, 16, 32, 32)),
    ("inception_3b", (128, 128, 192, 32, 96, 64)),
    ("", ()),
    ("inception_4a", (192, 96, 208, 16, 48, 64)),
    ("inception_4b", (160, 112, 224, 24, 64, 64)),
    ("inception_4c", (128, 128, 256, 24, 64, 64)),
    ("inception_4d", (112, 144, 288, 32, 64, 64)),
    ("inception_4e", (256, 160, 320, 32, 128, 128)),
    ("", ()),
    ("inception_5a", (256, 160, 320, 32, 128, 128)),
    ("inception_5b", (384, 192, 384, 48, 128, 128)),
)
"""The paper's table 1, with a pooling where the name is empty."""

_V1_BRANCHES = (
    "filters_1x1",
    "filters_3x3_reduce",
    "filters_3x3",
    "filters_5x5_reduce",
    "filters_5x5",
    "filters_pool",
)


def inception_v1() -> Architecture:
    """A stem, nine modules in three stages, and a classifier of 1,000 classes."""
    drawing = Drawing("inception_v1")
    drawing.place(block("Input", shape=(224, 224, 3)))
    drawing.place(block("Conv2D", 64, 7, strides=2, padding="same", activation="relu"))
    drawing.place(block("MaxPooling2D", 3, strides=2, padding="same"))
    drawing.place(block("Conv2D", 64, 1, activation="relu"))
    drawing.place(block("Conv2D", 192, 3, padding="same", activation="relu"))
    drawing.place(block("MaxPooling2D", 3, strides=2, padding="same"))
    for name, filters in _V1_MODULES:
        if name:
            branches = dict(zip(_V1_BRANCHES, filters, strict=True))
            drawing.place(block("inception_v1_module", **branches), name=name)
        else:
            drawing.place(block("MaxPooling2D", 3, strides=2, padding="same"))
    drawing.place(block("GlobalAveragePooling2D"))
    drawing.place(block("Dropout", 0.4))
    drawing.place(block("Dense", 1000, activation="softmax"))
    return drawing.architecture


def inception_v3() -> Architecture:
    """A stem, eleven modules of five kinds, and a classifier of 1,000 classes."""
    drawing = Drawing("inception_v3")
    drawing.place(block("Input", shape=(299, 299, 3)))
    conv = {"padding": "valid", "scale": False}
    drawing.place(block("conv_bn_relu", 32, strides=2, **conv))
    drawing.place(block("conv_bn_relu", 32, **conv))
    drawing.place(block("conv_bn_relu", 64, scale=False))
    drawing.place(block("MaxPooling2D", 3, strides=2))
    drawing.place(block("conv_bn_relu", 80, kernel_size=1, **conv))
    drawing.place(block("conv_bn_relu", 192, **conv))
    drawing.place(block("MaxPooling2D", 3, strides=2))
    drawing.place(block("inception_a", 32), name="mixed0")
    drawing.place(block("inception_a", 64), name="mixed1")
    drawing.place(block("inception_a", 64), name="mixed2")
    drawing.place(block("inception_b", 384), name="mixed3")
    for number, filters in enumerate((128, 160, 160, 192), 4):
        drawing.place(block("inception_c", filters), name=f"mixed{number}")
    drawing.place(block("inception_d", 192), name="mixed8")
    drawing.place(block("inception_e", 384), name="mixed9")
    drawing.place(block("inception_e", 384), name="mixed10")
    drawing.place(block("GlobalAveragePooling2D"))
    drawing.place(block("Dense", 1000, activation="softmax"))
    return drawing.architecture


TEMPLATES = (
    Template(
        "inception_v1",
        "Inception v1 (GoogLeNet)",
        "Windows of several sizes side by side, made cheap by 1×1 convolutions before them.",
        "Szegedy et al., Going Deeper with Convolutions, CVPR 2015",
        6_998_552,
        inception_v1,
        variant="Without the auxiliary classifiers and local response normalization.",
    ),
    Template(
        "inception_v3",
        "Inception v3",
        "Large windows are split into small ones, and into 1×7 and 7×1, to save weights.",
        "Szegedy et al., Rethinking the Inception Architecture, CVPR 2016",
        23_851_784,
        inception_v3,
        variant="Without the auxiliary classifier.",
    ),
)
