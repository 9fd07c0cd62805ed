"""The `build_model` function of an exported script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass

from builder.architecture import Node
from builder.blocks.base import Layer
from builder.blocks.catalogue import catalogue
from builder.codegen.chains import CARRIED, Chain, find_chains
from builder.codegen.layout import INDENT, WIDTH, lay_out
from builder.codegen.python_source import call, identifier, literal, namespace, quote
from builder.inference import Inference

MAX_VARYING = 3
"""More parameters than this that change from node to node read better line by line."""


@dataclass(frozen=True)
class _Step:
    """A node with the variables that it reads and sets."""

    node: Node
    sources: tuple[str, ...]
    target: str


def model_source(inference: Inference) -> str:
    """Writes `build_model` for a network without errors.

    Nodes follow each other as in the stack; a value that is read later than by the next node gets a
    variable of its own name. Neighbours of one block that differ in their arguments become a loop,
    and so do neighbours that each read the two before them.
    """
    nodes = [known.node for known in inference.used]
    chains = find_chains(nodes, inference.architecture.output_ids)
    steps = _steps(inference, chains.values())
    lines = ["def build_model():", f'{INDENT}"""Builds the network, not yet compiled."""']
    position = 0
    while position < len(steps):
        group = _group(steps, position)
        written = _loop(group) if len(group) > 1 else _single(steps[position])
        if position in chains:
            group = steps[position : chains[position].end]
            written = _chain(group)
        source = steps[position].sources[:1]
        if (
            source
            and lines[-1] == f"{INDENT}{source[0]} = x"
            and written[0] == f"{INDENT}x = {source[0]}"
        ):
            written = written[1:]  # x holds that value already
        lines += written
        position += len(group)
    inputs = [step.target for step in steps if step.node.block.max_inputs == 0]
    targets = {step.node.id: step.target for step in steps}
    outputs = [targets[node_id] for node_id in inference.architecture.output_ids]
    name = quote(identifier(inference.architecture.name))
    arguments = [_variables(inputs), _variables(outputs), f"name={name}"]
    lines.append(call("return keras.Model", arguments))
    return "\n".join(lines)


def namespaces_used(inference: Inference) -> frozenset[str]:
    """What `build_model` itself needs of Keras beside layers: regularisers, initialisers."""
    values = (
        getattr(node.node.block, parameter.name)
        for node in inference.used
        for parameter in node.node.block.parameters()
    )
    return frozenset(namespace(value) for value in values if is_dataclass(value))


def _variables(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _steps(inference: Inference, chains: Iterable[Chain]) -> list[_Step]:
    """Gives every used node its variable: `x` where only the next node reads it."""
    used = inference.used
    place = {node.node.id: position for position, node in enumerate(used)}
    readers: dict[str, set[int]] = {node_id: set() for node_id in place}
    for node in used:
        for source in node.node.inputs:
            readers[source].add(place[node.node.id])
    num_inputs = sum(node.node.block.max_inputs == 0 for node in used)
    outputs = inference.architecture.output_ids
    taken = _reserved()
    variables: dict[str, str] = {}
    for position, node in enumerate(used):
        node_id = node.node.id
        if node.node.block.max_inputs == 0 and num_inputs == 1:
            variable = "inputs"
        elif outputs == (node_id,) and not readers[node_id]:
            variable = "outputs"
        elif node_id not in outputs and readers[node_id] == {position + 1}:
            variable = "x" if node.node.block.max_inputs != 0 else ""
        else:
            variable = ""
        if not variable:
            variable = identifier(node.node.label, taken)
            taken.add(variable)
        variables[node_id] = variable
    for chain in chains:
        last, before = used[chain.end - 1], used[chain.end - 2]
        if chain.leaves_both:
            variables[last.node.id], variables[before.node.id] = CARRIED
    return [
        _Step(n.node, tuple(variables[s] for s in n.node.inputs), variables[n.node.id])
        for n in used
    ]


def _reserved() -> set[str]:
    """Names that a variable must not take: what the script uses itself."""
    names = {
        *CARRIED,
        "new",
        "i",
        "inputs",
        "outputs",
        "keras",
        "layers",
        "initializers",
        "regularizers",
        "np",
        "range",
    }
    for name, block in catalogue().items():
        names |= {name, *(parameter.name for parameter in block.parameters())}
    return names


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
    return step.target == "x" and node.repeat == 1 and not node.name and node.block.max_inputs == 1


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
    lines.append(_statement(first.node, ("x",), "x", depth=2, variables=varying))
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
    if node.repeat == 1:
        return [*lines, _statement(node, step.sources, step.target)]
    if step.sources != ("x",):
        lines.append(f"{INDENT}x = {step.sources[0]}")
    counter = "i" if node.name and isinstance(node.block, Layer) else "_"
    lines.append(f"{INDENT}for {counter} in range({node.repeat}):")
    lines.append(_statement(node, ("x",), "x", depth=2))
    if step.target != "x":
        lines.append(f"{INDENT}{step.target} = x")
    return lines


def _statement(
    node: Node,
    sources: tuple[str, ...],
    target: str,
    depth: int = 1,
    variables: Sequence[str] = (),
) -> str:
    """One assignment; arguments named in `variables` are taken from a loop's variables."""
    arguments = _arguments(node, variables)
    name = node.block.type_name()
    if not isinstance(node.block, Layer):
        return call(f"{target} = {name}", [*sources, *arguments], depth=depth)
    if node.block.max_inputs == 0:
        return call(f"{target} = keras.{name}", arguments, depth=depth)
    listed = sources[0] if node.block.max_inputs == 1 else f"[{', '.join(sources)}]"
    return call(f"{target} = layers.{name}", arguments, f"({listed})", depth=depth)


def _arguments(node: Node, variables: Sequence[str]) -> list[str]:
    """The call's arguments: positional ones always, others where they are not Keras's default."""
    result: list[str] = []
    for parameter in node.block.parameters():
        value = getattr(node.block, parameter.name)
        varies = parameter.name in variables
        text = parameter.name if varies else literal(value)
        if parameter.positional:
            result.append(text)
        elif varies or value != parameter.default or node.block.max_inputs == 0:
            result.append(f"{parameter.name}={text}")
    if node.name and isinstance(node.block, Layer):
        text = quote(node.name)
        result.append(f"name={text}" if node.repeat == 1 else f'name=f"{node.name}_{{i + 1}}"')
    return result
