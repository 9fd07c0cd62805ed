"""Patterns of modules: the classes and wiring of their layers, which folding looks for.

A module is traced with some of its parameters varied, on some shapes. Most parameters only change
settings of layers; those that change which layers there are yield another pattern.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from builder.blocks.base import Layer
from builder.blocks.module import Module, registered_modules
from builder.blocks.parameter import Parameter, Role
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace
from builder.blocks.types import Shape
from builder.system.errors import BuilderError

SOME_RATE = 0.25
MOST_IN_A_ROW = 4
MAX_STARTS = 4
"""How many sets of parameters are kept for one pattern."""

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Pattern:
    """The layers of a module, without their settings.

    Attributes:
        module: The module.
        starts: Parameters that yield this pattern on some shapes.
        classes: The layers' classes, in the order of creation.
        inputs: What each layer reads: an index into the layers, or `-1 - k` for input k.
        output: The layer with the output.
    """

    module: type[Module]
    starts: tuple[Values, ...]
    classes: tuple[type[Layer], ...]
    inputs: tuple[tuple[int, ...], ...]
    output: int


@cache
def patterns() -> Mapping[type[Layer], tuple[Pattern, ...]]:
    """The patterns of all modules by the class of their last layer, the largest first."""
    found: dict[type[Layer], list[Pattern]] = {}
    for module in registered_modules().values():
        for pattern in _patterns_of(module):
            found.setdefault(pattern.classes[pattern.output], []).append(pattern)
    for same_end in found.values():
        same_end.sort(key=lambda pattern: -len(pattern.classes))
    return {end: tuple(same_end) for end, same_end in found.items()}


def wiring(traced: BlockTrace) -> tuple[tuple[type[Layer], ...], tuple[tuple[int, ...], ...], int]:
    """A trace's layers and connections, without settings."""
    classes = tuple(type(call.facts.layer) for call in traced.calls)
    return classes, tuple(call.inputs for call in traced.calls), traced.output


def _patterns_of(module: type[Module]) -> Iterator[Pattern]:
    starts: dict[Any, list[Values]] = {}
    for values in _variants(module):
        for shapes in shapes_for(module):
            traced = _attempt(module, values, shapes)
            if traced is not None and _is_useful(traced):
                starts.setdefault(wiring(traced), []).append(values)
    for (classes, inputs, output), values in starts.items():
        unlike = [v for place, v in enumerate(values) if v not in values[:place]]
        yield Pattern(module, tuple(unlike[:MAX_STARTS]), classes, inputs, output)


def _attempt(module: type[Module], values: Values, shapes: tuple[Shape, ...]) -> BlockTrace | None:
    try:
        return trace(module.create(values), shapes)
    except BuilderError:
        return None


def _is_useful(traced: BlockTrace) -> bool:
    """Whether a pattern can be found: it has several layers, and all lead to the output."""
    read = {source for call in traced.calls for source in call.inputs} | {traced.output}
    ports = {-1 - port for port in range(len(traced.input_shapes))}
    whole = read >= ports | set(range(len(traced.calls)))
    in_modules = {i for inner in traced.modules for i in range(inner.start, inner.end)}
    return whole and len(traced.calls) > 1 and len(in_modules) < len(traced.calls)


def _variants(module: type[Module]) -> Iterator[Values]:
    options = {p.name: _options(p) for p in module.parameters()}
    varied = {name: values for name, values in options.items() if len(values) > 1}
    for combination in product(*varied.values()):
        yield dict(zip(varied, combination, strict=True))


def _options(parameter: Parameter) -> list[Any]:
    """Values of a parameter that may change which layers there are, the default first."""
    default, kind = parameter.default, parameter.schema.get("type")
    if parameter.role is Role.DEPTH:
        return list(range(1, MOST_IN_A_ROW + 1))
    if isinstance(default, bool):
        return [default, not default]
    if parameter.name == "strides":
        return [1, 2]
    if kind == "number":
        low = parameter.schema.get("minimum")
        return [default, 0.0 if default else SOME_RATE] if low == 0 else [default]
    if kind == "integer" and parameter.role is None and parameter.schema.get("minimum") == 1:
        return [default, 1]
    return [default]


def shapes_for(module: type[Module]) -> Iterator[tuple[Shape, ...]]:
    """Shapes on which modules may differ: as many channels as filters, and multiples of that."""
    filters = next((p.default for p in module.parameters() if p.role is Role.WIDTH), 32)
    channels = [filters, 2 * filters, 4 * filters]
    if module.max_inputs == 1:
        yield from (((16, 16, number),) for number in channels)
    else:
        for first, second, side in product(channels, channels, (16, 32, 40)):
            yield (16, 16, first), (side, side, second)
