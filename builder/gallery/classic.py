"""The first networks, and those that taught how to end one."""

from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture


def lenet5() -> Architecture:
    """Two convolutions, each with average pooling, and three Dense layers."""
    return stack(
        "lenet5",
        block("Input", shape=(28, 28, 1)),
        block("Conv2D", 6, 5, padding="same", activation="tanh"),
        block("AveragePooling2D", 2),
        block("Conv2D", 16, 5, activation="tanh"),
        block("AveragePooling2D", 2),
        block("Flatten"),
        block("Dense", 120, activation="tanh"),
        block("Dense", 84, activation="tanh"),
        block("Dense", 10, activation="softmax"),
    )


def alexnet() -> Architecture:
    """Five convolutions and three Dense layers in one tower."""
    return stack(
        "alexnet",
        block("Input", shape=(227, 227, 3)),
        block("Conv2D", 96, 11, strides=4, activation="relu"),
        block("MaxPooling2D", 3, strides=2),
        block("Conv2D", 256, 5, padding="same", activation="relu"),
        block("MaxPooling2D", 3, strides=2),
        block("Conv2D", 384, 3, padding="same", activation="relu"),
        block("Conv2D", 384, 3, padding="same", activation="relu"),
        block("Conv2D", 256, 3, padding="same", activation="relu"),
        block("MaxPooling2D", 3, strides=2),
        block("Flatten"),
        block("Dense", 4096, activation="relu"),
        block("Dropout", 0.5),
        block("Dense", 4096, activation="relu"),
        block("Dropout", 0.5),
        block("Dense", 1000, activation="softmax"),
    )


def simple_cifar100() -> Architecture:
    """Two convolutions with pooling, and a Dense layer, for 100 classes."""
    return stack(
        "simple_cifar100",
        block("Input", shape=(32, 32, 3)),
        block("Conv2D", 16, 3, activation="relu"),
        block("MaxPooling2D", 2),
        block("Conv2D", 32, 3, activation="relu"),
        block("MaxPooling2D", 2),
        block("Flatten"),
        block("Dense", 256, activation="relu"),
        block("Dense", 100, activation="softmax"),
    )


def network_in_network() -> Architecture:
    """Three stages of a convolution and two 1×1 convolutions, and no Dense layer."""
    return stack(
        "network_in_network",
        block("Input", shape=(32, 32, 3)),
        block("network_in_network_block", 192),
        block("MaxPooling2D", 3, strides=2, padding="same"),
        block("Dropout", 0.5),
        block("network_in_network_block", 192, hidden_filters=192, output_filters=192),
        block("AveragePooling2D", 3, strides=2, padding="same"),
        block("Dropout", 0.5),
        block("Conv2D", 192, 3, padding="same", activation="relu"),
        block("Conv2D", 192, 1, activation="relu"),
        block("Conv2D", 10, 1, activation="relu"),
        block("GlobalAveragePooling2D"),
        block("Activation", "softmax"),
    )


TEMPLATES = (
    Template(
        "simple_cifar100",
        "Simple CIFAR-100 convnet",
        "The plain recipe: convolve, pool, twice, then two Dense layers.",
        "The first network of many courses",
        325_956,
        simple_cifar100,
    ),
    Template(
        "lenet5",
        "LeNet-5",
        "Showed that features for reading digits can be learned instead of designed.",
        "LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998",
        61_706,
        lenet5,
        variant=(
            "28×28 images, zero-padded by the first convolution; every map of the second "
            "convolution reads all six maps; softmax at the end."
        ),
    ),
    Template(
        "alexnet",
        "AlexNet",
        "Won ImageNet 2012 by far and started deep learning: ReLU, dropout, overlapping pooling.",
        "Krizhevsky et al., ImageNet Classification with Deep Convolutional Networks, 2012",
        62_378_344,
        alexnet,
        variant="One tower instead of two; without local response normalization.",
    ),
    Template(
        "network_in_network",
        "Network in Network",
        "1×1 convolutions mix channels at each pixel; a global average replaces Dense layers.",
        "Lin et al., Network In Network, ICLR 2014",
        966_986,
        network_in_network,
        variant="The authors' network for CIFAR-10.",
    ),
)
