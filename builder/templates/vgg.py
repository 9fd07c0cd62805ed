"""VGG: depth from 3×3 convolutions alone."""

from builder.architecture import Architecture
from builder.templates.template import Template, block, stack


def vgg16_cifar10() -> Architecture:
    """VGG-16's five blocks on 32×32 images, with the paper's two wide Dense layers."""
    return stack(
        "vgg16_cifar10",
        block("Input", shape=(32, 32, 3)),
        block("vgg_block", 64),
        block("vgg_block", 128),
        block("vgg_block", 256, num_convolutions=3),
        block("vgg_block", 512, num_convolutions=3),
        block("vgg_block", 512, num_convolutions=3),
        block("Flatten"),
        block("Dense", 4096, activation="relu"),
        block("Dense", 4096, activation="relu"),
        block("Dense", 10, activation="softmax"),
    )


TEMPLATES = (
    Template(
        "vgg16_cifar10",
        "VGG-16 for CIFAR-10",
        "Two stacked 3×3 windows see as far as one 5×5, with fewer weights and one more ReLU.",
        "Simonyan and Zisserman, Very Deep Convolutional Networks, ICLR 2015",
        33_638_218,
        vgg16_cifar10,
    ),
)
