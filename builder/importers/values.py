"""Turns values of a configuration into values of a block's parameters."""

import struct
from typing import Any, get_args

from builder.blocks.base import snake_case
from builder.blocks.types import ActivationName, InitializerName
from builder.importers.configuration import is_list, is_object
from builder.importers.reasons import Reason
from builder.system.errors import MAX_SHOWN, BuilderError, FormatError, Problem, cut, shown

LARGEST = 2**31
"""The largest size in any network; a larger one is malicious."""

ACTIVATIONS = frozenset(get_args(ActivationName))
OLD_ACTIVATIONS = {
    "hard_swish": "hard_silu",
    "log_softmax_v2": "log_softmax",  # as TensorFlow calls its own functions
    "softmax_v2": "softmax",
    "swish": "silu",
}

INITIALIZERS = frozenset(get_args(InitializerName))
OLD_INITIALIZERS = {
    "OrthogonalInitializer": "Orthogonal",
    "normal": "RandomNormal",
    "one": "Ones",
    "uniform": "RandomUniform",
    "zero": "Zeros",
}
INITIALIZER_DEFAULTS: dict[str, dict[str, Any]] = {
    "VarianceScaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    "RandomNormal": {"mean": 0.0, "stddev": 0.05},
    "TruncatedNormal": {"mean": 0.0, "stddev": 0.05},
    "RandomUniform": {"minval": -0.05, "maxval": 0.05},
    "Orthogonal": {"gain": 1.0},
    "Constant": {},
}
"""What an initializer's bare name stands for; the others have no settings."""
WITH_SETTINGS = {"VarianceScaling", "RandomNormal", "TruncatedNormal", "RandomUniform", "Constant"}

CONSTANTS = {0: "zeros", 1: "ones"}

REGULARIZERS = {"L1": ("l1",), "L2": ("l2",), "L1L2": ("l1", "l2")}


class NotTakenError(BuilderError):
    """A value that our blocks cannot hold; the parameter keeps its default.

    Args:
        reason: What is in the way.
        fields: What its clause tells besides, by name.
    """

    def __init__(self, reason: Reason, /, **fields: Any) -> None:
        super().__init__(reason, **fields)
        self.reason = reason


def parameter_value(name: str, value: Any) -> Any:
    """Turns a layer's setting into the value of the parameter of that name.

    Raises:
        NotTakenError: We have no equal value.
        FormatError: The value is impossible for any layer.
    """
    if name == "activation":
        return activation(value)
    if name.endswith("_initializer"):
        return initializer(value)
    if name.endswith("_regularizer"):
        return regularizer(value)
    return plain(name, value)


def plain(name: str, value: Any) -> Any:
    """A number, a text or a list of them; arrays become lists.

    Raises:
        NotTakenError: It is something else.
        FormatError: A number is larger than any size in a network.
    """
    if is_object(value) and value.get("class_name") in ("__numpy__", "__tensor__"):
        config = value.get("config")
        value = config.get("value") if is_object(config) else None
    if is_object(value):
        raise NotTakenError(Reason.NO_COUNTERPART, setting=name, value=brief(value))
    _check_sizes(name, value)
    return value


def _check_sizes(name: str, value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if is_list(item):
            waiting += item
        elif isinstance(item, int) and abs(item) > LARGEST:
            raise FormatError(f"received {name}={shown(item)}, expected at most {LARGEST:,}")


def activation(value: Any) -> str | None:
    """The name of an activation; None for a linear one.

    Raises:
        NotTakenError: The catalogue has no such activation.
    """
    if is_object(value) and value.get("class_name") == "function":
        value = value.get("config")
    if value is None or value == "linear":
        return None
    name = OLD_ACTIVATIONS.get(value, value) if isinstance(value, str) else value
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise NotTakenError(Reason.NOT_IN_CATALOGUE, what="activation", value=brief(value))
    return name


def initializer(value: Any) -> Any:
    """The name of an initializer, or its settings where they are not the defaults.

    Raises:
        NotTakenError: The catalogue has no such initializer.
    """
    if isinstance(value, str):
        value = {"class_name": value, "config": {}}
    class_name, config = _described(value, "initializer")
    class_name = OLD_INITIALIZERS.get(class_name, class_name)
    settings = {k: v for k, v in config.items() if k not in ("seed", "dtype") and v is not None}
    if settings.get("distribution") == "normal":
        settings["distribution"] = "truncated_normal"  # as Keras reads it
    defaults = INITIALIZER_DEFAULTS.get(class_name, {})
    name = snake_case(class_name)
    if name in INITIALIZERS and all(defaults.get(k) == v for k, v in settings.items()):
        return name
    start = settings.get("value")
    if class_name == "Constant" and isinstance(start, int | float) and start in CONSTANTS:
        return CONSTANTS[start]
    if class_name in WITH_SETTINGS:
        return {"kind": class_name, **settings}
    raise NotTakenError(Reason.NOT_IN_CATALOGUE, what="initializer", value=shown(class_name))


def regularizer(value: Any) -> Any:
    """The settings of a penalty.

    Raises:
        NotTakenError: The catalogue has no such penalty.
    """
    if value is None:
        return None
    class_name, config = _described(value, "regularizer")
    factors = REGULARIZERS.get(class_name)
    if factors is None:
        raise NotTakenError(Reason.NOT_IN_CATALOGUE, what="regularizer", value=shown(class_name))
    given = {name: shortest(plain(name, config.get(name, 0.0))) for name in factors}
    return {"kind": class_name, **given}


def shortest(value: Any) -> Any:
    """Writes a number that was rounded to 32 bits as the shortest decimal that rounds to it.

    Keras 3 rounds the factor of L1, Keras 2 all of them: 0.01 becomes 0.009999999776482582.
    """
    if not isinstance(value, float) or abs(value) > LARGEST:
        return value
    rounded = struct.pack("f", value)
    if struct.unpack("f", rounded)[0] != value:
        return value
    candidates = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next((c for c in candidates if struct.pack("f", c) == rounded), value)


def brief(value: Any) -> str:
    """Writes a value of a configuration for a message; of an object, only its class."""
    if is_object(value) and isinstance(value.get("class_name"), str):
        return cut(value["class_name"], MAX_SHOWN)
    return shown(value)


def called_with(name: str, value: Any) -> Problem:
    """The reason for something that a layer is called with beside tensors."""
    fields = {"name": cut(name, MAX_SHOWN), "value": shown(value)}
    return Problem(Reason.CALLED_WITH, fields)


def _described(value: Any, what: str) -> tuple[str, dict[str, Any]]:
    if is_object(value):
        class_name, config = value.get("class_name"), value.get("config")
        if isinstance(class_name, str) and is_object(config):
            return class_name, config
    raise NotTakenError(Reason.NOT_IN_CATALOGUE, what=what, value=brief(value))
