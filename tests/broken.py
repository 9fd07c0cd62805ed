"""Broken networks, each with what is said about it: node, message and fix, word for word."""

from dataclasses import dataclass
from typing import Any

from builder.blocks.catalogue import block_type
from builder.network.architecture import Architecture, Node

IMAGE = ("image", "Input", {"shape": (8, 8, 3)})


@dataclass(frozen=True)
class Broken:
    """A network and the texts of its issues.

    Attributes:
        title: What is wrong, in a few words.
        architecture: The network.
        errors: `node: message; fix` for each error.
        warnings: Likewise.
    """

    title: str
    architecture: Architecture
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.title


def net(*nodes: tuple[Any, ...], outputs: tuple[str, ...] = ()) -> Architecture:
    """Nodes as `(id, block, parameters, inputs, name, repeat)`; inputs default to the row above."""
    made: list[Node] = []
    for given in nodes:
        node_id, block, parameters, *rest = (*given, {}) if len(given) == 2 else given
        above = (made[-1].id,) if made and block != "Input" else ()
        filled: tuple[Any, ...] = (*rest, *(above, "", 1)[len(rest) :])
        made.append(Node(node_id, block_type(block).create(parameters), *filled))
    return Architecture("net", tuple(made), outputs)


UNUSED = (
    "nothing reads its output; connect it, remove it, or move it to the end to make it the output"
)


def broken(title: str, architecture: Architecture, *errors: str, warnings: Any = ()) -> Broken:
    return Broken(title, architecture, errors, tuple(warnings))


BROKEN = (
    broken("nothing at all", net(), "the network is empty; add an Input, then layers"),
    broken(
        "no Input",
        net(("conv", "Conv2D", {}, ()), ("relu", "ReLU")),
        "the network has no Input; add an Input in front",
        "conv: has no input; connect it to a node above",
    ),
    broken(
        "nothing but an Input",
        net(IMAGE),
        "the network has no output; add a layer behind the Input",
    ),
    broken(
        "a source that is gone",
        net(IMAGE, ("conv", "Conv2D", {}, ("stem",))),
        "conv: reads 'stem', which does not exist; choose another input",
        warnings=[f"image: {UNUSED}"],
    ),
    broken(
        "a cycle",
        net(IMAGE, ("add", "Add", {}, ("image", "relu")), ("relu", "ReLU"), ("end", "ReLU")),
        "add: is part of a cycle; remove one of the cycle's connections",
        "relu: is part of a cycle; remove one of the cycle's connections",
    ),
    broken(
        "a node that reads itself",
        net(IMAGE, ("add", "Add", {}, ("image", "add"))),
        "add: is part of a cycle; remove one of the cycle's connections",
    ),
    broken(
        "a layer without input",
        net(IMAGE, ("conv", "Conv2D", {}, ())),
        "conv: has no input; connect it to a node above",
        warnings=[f"image: {UNUSED}"],
    ),
    broken(
        "an Input that reads something",
        net(IMAGE, ("other", "Input", {}, ("image",)), ("relu", "ReLU")),
        "other: Input expected 0 inputs, received 1; disconnect the surplus",
    ),
    broken(
        "two inputs for a layer that takes one",
        net(IMAGE, ("conv", "Conv2D", {}, ("image", "image"))),
        "conv: Conv2D expected 1 input, received 2; disconnect the surplus",
    ),
    broken(
        "one input for a merge",
        net(IMAGE, ("add", "Add")),
        "add: Add expected 2 or more inputs, received 1; connect the missing ones",
    ),
    broken(
        "three inputs for a difference",
        net(IMAGE, ("sub", "Subtract", {}, ("image", "image", "image"))),
        "sub: Subtract expected 2 inputs, received 3; disconnect the surplus",
    ),
    broken(
        "a window larger than its input",
        net(IMAGE, ("conv", "Conv2D", {"kernel_size": 9})),
        "conv: a 9×9 window does not fit an 8×8 input; use padding='same' or a smaller kernel_size",
    ),
    broken(
        "a dilated window larger than its input",
        net(IMAGE, ("conv", "Conv2D", {"kernel_size": (1, 5), "dilation_rate": (1, 2)})),
        "conv: a 1×9 window does not fit an 8×8 input; use padding='same' or a smaller kernel_size",
    ),
    broken(
        "a pooling larger than its input",
        net(("image", "Input", {"shape": (4, 4, 3)}), ("pool", "MaxPooling2D", {"pool_size": 5})),
        "pool: a 5×5 window does not fit a 4×4 input; use padding='same' or a smaller pool_size",
    ),
    broken(
        "a window inside a module",
        net(IMAGE, ("a", "vgg_block"), ("b", "resnet_stem"), ("c", "vgg_block")),
        "c: inside vgg_block, a 2×2 window does not fit a 1×1 input; "
        "give it a larger image, or other parameters",
    ),
    broken(
        "strides with dilation",
        net(IMAGE, ("conv", "Conv2D", {"strides": 2, "dilation_rate": 2})),
        "conv: Conv2D received strides=2 with dilation_rate=2, expected one of them to be 1; "
        "set strides or dilation_rate to 1",
    ),
    broken(
        "unequal strides for each channel by itself",
        net(IMAGE, ("conv", "DepthwiseConv2D", {"strides": (1, 2)})),
        "conv: DepthwiseConv2D received strides=(1, 2), expected the same stride for height and "
        "width; set strides to 2",
    ),
    broken(
        "groups that do not divide the channels",
        net(IMAGE, ("conv", "Conv2D", {"groups": 2})),
        "conv: Conv2D received 3 input channels for groups=2, expected a multiple of groups; "
        "choose groups that divides both the input channels and filters, such as 1",
    ),
    broken(
        "groups that do not divide the filters",
        net(IMAGE, ("conv", "Conv2D", {"groups": 3})),
        "conv: Conv2D received 32 filters for groups=3, expected a multiple of groups; "
        "choose groups that divides both the input channels and filters, such as 1",
    ),
    broken(
        "a sum of different channels",
        net(IMAGE, ("conv", "Conv2D", {"padding": "same"}), ("add", "Add", {}, ("conv", "image"))),
        "add: Add received 8×8×32 and 8×8×3, expected equal shapes; "
        "project one of them to 32 channels with a 1×1 Conv2D",
    ),
    broken(
        "a sum of different sizes",
        net(IMAGE, ("conv", "Conv2D", {"filters": 3}), ("add", "Add", {}, ("conv", "image"))),
        "add: Add received 6×6×3 and 8×8×3, expected equal shapes; "
        "match height and width with strides, pooling or padding='same'",
    ),
    broken(
        "a product of an image and a row",
        net(IMAGE, ("flat", "Flatten"), ("mul", "Multiply", {}, ("flat", "image"))),
        "mul: Multiply received 192 and 8×8×3, expected equal shapes; "
        "bring both to the same number of axes with Reshape or global pooling",
    ),
    broken(
        "different sizes side by side",
        net(IMAGE, ("conv", "Conv2D"), ("join", "Concatenate", {}, ("conv", "image"))),
        "join: Concatenate received 6×6×32, 8×8×3, expected equal sizes on every axis but -1; "
        "bring the inputs to one height and width by padding, cropping or pooling",
    ),
    broken(
        "the batch axis",
        net(IMAGE, ("join", "Concatenate", {"axis": 0}, ("image", "image"))),
        "join: Concatenate received axis=0 for 8×8×3, expected 1 to 3, or -3 to -1; "
        "set axis to -1, the channels",
    ),
    broken(
        "an axis that is not there",
        net(IMAGE, ("flat", "Flatten"), ("bn", "BatchNormalization", {"axis": 3})),
        "bn: BatchNormalization received axis=3 for 192, expected 1 to 1, or -1 to -1; "
        "set axis to -1, the channels",
    ),
    broken(
        "another number of values",
        net(IMAGE, ("flat", "Reshape", {"target_shape": (5, 5)})),
        "flat: Reshape received 8×8×3 (192 values) for target_shape=(5, 5), "
        "expected the same number of values; set one size to -1 to have it worked out",
    ),
    broken(
        "two sizes to be worked out",
        net(IMAGE, ("flat", "Reshape", {"target_shape": (-1, -1)})),
        "flat: Reshape received target_shape=(-1, -1), expected one -1 at most; "
        "write out all sizes but one",
    ),
    broken(
        "a convolution behind Flatten",
        net(IMAGE, ("flat", "Flatten"), ("conv", "Conv2D")),
        "conv: Conv2D expected an image (height×width×channels), received 192; "
        "place it before Flatten or global pooling, or put a Reshape in front",
    ),
    broken(
        "a module behind global pooling",
        net(IMAGE, ("pool", "GlobalAveragePooling2D"), ("block", "residual_block")),
        "block: inside residual_block, Conv2D expected an image (height×width×channels), "
        "received 3; place it before Flatten or global pooling, or put a Reshape in front",
    ),
    broken(
        "a merge, repeated",
        net(IMAGE, ("add", "Add", {}, ("image", "image"), "", 2)),
        "add: repeat=2 with 2 inputs, expected exactly one; set repeat to 1",
    ),
    broken(
        "repeated too often",
        net(IMAGE, ("pool", "MaxPooling2D", {}, ("image",), "", 4)),
        "pool: repetition 4: a 2×2 window does not fit a 1×1 input; repeat it 3 times at most",
    ),
    broken(
        "only the culprit is blamed, not what stands behind it",
        net(IMAGE, ("a", "Conv2D", {"kernel_size": 9}), ("b", "ReLU"), ("c", "Dense")),
        "a: a 9×9 window does not fit an 8×8 input; use padding='same' or a smaller kernel_size",
    ),
    broken(
        "a name given twice",
        net(IMAGE, ("a", "ReLU", {}, ("image",), "act"), ("b", "ReLU", {}, ("a",), "act")),
        "b: the name 'act' is taken; give it another name",
    ),
    broken(
        "a name that a repeated layer has",
        net(IMAGE, ("a", "ReLU", {}, ("image",), "act", 2), ("b", "ReLU", {}, ("a",), "act_2")),
        "b: the name 'act_2' of one of its layers is taken by act; give it another name",
    ),
    broken(
        "a name that Keras gives by itself",
        net(IMAGE, ("a", "Conv2D", {}, ("image",), "conv2d_1"), ("b", "Conv2D")),
        "a: the name 'conv2d_1' is one that Keras itself gives to Conv2D; give it another name",
    ),
    broken(
        "images beyond all memory",
        net(("image", "Input", {"shape": (65_536, 65_536, 512)}), ("relu", "ReLU")),
        "image: Input would give 2,199,023,255,552 values, expected at most 1,099,511,627,776; "
        "use smaller images or fewer channels",
    ),
    broken(
        "weights beyond all memory",
        net(
            ("image", "Input", {"shape": (1024, 1024, 512)}),
            ("flat", "Flatten"),
            ("dense", "Dense", {"units": 65_536}),
        ),
        "dense: Dense would have weights with 35,184,372,154,368 values, "
        "expected at most 1,099,511,627,776; use smaller images or fewer channels",
    ),
    broken(
        "too many layers",
        net(
            IMAGE,
            ("c0", "ReLU"),
            *((f"c{i}", "conv_bn_relu", {}, (f"c{i - 1}",), "", 200) for i in range(1, 20)),
        ),
        "c17: with it the network has more than 10,000 layers; repeat it fewer times",
    ),
    broken(
        "faults of nodes that are not used keep nobody from building",
        net(
            IMAGE,
            ("other", "Conv2D", {"kernel_size": 9}),
            ("conv", "Conv2D", {}, ("image",), "other_one"),
        ),
        warnings=[
            f"other: {UNUSED}",
            "other: a 9×9 window does not fit an 8×8 input; "
            "use padding='same' or a smaller kernel_size",
        ],
    ),
)
