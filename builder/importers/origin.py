"""Tells where a class in a configuration comes from: Keras, elsewhere, or one that runs code.

Nothing in a configuration is ever run or imported. Still, a file is refused if Keras would run code
when it loads it, or if it needs code that is not there: a person should know.
"""

from typing import Any, cast

from builder.importers.configuration import is_list, is_object
from builder.system.errors import FormatError, shown

RUNS_CODE = {
    "Lambda": "which carries code of its own",
    "__lambda__": "which is code of its own",
    "TFSMLayer": "which loads a program from a path",
    "TorchModuleWrapper": "which carries a program",
    "FlaxLayer": "which carries a program",
    "JaxLayer": "which carries a program",
}
"""Classes of Keras by name, and what is wrong with them."""

KERAS = ("keras", "tf_keras", "builtins")
"""The packages whose classes are Keras's own; `builtins` stands for names of functions."""

TENSORFLOW = ("tensorflow.python.ops.init_ops", "tensorflow.python.ops.init_ops_v2")
"""TensorFlow's initializers, which Keras 2 may write by their place: settings only, no code."""

REGISTERED = {"Custom>CustomScaleLayer"}
"""Classes of Keras's own that Keras 2 registers as a stranger's: those of Inception-ResNet."""

NOT_LOOKED_AT = {"compile_config", "build_config"}
"""Parts of a configuration that do not describe the network."""


def refuse_strangers(content: dict[str, Any]) -> None:
    """Checks every class that a configuration names, however deep.

    Raises:
        FormatError: One of them runs code, or is not Keras's own.
    """
    waiting: list[Any] = [content]
    while waiting:
        value = waiting.pop()
        if is_object(value):
            if isinstance(value.get("class_name"), str):
                _check(value)
            inner = [v for key, v in value.items() if key not in NOT_LOOKED_AT]
        else:
            inner = cast(list[Any], value)
        waiting += [v for v in inner if is_object(v) or is_list(v)]


def _check(described: dict[str, Any]) -> None:
    name: str = described["class_name"]
    if name in RUNS_CODE:
        raise FormatError(
            f"{_where(described)} is of class {name}, {RUNS_CODE[name]}, "
            "expected layers that Keras describes by their settings",
            "replace it by layers of Keras and save the model again",
        )
    module = described.get("module", "keras")
    package = module.partition(".")[0] if isinstance(module, str) else None
    registered = described.get("registered_name")
    own = package in KERAS or module in TENSORFLOW
    names = (name, registered if isinstance(registered, str) else "")
    foreign = any(">" in each and each not in REGISTERED for each in names)
    if not own or foreign:
        whose = f" from {shown(module)}" if isinstance(module, str) and not own else ""
        raise FormatError(
            f"{_where(described)} is of class {shown(name)}{whose}, which is not Keras's own",
            "replace it by layers of Keras and save the model again",
        )


def _where(described: dict[str, Any]) -> str:
    config = described.get("config")
    name = described.get("name") or (config.get("name") if is_object(config) else None)
    return f"the layer {shown(name)}" if isinstance(name, str) else "one of its parts"
