"""Unfolds a model into a list of all calls of layers, including those in inner models.

A model that is called twice yields the calls of its layers twice. Worked example: `twice`, which
holds `conv`, is called on `a` and then on its own output:

    a → twice → twice        gives the calls        a, twice/conv, twice#1/conv

A key names a call (`twice#1/conv` is in the second call of `twice`); a reference in a file means a
call and one of its outputs. A functional model is sorted once (`plan.py`); at each of its calls,
the references are replaced by the keys of its arguments, and its outputs are passed on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from builder.importers.entries import (
    INPUT,
    MASK,
    SEQUENTIAL,
    Entry,
    Inbound,
    Port,
    Reference,
    input_shape,
    read_entries,
)
from builder.importers.plan import Plan, read_plan
from builder.importers.reasons import Reason
from builder.importers.result import Unmapped, unmapped
from builder.importers.structures import leaves, matched, replaced
from builder.importers.values import called_with
from builder.network.architecture import MAX_NODES
from builder.system.errors import FormatError, Problem, shown

MAX_STEPS = 200_000
"""The most calls, arguments and results while models are unfolded.

Only files with nested models could have more; one of 17 kB may ask for 10¹⁰.
"""


_LONG_NAME = 100
"""The characters of a full name that cost as much as one more step."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Attributes:
        key: Unique in the graph.
        name: The layer's name, preceded by the names of the models around it.
        class_name: Its class.
        module: The module of the class in Keras; empty in files of Keras 2 and in `.h5` files.
        config: Its settings.
        inputs: The keys of the calls that it reads, in order.
        arguments: The positional arguments: structures in which a `Port` stands for an input.
        named: The arguments given by name.
        options: Arguments that are not tensors, by name.
        number: The number of this call among the layer's calls, from 0.
        shared: Whether the layer is called more than once.
    """

    key: str
    name: str
    class_name: str
    module: str
    config: dict[str, Any]
    inputs: tuple[str, ...] = ()
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    number: int = 0
    shared: bool = False


class Unfolded(NamedTuple):
    """What a call of a layer or model reads and returns: structures of the keys of calls."""

    inputs: Any
    outputs: Any


class Place(NamedTuple):
    """The place of a layer.

    Attributes:
        path: The prefix of the names and keys of its model's layers.
        number: The number of its call, from 0.
        shared: Whether it, or a model around it, is called more than once.
    """

    path: str = ""
    number: int = 0
    shared: bool = False


OUTERMOST = Place()
"""The place of the outermost model's layers."""


class Unfolding:
    """Collects the calls of a model and of the models inside it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.unmapped: list[Unmapped] = []
        self._told: set[str] = set()
        self._left = MAX_STEPS
        self._plans: dict[int, Plan] = {}
        self._entries: dict[int, list[Entry]] = {}

    def model(self, entry: Entry, given: Any, place: Place) -> Unfolded:
        """Unfolds a model.

        Args:
            entry: The model.
            given: Its arguments, a structure of keys; None for the outermost model.
            place: The prefix of its layers' names, and whether they are shared.
        """
        unfold = self._sequential if entry.class_name == SEQUENTIAL else self._functional
        return unfold(entry, given, place)

    def _spend(self, number: int) -> None:
        """Refuses a file whose repeatedly called models would take forever to unfold."""
        self._left -= number
        if self._left < 0:
            raise FormatError(
                f"the models inside of the model take more than {MAX_STEPS:,} steps to unfold",
                "choose a smaller one",
            )

    def _plan(self, entry: Entry) -> Plan:
        key = id(entry.config)  # the file's content stays in memory anyway
        if key not in self._plans:
            self._plans[key] = read_plan(entry)
        return self._plans[key]

    def _sequential(self, entry: Entry, given: Any, place: Place) -> Unfolded:
        key = id(entry.config)
        if key not in self._entries:
            self._entries[key] = read_entries(entry)
        entries = [*self._entries[key]]
        self._spend(1 + len(entries))
        begins = bool(entries) and entries[0].class_name == INPUT
        if begins and given is not None:
            _check_number(entry, given, 1)
            entries = entries[1:]
        elif entries and not begins and given is None:
            shape = input_shape(entry, entries[0])
            if shape is not None:
                entries.insert(0, Entry("input_layer", INPUT, "", {"batch_shape": shape}, ()))
        inputs, current = given, given
        for inner in entries:
            # The keys of what is read take the places of layers' names.
            read = () if current is None else (replaced(current, _own_reference),)
            called = self._call(inner, Inbound(read), lambda own: own.layer, place)
            inputs = called.inputs if inputs is None else inputs
            current = called.outputs
        return Unfolded(inputs, current)

    def _functional(self, entry: Entry, given: Any, place: Place) -> Unfolded:
        plan = self._plan(entry)
        self._spend(1 + len(plan.order) + plan.num_ends)
        made: dict[tuple[str, int], tuple[str, ...]] = {}
        if given is not None:
            keys = matched(given, plan.inputs, plan.names)
            if keys is None:
                raise _wrong_number(entry, len([*leaves(given)]), len(plan.names))
            made = {(name, 0): tuple(leaves(key)) for name, key in keys.items()}

        def key(reference: Reference, end: bool = False) -> str:
            call = plan.numbering.call(reference, end=end)
            return self._output(plan.entries[call[0]], made[call], reference.tensor, place)

        for name, number in plan.order:
            inner = plan.entries[name]
            if (name, number) not in made:
                inbound = inner.inbound[number] if inner.inbound else Inbound()
                shared = place.shared or len(inner.inbound) > 1
                called = self._call(inner, inbound, key, Place(place.path, number, shared))
                made[name, number] = tuple(leaves(called.outputs))
        return Unfolded(
            replaced(plan.inputs, lambda end: key(end, end=True)),
            replaced(plan.outputs, lambda end: key(end, end=True)),
        )

    def _output(self, entry: Entry, outputs: tuple[str, ...], index: int, place: Place) -> str:
        """The key of one of the outputs of a call."""
        if index < len(outputs):
            return outputs[index]
        if entry.is_model:
            raise FormatError(f"the model {shown(entry.name)} has no output {index}")
        name = place.path + entry.name
        if name not in self._told:
            self._told.add(name)
            reason = Problem(Reason.SEVERAL_OUTPUTS)
            self.unmapped.append(unmapped(name, entry.class_name, reason, kept=True))
        return outputs[0]

    def _call(
        self, entry: Entry, inbound: Inbound, key: Callable[[Reference], str], place: Place
    ) -> Unfolded:
        """Records the call of a layer, or the calls of all layers of a model.

        Args:
            entry: The layer.
            inbound: The arguments of the call.
            key: Returns the key of what a reference means.
            place: The layer's place.
        """
        own = f"{place.path}{entry.name}" + (f"#{place.number}" if place.number else "")
        self._spend(1 + inbound.size + len(own) // _LONG_NAME)
        if entry.is_model:
            self._note_options(entry, place.path, inbound)
            return self.model(entry, _given(entry, inbound, key), Place(f"{own}/", 0, place.shared))
        if len(self.calls) >= MAX_NODES:
            raise FormatError(
                f"the model has more than {MAX_NODES:,} layers", "choose a smaller one"
            )
        ports = map(Port, count())
        in_ports = partial(replaced, replace=lambda v: next(ports) if _is_read(v) else v)
        self.calls.append(
            Call(
                key=own,
                name=f"{place.path}{entry.name}",
                class_name=entry.class_name,
                module=entry.module,
                config=entry.config,
                inputs=tuple(key(reference) for reference in inbound.references),
                arguments=tuple(in_ports(value) for value in inbound.arguments),
                named=tuple((n, in_ports(value)) for n, value in inbound.named if n != MASK),
                options=inbound.options,
                number=place.number,
                shared=place.shared,
            )
        )
        return Unfolded(own, own)

    def _note_options(self, entry: Entry, path: str, inbound: Inbound) -> None:
        for name, value in inbound.options:
            reason = called_with(name, value)
            self.unmapped.append(unmapped(path + entry.name, entry.class_name, reason, kept=True))


def _is_read(value: Any) -> bool:
    return isinstance(value, Reference)


def _own_reference(key: str) -> Reference:
    return Reference(key, 0, 0)


def _given(entry: Entry, inbound: Inbound, key: Callable[[Reference], str]) -> Any:
    """The input of a model: the keys of what its first argument reads."""
    given = inbound.arguments[0] if inbound.arguments else dict(inbound.named).get("inputs")
    read = [*filter(_is_read, leaves(given))]
    if len(read) < len(inbound.references):
        raise FormatError(
            f"the model {shown(entry.name)} is called with tensors beside its inputs",
            "call it with its inputs only and save the model again",
        )
    return replaced(given, lambda value: key(value) if _is_read(value) else None) if read else None


def _check_number(entry: Entry, given: Any, expected: int) -> None:
    received = len([*leaves(given)])
    if received != expected:
        raise _wrong_number(entry, received, expected)


def _wrong_number(entry: Entry, received: int, expected: int) -> FormatError:
    return FormatError(
        f"the model {shown(entry.name)} is called with {received} tensors that do not match its "
        f"inputs, expected {expected}",
        "choose a file that Keras wrote",
    )
