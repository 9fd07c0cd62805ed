"""What the test page shows: a palette, and rows to begin with."""

from collections.abc import Callable
from typing import Any


def _group(category: str, label: str, **blocks: str) -> dict[str, Any]:
    lines = [{"block": block, "summary": summary} for block, summary in blocks.items()]
    return {"category": category, "label": label, "blocks": lines}


PALETTE = [
    _group(
        "io",
        "Input and output",
        Input="The images that enter the network.",
        Rescaling="Bring pixel values from 0–255 to 0–1.",
    ),
    _group(
        "convolution",
        "Convolution",
        Conv2D="Slide learned windows over the image.",
        SeparableConv2D="Filter each channel by itself, then mix channels at each pixel.",
        DepthwiseConv2D="Filter each channel by itself.",
        ZeroPadding2D="Add a frame of zeros.",
    ),
    _group(
        "pooling",
        "Pooling",
        MaxPooling2D="Keep the largest value of each window.",
        AveragePooling2D="Keep the mean of each window.",
        GlobalAveragePooling2D="Take the mean of each channel over the whole image.",
        GlobalMaxPooling2D="Take the largest value of each channel over the whole image.",
    ),
    _group(
        "normalization",
        "Normalization",
        BatchNormalization="Keep activations centered and scaled, by the batch.",
    ),
    _group("activation", "Activation", Activation="Bend the signal: relu, sigmoid, softmax …"),
    _group("regularization", "Regularization", Dropout="Drop values by chance in training."),
    _group(
        "dense",
        "Dense",
        Dense="Connect every input with every unit.",
        Flatten="Lay the image out as one row of numbers.",
        Reshape="Give the same numbers another shape.",
    ),
    _group(
        "merge",
        "Merge",
        Add="Add several inputs, value by value.",
        Concatenate="Put the channels of several inputs side by side.",
        Multiply="Multiply several inputs, value by value.",
    ),
    _group(
        "module",
        "Modules",
        ResidualBlock="Two convolutions and a way round them.",
        ConvBNReLU="Convolution, normalization, activation.",
        VGGBlock="Convolutions, then pooling.",
        XceptionBlock="Separable convolutions and a way round them.",
        BottleneckBlock="Narrow, convolve, widen, and a way round.",
        SqueezeExcitation="Weigh the channels by what they hold.",
    ),
]


def new_row(node: str, block: str, category: str, **more: Any) -> dict[str, Any]:
    """A row with nothing special about it."""
    plain = {"name": "", "parameters": "", "shape": "32×32×32", "params": 0, "macs": 0}
    rest = {"repeat": 1, "inputs": [], "level": "", "issue": ""}
    return {"id": node, "block": block, "category": category, **plain, **rest, **more}


def _empty() -> list[dict[str, Any]]:
    return []


def _chain(length: int = 4) -> list[dict[str, Any]]:
    first = new_row("input_1", "Input", "io", shape="32×32×3")
    rest = [
        new_row(f"conv_{n}", "Conv2D", "convolution", parameters="32, 3×3, relu", params=9_248 * n)
        for n in range(1, length)
    ]
    return [first, *rest]


def _residual() -> list[dict[str, Any]]:
    def row(node: str, block: str, category: str, *facts: Any, **more: Any) -> dict[str, Any]:
        names = ("parameters", "shape", "params", "macs")
        return new_row(node, block, category, **dict(zip(names, facts, strict=False)), **more)

    conv, bn = ("Conv2D", "convolution"), ("BatchNormalization", "normalization")
    relu = ("Activation", "activation")
    window = (
        "stem_pool: a 5×5 window does not fit a 4×4 input; use padding='same' or a smaller "
        "pool_size. What comes after it is computed as if the pooling were not there, so that the "
        "rest of the stack can still be read."
    )
    bias = "conv2d_4: the bias has no effect, as BatchNormalization follows; set use_bias=False."
    return [
        row("input_1", "Input", "io", "", "32×32×3", 0, 0),
        row("rescaling_1", "Rescaling", "io", "1/255", "32×32×3", 0, 3_072),
        row("conv2d_1", *conv, "64, 3×3, same", "32×32×64", 1_792, 1_769_472, name="stem"),
        row("batch_normalization_1", *bn, "", "32×32×64", 256, 65_536),
        row("activation_1", *relu, "relu", "32×32×64", 0, 65_536),
        row("conv2d_2", *conv, "64, 3×3, same", "32×32×64", 36_928, 37_748_736),
        row("batch_normalization_2", *bn, "", "32×32×64", 256, 65_536),
        row("se_1", "SqueezeExcitation", "module", "ratio 16", "32×32×64", 580, 512),
        row("add_1", "Add", "merge", "", "32×32×64", 0, 65_536, inputs=["se_1", "activation_1"]),
        row("conv2d_3", *conv, "128, 3×3, strides 2, same", "16×16×128", 73_856, 18_874_368),
        row("residual_1", "ResidualBlock", "module", "128", "16×16×128", 886_272, 9, repeat=3,
            layers=12),
        row("conv2d_4", *conv, "128, 3×3, relu", "16×16×128", 147_584, 37_748_736,
            level="warning", issue=bias),
        row("max_pooling2d_1", "MaxPooling2D", "pooling", "5×5", "", 0, 0, name="stem_pool",
            level="error", issue=window),
        row("concatenate_1", "Concatenate", "merge", "axis −1", "16×16×384", 0, 0,
            inputs=["conv2d_3", "residual_1", "max_pooling2d_1"]),
        row("dropout_1", "Dropout", "regularization", "0.5", "16×16×384", 0, 0),
        row("global_average_pooling2d_1", "GlobalAveragePooling2D", "pooling", "", "384", 0,
            98_304),
        row("dense_1", "Dense", "dense", "10, softmax", "10", 3_850, 3_840, name="classifier"),
    ]  # fmt: skip


def _part(key: str, title: str, category: str, **more: Any) -> dict[str, Any]:
    """A line of what is inside of a row, with nothing special about it."""
    plain = {"parameters": "128, 3×3", "shape": "16×16×128", "params": 147_584, "macs": 9}
    depth = key.count("/") - 1
    return {"key": key, "depth": depth, "title": title, "category": category, "open": None} | (
        plain | more
    )


INSIDE: dict[str, list[dict[str, Any]]] = {
    "residual_1": [
        _part("residual_1/0", "1 of 3", "module", parameters="", params=295_168),
        _part("residual_1/0/0", "Conv2D", "convolution"),
        _part("residual_1/0/1", "SqueezeExcitation", "module", open=False),
        _part("residual_1/0/1/0", "Dense", "dense", shape="8"),
        _part("residual_1/0/1/1", "Dense", "dense", shape="128"),
        _part("residual_1/1", "2–3 of 3", "module", parameters="alike", params=591_104),
        *(_part(f"residual_1/1/{n}", "Conv2D", "convolution") for n in range(6)),
    ]
}
"""What is inside of the rows that can be unfolded; parts are sent where what holds them is open."""


SCENES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "empty": _empty,
    "chain": _chain,
    "long": lambda: _chain(60),
    "residual": _residual,
}
