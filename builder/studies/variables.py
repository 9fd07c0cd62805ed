"""What a study of a network can vary, each with levels to begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builder.blocks.parameter import OPEN, Parameter
from builder.network.architecture import Architecture, Node
from builder.network.connections import is_repeatable
from builder.studies.naming import SCALING
from builder.training.setting_fields import shown_settings
from builder.training.settings import TrainingSettings

_NOT_OFFERED = frozenset(
    {
        *("dataset", "seed", "device"),
        *("validation_set", "validation_share", "test_share", "split"),
        *("monitor", "keep_best", "resume_if_lost"),
    }
)
"""Settings that all variants of a study have in common: data, split, and what a run keeps."""

_SMALL = 0.05
"""Numbers below it are tried by powers of ten."""
_MOST_CHOICES = 4
_SCALINGS = {"depth": "1, 2, 3", "width": "0.5, 1, 2", "resolution": "0.75, 1, 1.25"}


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a study can vary.

    Attributes:
        name: As `read_factor` takes it, without levels: `conv2d_1.filters`.
        value: What it is now, as a plain value.
        levels: Levels around it, as `read_levels` takes them.
    """

    name: str
    value: Any
    levels: str


def variables(architecture: Architecture, settings: TrainingSettings) -> tuple[Variable, ...]:
    """What a study can vary: settings, scaling, then the parameters of the nodes.

    Of the settings those that have an effect, of the parameters those that the inspector does not
    fold away.
    """
    found = [
        Variable(".".join(setting.path), setting.value, suggested(setting.value, setting.parameter))
        for _, shown in shown_settings(settings)
        for setting in shown
        if setting.path[0] not in _NOT_OFFERED
    ]
    found += [Variable(f"{SCALING}.{name}", 1, levels) for name, levels in _SCALINGS.items()]
    for node in architecture:
        found += node_variables(node)
    return tuple(found)


def setting_variables(settings: TrainingSettings) -> tuple[Variable, ...]:
    """The settings that a study can vary and that have an effect."""
    return tuple(
        Variable(".".join(setting.path), setting.value, suggested(setting.value, setting.parameter))
        for _, shown in shown_settings(settings)
        for setting in shown
        if setting.path[0] not in _NOT_OFFERED
    )


def variable_name(node: Node, parameter: str) -> str:
    """The name by which a study varies a parameter of a node."""
    first = node.id if set(node.label) & set(".=") else node.label
    return f"{first}.{parameter}"


def suggested(value: Any, parameter: Parameter | None = None) -> str:
    """Levels around a value: `16, 32, 64`, `0.0001..0.01 log`, `relu, gelu`.

    Args:
        value: The value, as a plain one.
        parameter: What it is the value of.
    """
    if isinstance(value, bool):
        return "true, false"
    if parameter is not None and parameter.choices:
        others = [choice for choice in parameter.choices if choice != value]
        return ", ".join([str(value), *others][:_MOST_CHOICES])
    if isinstance(value, int):
        return ", ".join(f"{each}" for each in sorted({max(1, value // 2), value, 2 * value}))
    if isinstance(value, float) and 0 < value < _SMALL:
        return f"{value / 10:g}..{10 * value:g} log"
    if isinstance(value, float) and 0 < value < 1:
        return f"{value / 2:g}, {value:g}, {(1 + value) / 2:g}"
    if isinstance(value, float):
        return f"{value:g}, {2 * value or 0.1:g}"
    return "none" if value is None else str(value)


def node_variables(node: Node) -> Iterator[Variable]:
    """The parameters of a node that a study can vary, and how often it is repeated."""
    values = node.block.values()
    for parameter in node.block.parameters():
        value = values[parameter.name]
        is_single = value is None or isinstance(value, int | float | str)
        if is_single and (parameter.section or OPEN) == OPEN and parameter.applies(node.block):
            name = variable_name(node, parameter.name)
            yield Variable(name, value, suggested(value, parameter))
    if is_repeatable(node.block):
        yield Variable(variable_name(node, "repeat"), node.repeat, suggested(node.repeat))
