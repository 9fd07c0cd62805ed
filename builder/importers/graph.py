"""The graph of a model that Keras saved: every call of a layer, with nested models unfolded.

Read are functional and sequential models as Keras 3 and Keras 2 write them. Nothing here knows what
a layer does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from builder.architecture import MAX_NODES
from builder.errors import FormatError, shown
from builder.importers.entries import (
    INPUT,
    MODELS,
    Entry,
    Inbound,
    Reference,
    input_shape,
    read_entries,
    read_entry,
    read_references,
)
from builder.importers.result import Unmapped, unmapped
from builder.importers.values import called_with


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
        constants: Other values that it is called with, in order.
        options: Other values that it is called with, by name.
        arguments: All that it is called with, with a `Port` for each of the inputs.
        named: The same by name.
        number: Which call of this layer it is, from 0.
        shared: Whether the layer is called more than once.
    """

    key: str
    name: str
    class_name: str
    module: str
    config: dict[str, Any]
    inputs: tuple[str, ...] = ()
    constants: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    number: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A model as a list of calls.

    Attributes:
        name: The model's name; may be empty.
        calls: In an order in which each stands behind those that it reads.
        outputs: The keys of the calls whose outputs are the model's own.
        unmapped: What could not be taken over of the wiring.
    """

    name: str
    calls: tuple[Call, ...]
    outputs: tuple[str, ...]
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
    outputs = reader.model(entry, "", None, False)
    name = entry.config.get("name")
    return Graph(
        name=name if isinstance(name, str) else "",
        calls=tuple(reader.calls),
        outputs=tuple(dict.fromkeys(outputs)),
        unmapped=tuple(reader.unmapped),
    )


class _Reader:
    """Collects the calls of a model and of the models inside it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.unmapped: list[Unmapped] = []

    def model(
        self, entry: Entry, path: str, feeds: Sequence[str] | None, shared: bool
    ) -> list[str]:
        """Unfolds a model.

        Args:
            entry: The model.
            path: What stands in front of the names and keys of its layers.
            feeds: The keys of what it is called with; None for the outermost one.
            shared: Whether it, or a model around it, is called more than once.

        Returns:
            The keys of its outputs.
        """
        if entry.class_name == "Sequential":
            return self._sequential(entry, path, feeds, shared)
        return self._functional(entry, path, feeds, shared)

    def _sequential(
        self, entry: Entry, path: str, feeds: Sequence[str] | None, shared: bool
    ) -> list[str]:
        entries = read_entries(entry)
        if entries and entries[0].class_name != INPUT and feeds is None:
            shape = input_shape(entry, entries[0])
            if shape is not None:
                entries.insert(0, Entry("input_layer", INPUT, "", {"batch_shape": shape}, ()))
        current = list(feeds or ())
        for inner in entries:
            if inner.class_name == INPUT and feeds is not None:
                continue
            current = self._call(inner, path, Inbound(()), current, 0, shared)
        return current

    def _functional(
        self, entry: Entry, path: str, feeds: Sequence[str] | None, shared: bool
    ) -> list[str]:
        entries = {inner.name: inner for inner in read_entries(entry)}
        inputs = [r.layer for r in read_references(entry.config.get("input_layers"), entry.name)]
        ends = read_references(entry.config.get("output_layers"), entry.name)
        made: dict[tuple[str, int], list[str]] = {}
        if feeds is not None:
            made = {(name, 0): [key] for name, key in zip(inputs, feeds, strict=False)}
        for name, number in _in_order(entries):
            if (name, number) in made:
                continue
            inner = entries[name]
            inbound = inner.inbound[number] if inner.inbound else Inbound(())
            sources = [
                self._output(path, entries[r.layer], r, made) for r in _known(inbound, entries)
            ]
            made[name, number] = self._call(
                inner, path, inbound, sources, number, shared or len(inner.inbound) > 1
            )
        for end in ends:
            if end.layer not in entries:
                raise _missing(end.layer)
        return [self._output(path, entries[end.layer], end, made) for end in ends]

    def _output(
        self,
        path: str,
        entry: Entry,
        reference: Reference,
        made: dict[tuple[str, int], list[str]],
    ) -> str:
        outputs = made[entry.name, _number(entry, reference.node)]
        if reference.tensor < len(outputs):
            return outputs[reference.tensor]
        if entry.is_model:
            raise FormatError(f"the model {shown(entry.name)} has no output {reference.tensor}")
        reason = "it has more than one output, and blocks here have one"
        found = unmapped(path + entry.name, entry.class_name, reason, kept=True)
        if found not in self.unmapped:
            self.unmapped.append(found)
        return outputs[0]

    def _call(
        self,
        entry: Entry,
        path: str,
        inbound: Inbound,
        sources: list[str],
        number: int,
        shared: bool,
    ) -> list[str]:
        """Notes the call of a layer, or the calls of all layers of a model."""
        key = f"{path}{entry.name}" + (f"#{number}" if number else "")
        if entry.is_model:
            self._note_options(entry, path, inbound)
            return self.model(entry, f"{key}/", sources, shared)
        if len(self.calls) >= MAX_NODES:
            raise FormatError(
                f"the model has more than {MAX_NODES:,} layers", "choose a smaller one"
            )
        self.calls.append(
            Call(
                key=key,
                name=f"{path}{entry.name}",
                class_name=entry.class_name,
                module=entry.module,
                config=entry.config,
                inputs=tuple(sources),
                constants=inbound.constants,
                options=inbound.options,
                arguments=inbound.arguments,
                named=inbound.named,
                number=number,
                shared=shared,
            )
        )
        return [key]

    def _note_options(self, entry: Entry, path: str, inbound: Inbound) -> None:
        for name, value in inbound.options:
            reason = called_with(name, value)
            self.unmapped.append(unmapped(path + entry.name, entry.class_name, reason, kept=True))


def _in_order(entries: dict[str, Entry]) -> Iterator[tuple[str, int]]:
    """All calls of a model's layers, each behind those that it reads, else as in the file."""
    sorter: TopologicalSorter[tuple[str, int]] = TopologicalSorter()
    place = {name: position for position, name in enumerate(entries)}
    for entry in entries.values():
        for number, inbound in enumerate(entry.inbound or (Inbound(()),)):
            read = [(r.layer, _number(entries[r.layer], r.node)) for r in _known(inbound, entries)]
            sorter.add((entry.name, number), *read)
    try:
        sorter.prepare()
    except CycleError as error:
        names = " → ".join(dict.fromkeys(str(name) for name, _ in error.args[1]))
        raise FormatError(f"the layers read each other in a circle: {shown(names)}") from None
    ready = list(sorter.get_ready())
    while ready:
        ready.sort(key=lambda call: (place[call[0]], call[1]), reverse=True)
        call = ready.pop()
        yield call
        sorter.done(call)
        ready += sorter.get_ready()


def _known(inbound: Inbound, entries: dict[str, Entry]) -> tuple[Reference, ...]:
    for reference in inbound.references:
        if reference.layer not in entries:
            raise _missing(reference.layer)
    return inbound.references


def _missing(name: str) -> FormatError:
    return FormatError(f"the model reads a layer {shown(name)}, which it does not have")


def _number(entry: Entry, node: int) -> int:
    """Which call a reference means; models may count their own making as the first call."""
    calls = max(1, len(entry.inbound))
    if entry.is_model and node >= calls:
        node -= 1
    if not 0 <= node < calls:
        raise FormatError(f"the layer {shown(entry.name)} is called {calls} times, not {node + 1}")
    return node
