"""What differs between runs: their settings, and the networks that they trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, cast

from builder.network.architecture import Architecture
from builder.runs.run_folder import Run, current_settings
from builder.runs.trained_network import trained_network
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings

Group = Literal["setting", "network"]
ResultKind = Literal["metric", "count", "amount"]
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison.

    Attributes:
        group: Whether it is a setting or belongs to the network.
        name: What differs, such as `learning_rate`, `optimizer.momentum` or `conv2d_1.filters`.
        values: One for each run, as plain JSON; None where the run has none.
    """

    group: Group
    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results, with a value for each run.

    Attributes:
        name: Such as `best validation loss`.
        kind: How it is compared: a `metric` and a `count` by the difference, an `amount`, such as
            seconds, by the ratio.
        metric: The metric that the values are of, as Keras names it; empty for the others.
        values: One for each run; None where it is not known.
    """

    name: str
    kind: ResultKind
    values: tuple[float | None, ...]
    metric: str = ""

    def against(self, baseline: int) -> tuple[float | None, ...]:
        """How far each run is from the baseline.

        Args:
            baseline: The number of that run.

        Returns:
            The differences, or for amounts the changes as fractions of the baseline's value; None
            for the baseline itself, and where one of the two values is not known.
        """
        base = self.values[baseline]
        return tuple(
            None if number == baseline else self._change(value, base)
            for number, value in enumerate(self.values)
        )

    def _change(self, value: float | None, base: float | None) -> float | None:
        if value is None or base is None:
            return None
        if self.kind != "amount":
            return value - base
        return value / base - 1 if base else None


def differences(runs: Sequence[Run]) -> tuple[Difference, ...]:
    """Lists what differs between runs, settings first.

    Args:
        runs: At least two; whatever cannot be read of a damaged run counts as having no value.
    """
    settings = [_settings(current_settings(run)) for run in runs]
    defaults = _merged([_settings_defaults(run.settings) for run in runs])
    networks = [_network(run) for run in runs]
    found = _differing("network", networks, {})
    # Where a node is another block, or missing, its parameters cannot be compared.
    other = {difference.name for difference in found}
    found = [difference for difference in found if difference.name.rpartition(".")[0] not in other]
    return (*_differing("setting", settings, defaults), *found)


def _differing(
    group: Group, tables: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any]
) -> list[Difference]:
    """Whether values differ; a default that only some of the runs have does not count."""
    found: list[Difference] = []
    order = {name: place for place, name in enumerate(_merged(tables))}
    for name in sorted(order, key=lambda name: order.get(name.partition(".")[0], 0)):
        values = tuple(table.get(name) for table in tables)
        present = [table[name] for table in tables if name in table]
        same = all(value == present[0] for value in present)
        if same and (len(present) == len(tables) or present[0] == defaults.get(name, _NOTHING)):
            continue
        found.append(Difference(group, name, values))
    return found


def _merged(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for table in tables for name, value in table.items()}


def _settings(settings: TrainingSettings | None) -> dict[str, Any]:
    """All settings in one table: `optimizer` is its name, `optimizer.momentum` a part of it."""
    return _flat(settings.values()) if settings else {}


def _settings_defaults(settings: TrainingSettings | None) -> dict[str, Any]:
    """The same with the defaults of the optimizer and the schedule that were chosen."""
    if settings is None:
        return {}
    chosen = {
        field.name: {"name": value.name}
        for field in fields(settings)
        if hasattr(value := getattr(settings, field.name), "name")
    }
    return _settings(TrainingSettings.create(chosen))


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            table[name] = inner.get("name")
            table |= {f"{name}.{key}": item for key, item in inner.items() if key != "name"}
        else:
            table[name] = value
    return table


def _network(run: Run) -> dict[str, Any]:
    """The network's name and size, and each node's block and parameters."""
    architecture = trained_architecture(run)
    if architecture is None:
        return {}
    table: dict[str, Any] = {"name": architecture.name, "params": run.facts.get("params")}
    for node in architecture:
        table[node.label] = node.block.type_name()
        table |= {f"{node.label}.{name}": value for name, value in node.block.values().items()}
        table[f"{node.label}.repeat"] = node.repeat
        table[f"{node.label}.inputs"] = ", ".join(node.inputs)
    return table


def trained_architecture(run: Run) -> Architecture | None:
    """The network that a run trained; None where it cannot be read."""
    try:
        return trained_network(run.folder)
    except BuilderError:
        return None
