"""The lines of a function that applies one block after another to tensors.

Take an Input, two Conv2D `a` and `b`, a ReLU, an Add of the ReLU and `a`, and conv_bn_relu with 32,
64 and 128 filters. They become

    a = layers.Conv2D(32, 3, padding="same")(inputs)      read again by Add: its own variable
    x = layers.Conv2D(32, 3, padding="same")(a)           read by the next node only: `x`
    x = layers.ReLU()(x)
    x = layers.Add()([x, a])
    for filters in [32, 64]:                              neighbors of one block: a loop
        x = conv_bn_relu(x, filters)
    outputs = conv_bn_relu(x, 128)                        the output has its own variable

Cells that each read the two outputs before them become a loop as well, see `chains.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from builder.blocks.base import Layer
from builder.codegen.keras.chains import CARRIED, Chain, find_chains
from builder.codegen.keras.layout import INDENT, WIDTH, lay_out
from builder.codegen.keras.names import CHAINED, COUNTER, FunctionNames, Names, function_name
from builder.codegen.keras.python_source import call, literal, quote
from builder.network.architecture import Node
from builder.network.own_block import REPEAT

MAX_VARYING = 3
"""The most parameters that vary in a loop; with more, single lines read better."""

Given = Mapping[str, str]
"""Parameters of a node with variables as values: the parameter's name and the variable's."""

_NOTHING: Given = MappingProxyType({})


@dataclass(frozen=True)
class Body:
    """Nodes in the order in which they are written.

    A value that is read later than by the next node gets its own variable. Neighbors with the same
    block and different arguments become a loop, and so do neighbors that each read the two before
    them.

    Attributes:
        nodes: Each after its inputs.
        outputs: The ids of the nodes whose outputs are needed at the end.
        fixed: Variables that are given: those of existing tensors, and of some nodes.
        names: Chooses the names in the function; the fixed ones are taken.
        functions: The names of the functions of own blocks.
        given: Parameters that are taken from variables, by node id.
    """

    nodes: Sequence[Node]
    outputs: Sequence[str]
    fixed: Mapping[str, str]
    names: Names
    functions: FunctionNames
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The variable with each node's output: `x` where only the next node reads it."""
        return self._naming[0]

    @cached_property
    def _naming(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The variables of the nodes, and those of loops by the parameter that varies.

        Loops come first: their variables have the names of the parameters, nodes may have any
        names.
        """
        varying = [
            name
            for start, end in self._groups
            if end - start > 1 and start not in self._chains
            for name in _varying(self.nodes[start:end])
        ]
        loops = {name: self.names.take(name) for name in dict.fromkeys(varying)}
        variables = {**self._shared}
        for node in self.nodes:
            if node.id not in variables:
                variables[node.id] = self.names.take(node.label)
        return variables, loops

    @cached_property
    def _shared(self) -> Mapping[str, str]:
        """The variables of tensors and nodes that need no separate name."""
        place = {node.id: position for position, node in enumerate(self.nodes)}
        readers: dict[str, set[int]] = {node_id: set() for node_id in (*place, *self.fixed)}
        for node in self.nodes:
            for source in node.inputs:
                readers[source].add(place[node.id])
        result = dict(self.fixed)
        for node_id, position in place.items():
            next_only = node_id not in self.outputs and readers[node_id] == {position + 1}
            if next_only and self.nodes[position].block.max_inputs != 0:
                result.setdefault(node_id, "x")
        for chain in self._chains.values():
            last, before = self.nodes[chain.end - 1], self.nodes[chain.end - 2]
            if chain.leaves_both:
                result[last.id], result[before.id] = CARRIED
        return result

    @cached_property
    def _groups(self) -> Sequence[tuple[int, int]]:
        """The start and end of nodes that are written together: chains, loops, single ones."""
        groups: list[tuple[int, int]] = []
        start = 0
        while start < len(self.nodes):
            chain = self._chains.get(start)
            end = chain.end if chain else self._loop_end(start)
            groups.append((start, end))
            start = end
        return groups

    def _loop_end(self, start: int) -> int:
        """The end of the longest run of nodes from `start` that one loop can write."""
        first = self.nodes[start]
        if not self._loops(first):
            return start + 1
        end = start + 1
        varying: set[str] = set()
        while end < len(self.nodes):
            node = self.nodes[end]
            same = type(node.block) is type(first.block) and self._loops(node)
            if not same or node.inputs != (self.nodes[end - 1].id,):
                break
            varying |= set(_varying((first, node)))
            if len(varying) > MAX_VARYING:
                break
            end += 1
        return start + 1 if isinstance(first.block, Layer) and end - start < 3 else end

    def _loops(self, node: Node) -> bool:
        plain = node.repeat == 1 and not node.name and node.id not in self.given
        return plain and self._shared.get(node.id) == "x" and node.block.max_inputs == 1

    def lines(self, before_last: Sequence[str] = ()) -> list[str]:
        """The statements, indented once.

        Args:
            before_last: Lines to put before the last statement, indented.
        """
        lines: list[str] = []
        for start, end in self._groups:
            written = self._written(start, end)
            source = next((self.variables[source] for source in self.nodes[start].inputs), "")
            if lines[-1:] == [f"{INDENT}{source} = x"] and written[0] == f"{INDENT}x = {source}":
                written = written[1:]  # x holds that value already
            if end == len(self.nodes):
                lines += before_last
            lines += written
        return lines

    def _written(self, start: int, end: int) -> list[str]:
        steps = [self._step(node) for node in self.nodes[start:end]]
        if start in self._chains:
            return _chain(steps)
        return _loop(steps, self._naming[1]) if len(steps) > 1 else _single(steps[0])

    def _step(self, node: Node) -> "_Step":
        return _Step(
            node,
            function_name(type(node.block), self.functions),
            tuple(self.variables[source] for source in node.inputs),
            self.variables[node.id],
            self.given.get(node.id, {}),
        )

    @cached_property
    def _chains(self) -> Mapping[int, Chain]:
        return {} if self.given else find_chains(self.nodes, self.outputs)


@dataclass(frozen=True)
class _Step:
    """A node with its function and the variables that it reads and sets."""

    node: Node
    function: str
    sources: tuple[str, ...]
    target: str
    given: Given


def _varying(nodes: Sequence[Node]) -> list[str]:
    first = nodes[0].block
    return [
        parameter.name
        for parameter in first.parameters()
        if len({getattr(node.block, parameter.name) for node in nodes}) > 1
    ]


def _loop(group: Sequence[_Step], variables: Given) -> list[str]:
    """A loop over nodes of one block; `variables` are those of parameters that vary."""
    varying = _varying([step.node for step in group])
    first = group[0]
    lines = [] if first.sources == ("x",) else [f"{INDENT}x = {first.sources[0]}"]
    if not varying:
        lines.append(f"{INDENT}for _ in range({len(group)}):")
    else:
        rows = [[literal(getattr(s.node.block, name)) for name in varying] for s in group]
        items = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in rows]
        targets = ", ".join(variables[name] for name in varying)
        lines.append(lay_out(f"for {targets} in [{', '.join(items)}]:"))
    given = {name: variables[name] for name in varying}
    lines.append(_statement(first, ("x",), "x", depth=2, given=given))
    return lines


def _chain(steps: Sequence[_Step]) -> list[str]:
    """A loop that carries the last two outputs from one block to the next."""
    pairs = [(a, b) for a, b in zip(CARRIED, steps[0].sources, strict=True) if a != b]
    lines = [_assignment(pairs)] if pairs else []
    lines.append(f"{INDENT}for _ in range({len(steps)}):")
    line = _statement(steps[0], CARRIED, ", ".join(CARRIED), depth=2) + ", x"
    if len(line) <= WIDTH and "\n" not in line:
        lines.append(line)
    else:
        lines.append(_statement(steps[0], CARRIED, CHAINED, depth=2))
        lines.append(f"{INDENT * 2}{', '.join(CARRIED)} = {CHAINED}, x")
    last, before = steps[-1].target, steps[-2].target
    pairs = [(last, "x")] if last != "x" else []
    if before not in CARRIED:  # in x it would be for the last node only, which has read it
        pairs.append((before, "previous"))
    return [*lines, _assignment(pairs)] if pairs else lines


def _assignment(pairs: Sequence[tuple[str, str]]) -> str:
    """Several assignments at once, so that none sees what another has done."""
    targets, values = zip(*pairs, strict=True)
    return f"{INDENT}{', '.join(targets)} = {', '.join(values)}"


def _single(step: _Step) -> list[str]:
    node = step.node
    lines: list[str] = []
    if node.name and node.name != step.target and not isinstance(node.block, Layer):
        lines.append(f"{INDENT}# {node.name}")
    times = step.given.get(REPEAT, str(node.repeat))
    if times == "1":
        return [*lines, _statement(step, step.sources, step.target, given=step.given)]
    if step.sources != ("x",):
        lines.append(f"{INDENT}x = {step.sources[0]}")
    counter = COUNTER if node.name and isinstance(node.block, Layer) else "_"
    lines.append(f"{INDENT}for {counter} in range({times}):")
    lines.append(_statement(step, ("x",), "x", depth=2, given=step.given))
    if step.target != "x":
        lines.append(f"{INDENT}{step.target} = x")
    return lines


def _statement(
    step: _Step,
    sources: tuple[str, ...],
    target: str,
    depth: int = 1,
    given: Given = _NOTHING,
) -> str:
    """One assignment; arguments named in `given` are taken from variables."""
    node, name = step.node, step.node.block.type_name()
    arguments = _arguments(node, given)
    if not isinstance(node.block, Layer):
        return call(f"{target} = {step.function}", [*sources, *arguments], depth=depth)
    if node.block.max_inputs == 0:
        return call(f"{target} = keras.{name}", arguments, depth=depth)
    listed = sources[0] if node.block.max_inputs == 1 else f"[{', '.join(sources)}]"
    return call(f"{target} = layers.{name}", arguments, f"({listed})", depth=depth)


def _arguments(node: Node, given: Given) -> list[str]:
    """The call's arguments: positional ones always, others where they are not Keras's default."""
    result: list[str] = []
    for parameter in node.block.parameters():
        value = getattr(node.block, parameter.name)
        varies = parameter.name in given and parameter.name != REPEAT
        text = given[parameter.name] if varies else literal(value)
        if parameter.positional:
            result.append(text)
        elif varies or value != parameter.default or node.block.max_inputs == 0:
            result.append(f"{parameter.name}={text}")
    if node.name and isinstance(node.block, Layer):
        text = quote(node.name)
        result.append(
            f"name={text}" if node.repeat == 1 else f'name=f"{node.name}_{{{COUNTER} + 1}}"'
        )
    return result
