"""Tells which Keras wrote a file: some names mean different things in Keras 2 and Keras 3.

`hard_sigmoid` is clip(0.2 · x + 0.5) in Keras 2 and relu6(x + 3) / 6 in Keras 3. `.h5` files,
`.keras` archives and the JSON of Keras 2 name the version; the JSON of Keras 3 does not, but the
way a configuration is written shows it.
"""

import re
from typing import Any, NamedTuple

from builder.importers.configuration import is_list, is_object
from builder.system.errors import FormatError, shown

VERSION = "keras_version"
"""The key, or attribute, that holds it."""


class Saved(NamedTuple):
    """The parts of a saved model.

    Attributes:
        text: The configuration.
        version: The version of Keras that the file names; empty where it names none.
        has_weights: Whether it also holds weights.
    """

    text: bytes
    version: str = ""
    has_weights: bool = False


class KerasVersion(NamedTuple):
    """A version of Keras.

    Attributes:
        major: 2 or 3.
        minor: The minor version; None where only the major one is known.
    """

    major: int
    minor: int | None = None

    @property
    def is_old(self) -> bool:
        """Whether names have the meanings of Keras 2."""
        return self.major < CURRENT.major


CURRENT = KerasVersion(3)


def read_version(named: str, content: dict[str, Any]) -> KerasVersion:
    """Tells which Keras wrote a configuration.

    Args:
        named: The version that the file names beside the configuration; may be empty.
        content: The configuration, which may name one as well.

    Raises:
        FormatError: It was Keras 1, whose layers have entirely different settings.
    """
    inside = content.get(VERSION)
    for text in (named, inside if isinstance(inside, str) else ""):
        match = re.match(r"(\d{1,3})\.(\d{1,4})", text)
        if match and int(match[1]) < 2:
            raise FormatError(
                f"received a model of Keras {shown(text)}, expected one of Keras 2 or 3",
                "load it with Keras 2.2 and save it again",
            )
        if match:
            return KerasVersion(int(match[1]), int(match[2]))
    return _as_written(content)


def _as_written(content: dict[str, Any]) -> KerasVersion:
    """The version by its first sign: the way inputs and calls are written.

    Keras 2 writes the call of a layer as a list, Keras 3 as an object with `args`; the shape of an
    input is `batch_input_shape` in Keras 2 and `batch_shape` in Keras 3.
    """
    waiting = [content]
    while waiting:
        layer = waiting.pop()
        config = layer.get("config")
        if is_list(config):  # Sequential of Keras 2.0 to 2.2
            return KerasVersion(2)
        if not is_object(config):
            continue
        module, calls = layer.get("module"), layer.get("inbound_nodes")
        old = "batch_input_shape" in config or str(module).startswith("tf_keras")
        if old or (is_list(calls) and any(is_list(call) for call in calls)):
            return KerasVersion(2)
        if "batch_shape" in config or (is_list(calls) and any(is_object(call) for call in calls)):
            return CURRENT
        inner: Any = config.get("layers")
        waiting += [item for item in reversed(inner) if is_object(item)] if is_list(inner) else []
    return CURRENT
