"""VGG: depth from 3×3 convolutions alone."""

from functools import partial

from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture

FILTERS = (64, 128, 256, 512, 512)
VGG16, VGG19 = (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)


def vgg(name: str, convolutions: tuple[int, ...], size: int, num_classes: int) -> Architecture:
    """Five VGG blocks, then the paper's two wide Dense layers and the classes."""
    return stack(
        name,
        block("Input", shape=(size, size, 3)),
        *(
            block("vgg_block", filters, num_convolutions=number)
            for filters, number in zip(FILTERS, convolutions, strict=True)
        ),
        block("Flatten"),
        block("Dense", 4096, activation="relu"),
        block("Dense", 4096, activation="relu"),
        block("Dense", num_classes, activation="softmax"),
    )


LESSON = "Two stacked 3×3 windows see as far as one 5×5, with fewer weights and one more ReLU."
REFERENCE = "Simonyan and Zisserman, Very Deep Convolutional Networks, ICLR 2015"

TEMPLATES = (
    Template(
        "vgg16",
        "VGG-16",
        LESSON,
        REFERENCE,
        138_357_544,
        partial(vgg, "vgg16", VGG16, 224, 1000),
    ),
    Template(
        "vgg19",
        "VGG-19",
        "Three convolutions more than VGG-16: about as far as depth went without shortcuts.",
        REFERENCE,
        143_667_240,
        partial(vgg, "vgg19", VGG19, 224, 1000),
    ),
    Template(
        "vgg16_cifar10",
        "VGG-16 for CIFAR-10",
        LESSON,
        REFERENCE,
        33_638_218,
        partial(vgg, "vgg16_cifar10", VGG16, 32, 10),
    ),
    Template(
        "vgg16_cifar100",
        "VGG-16 for CIFAR-100",
        "The same network with a hundred classes: only its last layer grows.",
        REFERENCE,
        34_006_948,
        partial(vgg, "vgg16_cifar100", VGG16, 32, 100),
    ),
    Template(
        "vgg19_cifar10",
        "VGG-19 for CIFAR-10",
        "Three convolutions more than VGG-16 on small images: is the depth worth it?",
        REFERENCE,
        38_947_914,
        partial(vgg, "vgg19_cifar10", VGG19, 32, 10),
    ),
)
