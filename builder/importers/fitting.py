"""Finds the parameters with which a module consists of exactly the given layers."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeGuard

from builder.blocks.base import Layer
from builder.blocks.module import Module
from builder.blocks.parameter import Parameter
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.importers.patterns import Pattern, Values, wiring
from builder.importers.sameness import canonical
from builder.system.errors import BuilderError

MAX_TRIALS = 400
"""Traces for one place; a real block needs about ten."""
MAX_GUESSES = 12


class Trials:
    """Counts how often modules may still be traced, so that no file can keep a server busy.

    Attributes:
        left: Traces that are left.
    """

    def __init__(self, left: int) -> None:
        self.left = left


def fit(
    pattern: Pattern,
    wanted: Sequence[Layer],
    shapes: tuple[Shape, ...],
    trials: Trials,
    like: Module | None = None,
) -> Module | None:
    """Finds parameters that make the pattern's layers the wanted ones.

    Starting from parameters that give the pattern, it corrects the first setting that differs by a
    parameter that can, then the next. The result was compared in full.

    Args:
        pattern: The module and its wiring.
        wanted: The layers, in the pattern's order.
        shapes: The input shapes of the module.
        trials: How much may still be tried.
        like: A module of this type that was found before; the next one is rarely very different.

    Returns:
        The module, or None where there are no such parameters or they were not found.
    """
    fitter = _Fitter(pattern, wanted, shapes, Trials(min(MAX_TRIALS, trials.left)))
    if like is not None:
        fitter.starts = (like.values(), *fitter.starts)
    before = fitter.trials.left
    try:
        return fitter.run()
    finally:
        trials.left -= before - fitter.trials.left


class _Fitter:
    def __init__(
        self, pattern: Pattern, wanted: Sequence[Layer], shapes: tuple[Shape, ...], trials: Trials
    ) -> None:
        self.module = pattern.module
        self.starts = pattern.starts
        self.wanted = tuple(map(canonical, wanted))
        self.shapes = shapes
        self.trials = trials
        self._wiring = (pattern.classes, pattern.inputs, pattern.output)

    def run(self) -> Module | None:
        for start in self._guesses():
            if self._layers(start) is None:
                continue
            values = self._improve(dict(start))
            if values is not None:
                return self.module.create(values)
        return None

    def _guesses(self) -> Iterator[Values]:
        """Parameters to start from; the width comes first, since it decides on shortcuts."""
        sizes = dict.fromkeys(
            value
            for layer in self.wanted
            for name in ("filters", "units")
            if (value := getattr(layer, name, None)) is not None
        )
        first = self.module.parameters()[:1]
        for start in self.starts:
            yield start
            for parameter in first:
                if parameter.schema.get("type") == "integer":
                    for size in list(sizes)[:MAX_GUESSES]:
                        yield {**start, parameter.name: size}

    def _improve(self, values: dict[str, Any]) -> dict[str, Any] | None:
        layers = self._layers(values)
        while layers is not None:
            wrong = self._first_difference(layers)
            if wrong is None:
                return values
            better = self._put_right(values, wrong)
            if better is None:
                return None
            values, layers = better
        return None

    def _put_right(
        self, values: dict[str, Any], wrong: tuple[int, int, str, Any, Any]
    ) -> tuple[dict[str, Any], tuple[Layer, ...]] | None:
        """Changes one parameter such that the first difference comes later."""
        *place, name, have, want = wrong
        for parameter in self._by_likelihood(name):
            current = values.get(parameter.name, parameter.default)
            seen = self._values_of(parameter.name)
            for candidate in (*_candidates(current, have, want), *seen):
                trial = {**values, parameter.name: candidate}
                layers = self._layers(trial)
                if layers is None:
                    continue
                difference = self._first_difference(layers)
                if difference is None or [*difference[:2]] > place:
                    return trial, layers
        return None

    def _values_of(self, name: str) -> list[Any]:
        """The values of a setting among the wanted layers."""
        found = [getattr(layer, name) for layer in self.wanted if hasattr(layer, name)]
        return [value for place, value in enumerate(found) if value not in found[:place]]

    def _by_likelihood(self, name: str) -> list[Parameter]:
        parameters = self.module.parameters()
        stem = name.rpartition("_")[2]
        return sorted(parameters, key=lambda p: (p.name != name, not p.name.endswith(stem)))

    def _first_difference(self, layers: tuple[Layer, ...]) -> tuple[int, int, str, Any, Any] | None:
        for number, (layer, wanted) in enumerate(zip(layers, self.wanted, strict=True)):
            if layer != wanted:
                for position, field in enumerate(fields(layer)):  # pyright: ignore[reportArgumentType]  every block is a dataclass
                    have, want = getattr(layer, field.name), getattr(wanted, field.name)
                    if have != want:
                        return number, position, field.name, have, want
        return None

    def _layers(self, values: Values) -> tuple[Layer, ...] | None:
        """The module's layers; None where it is wired differently, or does not fit."""
        if self.trials.left <= 0:
            return None
        self.trials.left -= 1
        try:
            traced = trace(self.module.create(values), self.shapes)
        except BuilderError:
            return None
        if wiring(traced) != self._wiring:
            return None
        return tuple(canonical(call.facts.layer) for call in traced.calls)


def _candidates(current: Any, have: Any, want: Any) -> Iterator[Any]:
    """Values of a parameter that may turn a layer's present setting into the wanted one."""
    yield want
    if isinstance(current, bool):
        yield not current
        return
    if is_dataclass(want):
        yield from (getattr(want, field.name) for field in fields(want))
    if want is None:
        yield 0
    if _is_number(current) and _is_number(have) and _is_number(want):
        for factor, divisor in ((want, have), (have, want)):
            if divisor:
                scaled = current * factor / divisor
                yield scaled
                if isinstance(current, int) or scaled == int(scaled):
                    yield int(scaled)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
