"""The lines of a function that applies one block after another to tensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from builder.architecture import Node
from builder.blocks.base import Layer
from builder.codegen.chains import CARRIED, Chain, find_chains
from builder.codegen.layout import INDENT, WIDTH, lay_out
from builder.codegen.python_source import call, identifier, literal, quote
from builder.own_blocks.definition import REPEAT
from builder.script_names import parameter_names, script_names

MAX_VARYING = 3
"""More parameters than this that change from node to node read better line by line."""

Given = Mapping[str, str]
"""Parameters of a node whose values are variables: the parameter's name and the variable's."""

_RESERVED = frozenset({*CARRIED, "i"})

_NOTHING: Given = MappingProxyType({})


@dataclass(frozen=True)
class Body:
    """Nodes as they are written, one after another.

    A value that is read later than by the next node gets a variable of its own name. Neighbours of
    one block that differ in their arguments become a loop, and so do neighbours that each read the
    two before them.

    Attributes:
        nodes: Each behind its inputs.
        outputs: The ids of the nodes whose outputs are needed at the end.
        fixed: Variables that are settled: those of tensors that exist, and of some nodes.
        given: Parameters that are taken from variables, by node id.
    """

    nodes: Sequence[Node]
    outputs: Sequence[str]
    fixed: Mapping[str, str]
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])

    def variables(self) -> Mapping[str, str]:
        """The variable that holds each node's output: `x` where only the next node reads it."""
        place = {node.id: position for position, node in enumerate(self.nodes)}
        readers: dict[str, set[int]] = {node_id: set() for node_id in (*place, *self.fixed)}
        for node in self.nodes:
            for source in node.inputs:
                readers[source].add(place[node.id])
        functions = (node.block.type_name() for node in self.nodes)
        taken = {*_RESERVED, *script_names(), *parameter_names(), *functions, *self.fixed.values()}
        taken.update(name for given in self.given.values() for name in given.values())
        result = dict(self.fixed)
        for node_id, position in place.items():
            node = self.nodes[position]
            if node_id in result:
                continue
            next_only = node_id not in self.outputs and readers[node_id] == {position + 1}
            result[node_id] = "x"
            if not next_only or node.block.max_inputs == 0:
                result[node_id] = identifier(node.label, taken)
                taken.add(result[node_id])
        for chain in self._chains().values():
            last, before = self.nodes[chain.end - 1], self.nodes[chain.end - 2]
            if chain.leaves_both:
                result[last.id], result[before.id] = CARRIED
        return result

    def lines(self, before_last: Sequence[str] = ()) -> list[str]:
        """The statements, indented once.

        Args:
            before_last: Lines to put in front of the last statement, indented.
        """
        steps, chains = self._steps(), self._chains()
        lines: list[str] = []
        position = 0
        while position < len(steps):
            group = _group(steps, position)
            if position in chains:
                group = steps[position : chains[position].end]
                written = _chain(group)
            else:
                written = _loop(group) if len(group) > 1 else _single(steps[position])
            source = next(iter(steps[position].sources), "")
            if lines[-1:] == [f"{INDENT}{source} = x"] and written[0] == f"{INDENT}x = {source}":
                written = written[1:]  # x holds that value already
            position += len(group)
            if position == len(steps):
                lines += before_last
            lines += written
        return lines

    def _steps(self) -> "list[_Step]":
        variables = self.variables()
        return [
            _Step(
                node,
                tuple(variables[source] for source in node.inputs),
                variables[node.id],
                self.given.get(node.id, {}),
            )
            for node in self.nodes
        ]

    def _chains(self) -> Mapping[int, Chain]:
        return {} if self.given else find_chains(self.nodes, self.outputs)


@dataclass(frozen=True)
class _Step:
    """A node with the variables that it reads and sets."""

    node: Node
    sources: tuple[str, ...]
    target: str
    given: Given


def _group(steps: list[_Step], start: int) -> list[_Step]:
    """The longest run of nodes from `start` on that one loop can write."""
    group = [steps[start]]
    if not _loops(steps[start]):
        return group
    varying: set[str] = set()
    for step in steps[start + 1 :]:
        same = type(step.node.block) is type(group[0].node.block) and _loops(step)
        if not same or step.node.inputs != (group[-1].node.id,):
            break
        varying |= set(_varying([group[0], step]))
        if len(varying) > MAX_VARYING:
            break
        group.append(step)
    if isinstance(group[0].node.block, Layer) and len(group) < 3:
        return group[:1]
    return group


def _loops(step: _Step) -> bool:
    node = step.node
    plain = node.repeat == 1 and not node.name and not step.given
    return plain and step.target == "x" and node.block.max_inputs == 1


def _varying(group: list[_Step]) -> list[str]:
    first = group[0].node.block
    return [
        parameter.name
        for parameter in first.parameters()
        if len({getattr(step.node.block, parameter.name) for step in group}) > 1
    ]


def _loop(group: list[_Step]) -> list[str]:
    varying = _varying(group)
    first = group[0]
    lines = [] if first.sources == ("x",) else [f"{INDENT}x = {first.sources[0]}"]
    if not varying:
        lines.append(f"{INDENT}for _ in range({len(group)}):")
    else:
        rows = [[literal(getattr(s.node.block, name)) for name in varying] for s in group]
        items = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in rows]
        lines.append(lay_out(f"for {', '.join(varying)} in [{', '.join(items)}]:"))
    variables = {name: name for name in varying}
    lines.append(_statement(first.node, ("x",), "x", depth=2, given=variables))
    return lines


def _chain(steps: Sequence[_Step]) -> list[str]:
    """A loop that carries the two newest outputs from one block to the next."""
    pairs = [(a, b) for a, b in zip(CARRIED, steps[0].sources, strict=True) if a != b]
    lines = [_assignment(pairs)] if pairs else []
    lines.append(f"{INDENT}for _ in range({len(steps)}):")
    line = _statement(steps[0].node, CARRIED, ", ".join(CARRIED), depth=2) + ", x"
    if len(line) <= WIDTH and "\n" not in line:
        lines.append(line)
    else:
        lines.append(_statement(steps[0].node, CARRIED, "new", depth=2))
        lines.append(f"{INDENT * 2}{', '.join(CARRIED)} = new, x")
    pairs = [(s.target, c) for s, c in zip(steps[:-3:-1], CARRIED, strict=True) if s.target != c]
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
        return [*lines, _statement(node, step.sources, step.target, given=step.given)]
    if step.sources != ("x",):
        lines.append(f"{INDENT}x = {step.sources[0]}")
    counter = "i" if node.name and isinstance(node.block, Layer) else "_"
    lines.append(f"{INDENT}for {counter} in range({times}):")
    lines.append(_statement(node, ("x",), "x", depth=2, given=step.given))
    if step.target != "x":
        lines.append(f"{INDENT}{step.target} = x")
    return lines


def _statement(
    node: Node,
    sources: tuple[str, ...],
    target: str,
    depth: int = 1,
    given: Given = _NOTHING,
) -> str:
    """One assignment; arguments named in `given` are taken from variables."""
    arguments = _arguments(node, given)
    name = node.block.type_name()
    if not isinstance(node.block, Layer):
        return call(f"{target} = {name}", [*sources, *arguments], depth=depth)
    if node.block.max_inputs == 0:
        return call(f"{target} = keras.{name}", arguments, depth=depth)
    listed = sources[0] if node.block.max_inputs == 1 else f"[{', '.join(sources)}]"
    return call(f"{target} = layers.{name}", arguments, f"({listed})", depth=depth)


def _arguments(node: Node, given: Given) -> list[str]:
    """The call's arguments: positional ones always, others where they are not Keras's default."""
    result: list[str] = []
    for parameter in node.block.parameters():
        value = getattr(node.block, parameter.name)
        varies = parameter.name in given
        text = given[parameter.name] if varies else literal(value)
        if parameter.positional:
            result.append(text)
        elif varies or value != parameter.default or node.block.max_inputs == 0:
            result.append(f"{parameter.name}={text}")
    if node.name and isinstance(node.block, Layer):
        text = quote(node.name)
        result.append(f"name={text}" if node.repeat == 1 else f'name=f"{node.name}_{{i + 1}}"')
    return result
