"""A functional model, read and sorted once, to be unfolded at each of its calls."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from builder.importers.entries import Entry, Inbound, read_entries, read_structure
from builder.importers.numbering import Numbering
from builder.importers.structures import leaves
from builder.system.errors import FormatError, shown


class Plan(NamedTuple):
    """What is known about a functional model before it is called.

    Attributes:
        entries: Its layers, by name.
        numbering: How their calls are counted.
        inputs: Its inputs, a structure of references.
        outputs: Its outputs, likewise.
        names: The names of the inputs, in Keras's order.
        order: All calls of its layers, each after those that it reads.
        num_ends: How many inputs and outputs it has.
    """

    entries: Mapping[str, Entry]
    numbering: Numbering
    inputs: Any
    outputs: Any
    names: list[str]
    order: list[tuple[str, int]]
    num_ends: int


def read_plan(entry: Entry) -> Plan:
    """Reads a functional model.

    Raises:
        FormatError: It contradicts itself.
    """
    entries = {inner.name: inner for inner in read_entries(entry)}
    inputs = read_structure(entry.config.get("input_layers"), entry.name)
    outputs = read_structure(entry.config.get("output_layers"), entry.name)
    ends = [*leaves(inputs), *leaves(outputs)]
    numbering = Numbering(entries, ends)
    names = [numbering.call(end, end=True)[0] for end in leaves(inputs)]
    order = list(_in_order(entries, numbering))
    return Plan(entries, numbering, inputs, outputs, names, order, len(ends))


def _in_order(entries: Mapping[str, Entry], numbering: Numbering) -> Iterator[tuple[str, int]]:
    """All calls of a model's layers, each after those that it reads, otherwise as in the file."""
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
