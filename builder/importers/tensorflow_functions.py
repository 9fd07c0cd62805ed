"""TensorFlow's functions and graph nodes in files of Keras 2, with Keras 3's names for them."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Function(NamedTuple):
    """A function of TensorFlow.

    Attributes:
        function: Its name in Keras 3.
        operands: TensorFlow's names of the operands.
        settings: Keras's name for each of TensorFlow's.
        defaults: Settings whose defaults differ from those of Keras.
    """

    function: str
    operands: tuple[str, ...]
    settings: Mapping[str, str] = {}
    defaults: Mapping[str, Any] = {}


def _both(function: str) -> Function:
    return Function(function, ("x", "y"))


def _one(function: str, operand: str = "features", **settings: str) -> Function:
    return Function(function, (operand,), settings)


def _over_axes(function: str) -> Function:
    return _one(function, "input_tensor", axis="axis", keepdims="keepdims")


def _pool(function: str) -> Function:
    names = {"ksize": "pool_size"} | {n: n for n in ("strides", "padding", "data_format")}
    return Function(function, ("input",), names, {"padding": "valid"})


_SOFTMAX = {"axis": "axis"}
_PAD = {"paddings": "pad_width", "mode": "mode", "constant_values": "constant_values"}

TENSORFLOW: Mapping[str, Function] = {
    "__operators__.add": _both("Add"),
    "__operators__.getitem": Function("GetItem", ("tensor", "slice_spec")),
    "add": _both("Add"),
    "cast": _one("Cast", "x", dtype="dtype"),
    "clip_by_value": _one("Clip", "t", clip_value_min="x_min", clip_value_max="x_max"),
    "concat": _one("Concatenate", "values", axis="axis"),
    "divide": _both("TrueDivide"),
    "expand_dims": _one("ExpandDims", "input", axis="axis"),
    "identity": _one("Identity", "input"),
    "image.resize": Function(
        "Resize",
        ("images",),
        {
            "size": "size",
            "method": "interpolation",
            "antialias": "antialias",
            "preserve_aspect_ratio": "preserve_aspect_ratio",
        },
    ),
    "keras.activations.elu": _one("Elu", "x", alpha="alpha"),
    "keras.activations.hard_sigmoid": _one("OldHardSigmoid", "x"),
    "keras.activations.mish": _one("Mish", "x"),
    "keras.backend.batch_flatten": _one("Flatten", "x"),
    "keras.backend.bias_add": Function("Add", ("x", "bias"), {"data_format": "data_format"}),
    "keras.backend.hard_sigmoid": _one("OldHardSigmoid", "x"),
    "math.abs": _one("Absolute", "x"),
    "math.add": _both("Add"),
    "math.add_n": _one("AddN", "inputs"),
    "math.divide": _both("TrueDivide"),
    "math.exp": _one("Exp", "x"),
    "math.log_sigmoid": _one("LogSigmoid", "x"),
    "math.maximum": _both("Maximum"),
    "math.minimum": _both("Minimum"),
    "math.multiply": _both("Multiply"),
    "math.negative": _one("Negative", "x"),
    "math.pow": _both("Power"),
    "math.reduce_max": _over_axes("Max"),
    "math.reduce_mean": _over_axes("Mean"),
    "math.reduce_min": _over_axes("Min"),
    "math.reduce_sum": _over_axes("Sum"),
    "math.sigmoid": _one("Sigmoid", "x"),
    "math.softplus": _one("Softplus"),
    "math.square": _one("Square", "x"),
    "math.subtract": _both("Subtract"),
    "math.tanh": _one("Tanh", "x"),
    "math.truediv": _both("TrueDivide"),
    "multiply": _both("Multiply"),
    "nn.avg_pool2d": _pool("AveragePool"),
    "nn.bias_add": Function("Add", ("value", "bias"), {"data_format": "data_format"}),
    "nn.elu": _one("Elu"),
    "nn.gelu": Function(
        "Gelu", ("features",), {"approximate": "approximate"}, {"approximate": False}
    ),
    "nn.leaky_relu": _one("LeakyRelu", alpha="negative_slope"),
    "nn.log_softmax": Function("LogSoftmax", ("logits",), _SOFTMAX),
    "nn.max_pool2d": _pool("MaxPool"),
    "nn.relu": _one("Relu"),
    "nn.relu6": _one("Relu6"),
    "nn.selu": _one("Selu"),
    "nn.sigmoid": _one("Sigmoid", "x"),
    "nn.silu": _one("Silu", beta="beta"),
    "nn.softmax": Function("Softmax", ("logits",), _SOFTMAX),
    "nn.softplus": _one("Softplus"),
    "nn.softsign": _one("Softsign"),
    "nn.swish": _one("Silu", beta="beta"),
    "nn.tanh": _one("Tanh", "x"),
    "pad": Function("Pad", ("tensor",), _PAD),
    "reshape": _one("Reshape", "tensor", shape="newshape"),
    "sigmoid": _one("Sigmoid", "x"),
    "squeeze": _one("Squeeze", "input", axis="axis"),
    "stack": _one("Stack", "values", axis="axis"),
    "subtract": _both("Subtract"),
    "tanh": _one("Tanh", "x"),
    "reverse": _one("Flip", "tensor", axis="axis"),
    "repeat": Function("Repeat", ("input", "repeats"), {"axis": "axis"}),
    "transpose": _one("Transpose", "a", perm="axes"),
}
"""By the names that TensorFlow exports; the prefix `compat.v1.` changes nothing."""

NODES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Add": ("Add", ()),
    "AddV2": ("Add", ()),
    "BiasAdd": ("Add", ()),
    "ConcatV2": ("Concatenate", ("axis",)),
    "Elu": ("Elu", ()),
    "Identity": ("Identity", ()),
    "LeakyRelu": ("LeakyRelu", ()),
    "Max": ("Max", ("axis",)),
    "Maximum": ("Maximum", ()),
    "Mean": ("Mean", ("axis",)),
    "Minimum": ("Minimum", ()),
    "Mul": ("Multiply", ()),
    "Neg": ("Negative", ()),
    "Pad": ("Pad", ("pad_width",)),
    "RealDiv": ("TrueDivide", ()),
    "Relu": ("Relu", ()),
    "Relu6": ("Relu6", ()),
    "Reshape": ("Reshape", ("newshape",)),
    "Selu": ("Selu", ()),
    "Sigmoid": ("Sigmoid", ()),
    "Softmax": ("Softmax", ()),
    "Softplus": ("Softplus", ()),
    "Softsign": ("Softsign", ()),
    "Square": ("Square", ()),
    "Sub": ("Subtract", ()),
    "Sum": ("Sum", ("axis",)),
    "Tanh": ("Tanh", ()),
}
"""Nodes of TensorFlow's graphs: Keras's function, and the settings that are its last inputs."""

ATTRIBUTES = {"alpha": "negative_slope", "data_format": "data_format", "keep_dims": "keepdims"}
NHWC = "TkhXQw=="
"""As JSON holds these bytes."""
