"""Residual networks, and the plain one that they are compared with."""

from collections.abc import Iterator
from functools import partial

from builder.blocks.base import Block
from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture

KERAS = {
    "use_bias": True,
    "kernel_initializer": "glorot_uniform",
    "weight_decay": 0.0,
    "momentum": 0.99,
    "epsilon": 1.001e-5,
}
"""What `keras.applications` does otherwise than the paper."""


def _stages(
    block_name: str, depths: tuple[int, ...], **parameters: object
) -> Iterator[tuple[Block, int]]:
    """Stages of 64, 128 … filters; each but the first begins with stride 2."""
    for number, depth in enumerate(depths):
        filters = 64 * 2**number
        if number == 0:
            yield block(block_name, filters, **parameters), depth
        else:
            yield block(block_name, filters, strides=2, **parameters), 1
            yield block(block_name, filters, **parameters), depth - 1


def resnet(
    name: str, block_name: str, depths: tuple[int, ...], **parameters: object
) -> Architecture:
    """A stem, four stages of one kind of block, and a classifier of 1,000 classes."""
    return stack(
        name,
        block("Input", shape=(224, 224, 3)),
        block("resnet_stem", 64, **parameters),
        *_stages(block_name, depths, **parameters),
        block("GlobalAveragePooling2D"),
        block("Dense", 1000, activation="softmax"),
    )


def resnet50_cifar100() -> Architecture:
    """The first stage of ResNet-50 on 32×32 images."""
    return stack(
        "resnet50_cifar100",
        block("Input", shape=(32, 32, 3)),
        block("ZeroPadding2D", 3),
        block("bottleneck_block", 64),
        (block("bottleneck_block", 64), 2),
        block("GlobalAveragePooling2D"),
        block("Dense", 100, activation="softmax"),
    )


REFERENCE = "He et al., Deep Residual Learning for Image Recognition, CVPR 2016"
_KERAS_VARIANT = "As in keras.applications: convolutions with bias."

TEMPLATES = (
    Template(
        "resnet18",
        "ResNet-18",
        "Skip connections add a block's input to its output: gradients pass, and depth pays again.",
        REFERENCE,
        11_699_112,
        partial(resnet, "resnet18", "basic_block", (2, 2, 2, 2)),
        trainable_params=11_689_512,
    ),
    Template(
        "resnet34",
        "ResNet-34",
        "Deeper than VGG-19 at a fifth of its cost; train it beside plain-34.",
        REFERENCE,
        21_814_696,
        partial(resnet, "resnet34", "basic_block", (3, 4, 6, 3)),
        trainable_params=21_797_672,
    ),
    Template(
        "plain34",
        "plain-34",
        "ResNet-34 without its shortcuts: deeper, yet worse, even on the training data.",
        REFERENCE,
        21_639_080,
        partial(resnet, "plain34", "plain_block", (3, 4, 6, 3)),
        trainable_params=21_623_848,
    ),
    Template(
        "resnet50",
        "ResNet-50",
        "A bottleneck of 1×1, 3×3 and 1×1 makes each block deeper at the same cost.",
        REFERENCE,
        25_636_712,
        partial(resnet, "resnet50", "bottleneck_block", (3, 4, 6, 3), **KERAS),
        variant=_KERAS_VARIANT,
    ),
    Template(
        "resnet101",
        "ResNet-101",
        "17 more blocks in one stage: residual networks keep gaining from depth.",
        REFERENCE,
        44_707_176,
        partial(resnet, "resnet101", "bottleneck_block", (3, 4, 23, 3), **KERAS),
        variant=_KERAS_VARIANT,
    ),
    Template(
        "resnet152",
        "ResNet-152",
        "Won ImageNet 2015 with eight times VGG's depth and fewer operations.",
        REFERENCE,
        60_419_944,
        partial(resnet, "resnet152", "bottleneck_block", (3, 8, 36, 3), **KERAS),
        variant=_KERAS_VARIANT,
    ),
    Template(
        "resnet50_cifar100",
        "ResNet-50 cut for CIFAR-100",
        "One stage of bottleneck blocks, small enough to train and to take apart.",
        REFERENCE,
        224_804,
        resnet50_cifar100,
        variant="The first stage alone, on padded 32×32 images, without the stem.",
    ),
    Template(
        "se_resnet50",
        "SE-ResNet-50",
        "Squeeze-and-Excitation in every block: a tenth more parameters, hardly more operations.",
        "Hu et al., Squeeze-and-Excitation Networks, CVPR 2018",
        28_141_144,
        partial(resnet, "se_resnet50", "se_bottleneck_block", (3, 4, 6, 3)),
        trainable_params=28_088_024,
        variant="Convolutions without bias, reduction ratio 16.",
    ),
)
