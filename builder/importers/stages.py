"""Folds rows of blocks into one module: dense blocks, and the stages of EfficientNet."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from builder.blocks.base import Block
from builder.blocks.module import Module, registered_modules
from builder.blocks.parameter import Role
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace
from builder.importers.names import common_name
from builder.importers.patterns import shapes_for
from builder.importers.sameness import canonical
from builder.network.architecture import Architecture, Node
from builder.network.inference import NodeInference, infer
from builder.system.errors import BuilderError

DIGITS = 6
"""The most significant digits of a rate that a person would choose."""


def put_to_stages(architecture: Architecture) -> Architecture:
    """Folds rows of a block into the modules that are made of such rows."""
    known = infer(architecture).nodes
    total = Counter[type[Block]]()
    for node in architecture:
        total[type(node.block)] += node.repeat
    before = Counter[type[Block]]()
    nodes: list[Node] = []
    new_ids: dict[str, str] = {}
    for row in _rows(architecture):
        block = type(row[0].block)
        stage = _stage(row, [known[n.id] for n in row], before[block], total[block])
        before[block] += sum(node.repeat for node in row)
        if stage is None:
            nodes += row
            continue
        number = 1 + sum(type(node.block) is type(stage) for node in nodes)
        new_id = f"{stage.prefix()}_{number}"
        if new_id in architecture:
            nodes += row
            continue
        taken = {node.name for node in architecture} | set(architecture.by_id)
        name = common_name((node.name for node in row), taken)
        nodes.append(Node(new_id, stage, row[0].inputs, name or _only_name(row)))
        new_ids[row[-1].id] = new_id
    nodes = [replace(n, inputs=tuple(new_ids.get(i, i) for i in n.inputs)) for n in nodes]
    return architecture.with_nodes_for(nodes, new_ids)


def _only_name(row: Sequence[Node]) -> str:
    return row[0].name if len(row) == 1 else ""


def _rows(architecture: Architecture) -> Iterator[list[Node]]:
    """All nodes, grouped into rows of the same block and width that feed only each other."""
    row: list[Node] = []
    for node in architecture:
        if row and not _continues(architecture, row[-1], node):
            yield row
            row = []
        row.append(node)
    if row:
        yield row


def _continues(architecture: Architecture, last: Node, node: Node) -> bool:
    return (
        type(node.block) is type(last.block)
        and node.inputs == (last.id,)
        and architecture.consumers[last.id] == (node.id,)
        and last.id not in architecture.output_ids
        and _widths(node.block) == _widths(last.block)
    )


def _widths(block: Block) -> list[Any]:
    return [getattr(block, p.name) for p in block.parameters() if p.role is Role.WIDTH]


def _stage(
    row: Sequence[Node], known: Sequence[NodeInference], before: int, total: int
) -> Module | None:
    """The module that equals a whole row exactly."""
    num_blocks = sum(node.repeat for node in row)
    stages = _stages().get(type(row[0].block), ()) if num_blocks > 1 else ()
    wanted = [canonical(call.facts.layer) for node in known for call in node.layers]
    for module in stages:
        for values in _guesses(module, row, num_blocks, before, total):
            try:
                stage = module.create(values)
                calls = trace(stage, known[0].input_shapes).calls
            except BuilderError:
                continue
            if [canonical(call.facts.layer) for call in calls] == wanted:
                return stage
    return None


def _guesses(
    module: type[Module], row: Sequence[Node], num_blocks: int, before: int, total: int
) -> Iterator[dict[str, Any]]:
    """The parameters of a stage: those of its first block, and rates that rise over the network."""
    roles = {Role.DEPTH: num_blocks, Role.BLOCKS_BEFORE: before, Role.BLOCKS_TOTAL: total}
    values = {p.name: roles[p.role] for p in module.parameters() if p.role and p.role in roles}
    names = {p.name for p in module.parameters()} - values.keys()
    values |= {name: value for name, value in row[0].block.values().items() if name in names}
    yield values
    place = before
    for node in row:
        for name, value in node.block.values().items():
            if name in names and isinstance(value, float) and value and place:
                yield {**values, name: float(f"{value * total / place:.{DIGITS}g}")}
        place += node.repeat


@cache
def _stages() -> dict[type[Block], tuple[type[Module], ...]]:
    """For each block, the modules that consist of several of it in a row."""
    found: dict[type[Block], tuple[type[Module], ...]] = {}
    for module in registered_modules().values():
        depth = next((p.name for p in module.parameters() if p.role is Role.DEPTH), None)
        for shapes in shapes_for(module) if depth else ():
            try:
                traced = trace(module.create({str(depth): 2}), shapes)
            except BuilderError:
                continue
            blocks = _made_of(traced)
            if len(blocks) == 2 and blocks[0] is blocks[1]:
                found[blocks[0]] = (*found.get(blocks[0], ()), module)
            break
    return found


def _made_of(traced: BlockTrace) -> list[type[Block]]:
    """The modules that a block consists of; none if it also has layers."""
    blocks: list[type[Block]] = []
    end = 0
    for call in traced.modules:
        if call.start == end and call.end > end:
            blocks.append(call.block)
            end = call.end
    return blocks if end == len(traced.calls) else []
