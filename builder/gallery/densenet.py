"""DenseNet: every layer reads all earlier ones of its block."""

from functools import partial

from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture


def densenet(name: str, depths: tuple[int, int, int, int]) -> Architecture:
    """A stem, four dense blocks with transition layers between them, and a classifier."""
    stem = block(
        "resnet_stem",
        64,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-5,
    )
    transition = block("transition_layer", 0.5)
    stages = [part for depth in depths for part in (block("dense_block", depth), transition)]
    return stack(
        name,
        block("Input", shape=(224, 224, 3)),
        stem,
        *stages[:-1],
        block("BatchNormalization", epsilon=1.001e-5),
        block("Activation", "relu"),
        block("GlobalAveragePooling2D"),
        block("Dense", 1000, activation="softmax"),
    )


REFERENCE = "Huang et al., Densely Connected Convolutional Networks, CVPR 2017"

TEMPLATES = (
    Template(
        "densenet121",
        "DenseNet-121",
        "Features are read again instead of learned anew: ResNet-50's quality in a third of it.",
        REFERENCE,
        8_062_504,
        partial(densenet, "densenet121", (6, 12, 24, 16)),
    ),
    Template(
        "densenet169",
        "DenseNet-169",
        "Longer dense blocks in the two last stages, where channels are cheap.",
        REFERENCE,
        14_307_880,
        partial(densenet, "densenet169", (6, 12, 32, 32)),
    ),
    Template(
        "densenet201",
        "DenseNet-201",
        "201 layers with fewer parameters than ResNet-50.",
        REFERENCE,
        20_242_984,
        partial(densenet, "densenet201", (6, 12, 48, 32)),
    ),
)
