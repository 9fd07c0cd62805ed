"""Modules: composite blocks written once, as plain Keras-style functions.

The function's signature is the declaration: its tensors come first, its parameters follow, each
annotated with a type from `types.py`. The function is traced for shapes and costs, and its source
text is what an exported script contains.
"""

import inspect
from collections.abc import Callable
from dataclasses import KW_ONLY
from functools import wraps
from types import FunctionType
from typing import Any, ClassVar, TypeVar, cast

from builder.blocks.base import Block, Category
from builder.blocks.declaration import declaration
from builder.blocks.parameter import Parameter
from builder.blocks.symbolic import SymbolicTensor, Tensor, apply_module

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_REGISTRY: dict[str, type["Module"]] = {}

_KNOWN = frozenset({"filters", "units", "kernel_size"})
"""Parameters whose values need no name beside them: `64`, but `ratio 16`."""


class Module(Block):
    """A block made of layers by a function.

    Attributes:
        function: The function, as it appears in the exported script.
    """

    category = Category.MODULE
    function: ClassVar[FunctionType]

    def _is_known(self, parameter: Parameter) -> bool:
        return super()._is_known(parameter) and parameter.name in _KNOWN

    def __call__(self, inputs: Any) -> SymbolicTensor:
        tensors = (inputs,) if isinstance(inputs, SymbolicTensor) else tuple(inputs)
        values = {parameter.name: getattr(self, parameter.name) for parameter in self.parameters()}
        return apply_module(type(self), type(self).function, tensors, values)


def module(function: FunctionT) -> FunctionT:
    """Declares a function as a module.

    Returns:
        The function; when another module's function calls it, the trace records that.

    Raises:
        TypeError: A parameter has no default, or a module of that name exists.
    """
    signature = inspect.signature(function)
    annotations = inspect.get_annotations(function)
    tensors = [name for name, hint in annotations.items() if hint is Tensor and name != "return"]
    parameters = [p for name, p in signature.parameters.items() if name not in tensors]
    for parameter in parameters:
        if parameter.default is parameter.empty:
            raise TypeError(f"{function.__name__}: {parameter.name} needs a default")
    if function.__name__ in _REGISTRY:
        raise TypeError(f"two modules are named {function.__name__}")
    hints: dict[str, Any] = {}
    namespace: dict[str, Any] = {
        "__module__": function.__module__,
        "__annotations__": hints,
        "function": staticmethod(function),
        "min_inputs": len(tensors),
        "max_inputs": len(tensors),
    }
    for position, parameter in enumerate(parameters):
        if position == 1:  # the first parameter is positional, as in Keras
            hints["_"] = KW_ONLY
        hints[parameter.name] = parameter.annotation
        namespace[parameter.name] = parameter.default
    declared = declaration(type(function.__name__, (Module,), namespace))
    declared.__doc__ = inspect.getdoc(function)
    _REGISTRY[function.__name__] = declared
    return _noted(declared, function, len(tensors), [p.name for p in parameters])


def _noted(
    declared: type[Module], function: FunctionT, num_tensors: int, names: list[str]
) -> FunctionT:
    """The function, which records the call in the trace of its caller."""

    @wraps(function)
    def noted(*args: Any, **values: Any) -> SymbolicTensor:
        given = dict(zip(names, args[num_tensors:], strict=False)) | values
        return apply_module(declared, function, args[:num_tensors], given)

    return cast(FunctionT, noted)


def registered_modules() -> dict[str, type[Module]]:
    """Every module declared so far, by its function's name."""
    return dict(_REGISTRY)
