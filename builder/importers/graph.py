"""The graph of a model that Keras saved: every call of a layer, with nested models unfolded.

Read are functional and sequential models as Keras 3 and Keras 2 write them. Nothing here knows what
a layer does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from builder.importers.configuration import is_list, is_object
from builder.importers.entries import (
    INPUT,
    MASK,
    MODELS,
    SEQUENTIAL,
    Entry,
    Inbound,
    Port,
    Reference,
    input_shape,
    read_entries,
    read_entry,
    read_structure,
)
from builder.importers.numbering import Numbering
from builder.importers.result import Unmapped, unmapped
from builder.importers.structures import leaves, matched, replaced
from builder.importers.values import called_with
from builder.network.architecture import MAX_NODES
from builder.system.errors import FormatError, shown

MAX_STEPS = 200_000
"""Calls, and tensors and other values that they are given or give, while models are unfolded.

No file without models inside of models has more; one of 17 kB may ask for 10¹⁰.
"""


_LONG_NAME = 100
"""Letters of a name, with those of the models around it, that cost as much as one more step."""


class Ends(NamedTuple):
    """The inputs or the outputs of a model.

    Attributes:
        calls: The keys of the calls that they are, in order; the same one may be there twice.
        names: The keys of the dictionary that the model has them in; empty for a list of them.
    """

    calls: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Attributes:
        key: Unique in the graph.
        name: The layer's name, with those of the models that hold it in front.
        class_name: Its class.
        module: Where Keras has the class; empty in files of Keras 2 and in `.h5` files.
        config: Its settings.
        inputs: The keys of the calls that it reads, in order.
        arguments: What it is called with, in order: structures in which a `Port` stands for an
            input.
        named: The same by name.
        options: Other values that it is called with, by name.
        number: Which call of this layer it is, from 0.
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


@dataclass(frozen=True, slots=True)
class Graph:
    """A model as a list of calls.

    Attributes:
        name: The model's name; may be empty.
        calls: In an order in which each stands behind those that it reads.
        inputs: Its inputs, in the order in which it takes them.
        outputs: Its outputs.
        unmapped: What could not be taken over of the wiring.
    """

    name: str
    calls: tuple[Call, ...]
    inputs: Ends
    outputs: Ends
    unmapped: tuple[Unmapped, ...]


def read_graph(content: dict[str, Any]) -> Graph:
    """Reads the graph of a model's configuration.

    Raises:
        FormatError: It is not that of a functional or sequential model, or contradicts itself.
    """
    entry = read_entry(content, "the model")
    if entry.class_name not in MODELS:
        raise FormatError(
            f"received a model of class {shown(entry.class_name)}, expected Functional or "
            "Sequential: the wiring of others stands in their code only",
            "rebuild it from keras.Input and keras.Model, and save that",
        )
    reader = _Reader()
    inputs, outputs = reader.model(entry, None, _OUTERMOST)
    name = entry.config.get("name")
    return Graph(
        name=name if isinstance(name, str) else "",
        calls=tuple(reader.calls),
        inputs=_ends(inputs, "inputs"),
        outputs=_ends(outputs, "outputs"),
        unmapped=tuple(reader.unmapped),
    )


def _ends(structure: Any, what: str) -> Ends:
    """Reads a list of ends, or a dictionary of them."""
    names = tuple(structure) if is_object(structure) else ()
    held: Any = list(structure.values()) if is_object(structure) else structure
    members: list[Any] = held if is_list(held) else [] if held is None else [held]
    if not all(isinstance(member, str) for member in members):
        raise FormatError(
            f"the model has its {what} in lists or dictionaries inside of each other, "
            "expected one list or one dictionary",
            f"build it with its {what} in one of these and save that",
        )
    return Ends(tuple(members), names)


class _Unfolded(NamedTuple):
    """What a call of a layer or model reads and gives: structures of the keys of calls."""

    inputs: Any
    outputs: Any


class _Place(NamedTuple):
    """Where a layer stands.

    Attributes:
        path: What stands in front of the names and keys of its model's layers.
        number: Which of its calls it is, from 0.
        shared: Whether it, or a model around it, is called more than once.
    """

    path: str = ""
    number: int = 0
    shared: bool = False


_OUTERMOST = _Place()


class _Plan(NamedTuple):
    """A functional model as it is unfolded at each of its calls; read once.

    Attributes:
        entries: Its layers, by name.
        numbering: How their calls are counted.
        inputs: Its inputs, a structure of references.
        outputs: Its outputs, likewise.
        names: The names of the inputs, in Keras's order.
        order: All calls of its layers, each behind those that it reads.
        num_ends: How many inputs and outputs it has.
    """

    entries: Mapping[str, Entry]
    numbering: Numbering
    inputs: Any
    outputs: Any
    names: list[str]
    order: list[tuple[str, int]]
    num_ends: int


class _Reader:
    """Collects the calls of a model and of the models inside it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.unmapped: list[Unmapped] = []
        self._told: set[Unmapped] = set()
        self._left = MAX_STEPS
        self._plans: dict[int, _Plan] = {}
        self._entries: dict[int, list[Entry]] = {}

    def model(self, entry: Entry, given: Any, place: _Place) -> _Unfolded:
        """Unfolds a model.

        Args:
            entry: The model.
            given: What it is called with, a structure of keys; None where it begins by itself.
            place: What its layers have in front of their names, and whether they are shared.
        """
        unfold = self._sequential if entry.class_name == SEQUENTIAL else self._functional
        return unfold(entry, given, place)

    def _spend(self, number: int) -> None:
        """Refuses a file whose models, called again and again, would take for ever to unfold."""
        self._left -= number
        if self._left < 0:
            raise FormatError(
                f"the models inside of the model take more than {MAX_STEPS:,} steps to unfold",
                "choose a smaller one",
            )

    def _plan(self, entry: Entry) -> _Plan:
        key = id(entry.config)  # the file's content is there all the while
        if key not in self._plans:
            entries = {inner.name: inner for inner in read_entries(entry)}
            inputs = read_structure(entry.config.get("input_layers"), entry.name)
            outputs = read_structure(entry.config.get("output_layers"), entry.name)
            ends = [*leaves(inputs), *leaves(outputs)]
            numbering = Numbering(entries, ends)
            names = [numbering.call(end, end=True)[0] for end in leaves(inputs)]
            order = list(_in_order(entries, numbering))
            self._plans[key] = _Plan(entries, numbering, inputs, outputs, names, order, len(ends))
        return self._plans[key]

    def _sequential(self, entry: Entry, given: Any, place: _Place) -> _Unfolded:
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
            # The keys of what is read stand in the places of layers' names.
            read = () if current is None else (replaced(current, _own_reference),)
            called = self._call(inner, Inbound(read), lambda own: own.layer, place)
            inputs = called.inputs if inputs is None else inputs
            current = called.outputs
        return _Unfolded(inputs, current)

    def _functional(self, entry: Entry, given: Any, place: _Place) -> _Unfolded:
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
                called = self._call(inner, inbound, key, _Place(place.path, number, shared))
                made[name, number] = tuple(leaves(called.outputs))
        return _Unfolded(
            replaced(plan.inputs, lambda end: key(end, end=True)),
            replaced(plan.outputs, lambda end: key(end, end=True)),
        )

    def _output(self, entry: Entry, outputs: tuple[str, ...], index: int, place: _Place) -> str:
        """The key of one of the outputs of a call."""
        if index < len(outputs):
            return outputs[index]
        if entry.is_model:
            raise FormatError(f"the model {shown(entry.name)} has no output {index}")
        reason = "it has more than one output, and blocks here have one"
        found = unmapped(place.path + entry.name, entry.class_name, reason, kept=True)
        if found not in self._told:
            self._told.add(found)
            self.unmapped.append(found)
        return outputs[0]

    def _call(
        self, entry: Entry, inbound: Inbound, key: Callable[[Reference], str], place: _Place
    ) -> _Unfolded:
        """Notes the call of a layer, or the calls of all layers of a model.

        Args:
            entry: The layer.
            inbound: What it is called with.
            key: Gives the key of what a reference means.
            place: Where it stands.
        """
        own = f"{place.path}{entry.name}" + (f"#{place.number}" if place.number else "")
        self._spend(1 + inbound.size + len(own) // _LONG_NAME)
        if entry.is_model:
            self._note_options(entry, place.path, inbound)
            return self.model(
                entry, _given(entry, inbound, key), _Place(f"{own}/", 0, place.shared)
            )
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
        return _Unfolded(own, own)

    def _note_options(self, entry: Entry, path: str, inbound: Inbound) -> None:
        for name, value in inbound.options:
            reason = called_with(name, value)
            self.unmapped.append(unmapped(path + entry.name, entry.class_name, reason, kept=True))


def _is_read(value: Any) -> bool:
    return isinstance(value, Reference)


def _own_reference(key: str) -> Reference:
    return Reference(key, 0, 0)


def _given(entry: Entry, inbound: Inbound, key: Callable[[Reference], str]) -> Any:
    """What a model is called with: the keys of what its first argument reads."""
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


def _in_order(entries: Mapping[str, Entry], numbering: Numbering) -> Iterator[tuple[str, int]]:
    """All calls of a model's layers, each behind those that it reads, else as in the file."""
    sorter: TopologicalSorter[tuple[int, int]] = TopologicalSorter()
    names = [*entries]
    places = {name: place for place, name in enumerate(names)}
    for place, entry in enumerate(entries.values()):
        for number, inbound in enumerate(entry.inbound or (Inbound(),)):
            read = [numbering.call(reference) for reference in inbound.references]
            sorter.add((place, number), *((places[name], call) for name, call in read))
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[tuple[int, int]] = error.args[1]
        shown_names = " → ".join(dict.fromkeys(names[place] for place, _ in circle))
        raise FormatError(f"the layers read each other in a circle: {shown(shown_names)}") from None
    ready = list(sorter.get_ready())
    heapify(ready)
    while ready:
        place, number = heappop(ready)
        yield names[place], number
        sorter.done((place, number))
        for call in sorter.get_ready():
            heappush(ready, call)
