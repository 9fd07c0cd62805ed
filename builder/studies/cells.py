"""A cell whose wiring is searched for, put in the place of one or more blocks.

A cell reads one input and gives as many channels. Each step applies an operation to each of two
values and adds them; the values are the cell's input (0) and the steps before it (1, 2, …). So

    [[0, "conv_3x3", 0, "identity"], [1, "separable_3x3", 0, "max_pool_3x3"]]

is a cell of two steps:

    step 1 = conv(input) + input
    step 2 = separable(step 1) + pool(input)

What no step reads is concatenated and brought to the right number of channels; here that is step 2
alone. Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, replace
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.declaration import declaration
from builder.network.architecture import Node
from builder.network.own_block import Definition, Exposed
from builder.network.own_block_type import own_block
from builder.network.placing import find, with_node
from builder.studies.factor import Dimension, Factor, Subject
from builder.system.errors import EditError

CELL = "searched_cell"
INPUT = "inputs"
FILTERS = "filters"
IDENTITY = "identity"
OPERATIONS: Mapping[str, tuple[str, Mapping[str, Any]] | None] = {
    IDENTITY: None,
    "conv_1x1": ("conv_bn_relu", {"kernel_size": 1}),
    "conv_3x3": ("conv_bn_relu", {"kernel_size": 3}),
    "separable_3x3": ("nasnet_separable_block", {"kernel_size": 3}),
    "separable_5x5": ("nasnet_separable_block", {"kernel_size": 5}),
    "max_pool_3x3": ("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}),
    "average_pool_3x3": ("AveragePooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}),
}
"""Blocks and their parameters by the operation's name; None for the value itself."""

Step = tuple[int, str, int, str]


@declaration
class Cell(Factor):
    """The wiring and the operations of a cell that stands in the place of blocks."""

    nodes: Annotated[
        tuple[str, ...],
        Field(min_length=1, description="Where it stands; each keeps its number of filters."),
    ]
    steps: Annotated[int, Field(ge=1, le=8, description="How many pairs are added.")] = 3
    _: KW_ONLY
    kind: Literal["cell"] = "cell"

    @property
    def name(self) -> str:
        return f"{'+'.join(self.nodes)}.cell"

    def choices(self) -> tuple[Any, ...]:
        raise EditError(
            f"{self.name} has too many levels to try all of them", "search for it: study search"
        )

    def dimensions(self) -> Mapping[str, Dimension]:
        """Which two values a step reads, and what it does to each."""
        return {
            f"{self.name}.{step}.{side}{what}": values
            for step in range(1, self.steps + 1)
            for side in ("left", "right")
            for what, values in (("", tuple(range(step))), (" operation", tuple(OPERATIONS)))
        }

    def level_at(self, drawn: Mapping[str, Any]) -> list[list[Any]]:
        return [
            [
                drawn[f"{self.name}.{step}.{side}{what}"]
                for side in ("left", "right")
                for what in ("", " operation")
            ]
            for step in range(1, self.steps + 1)
        ]

    def base(self, subject: Subject) -> None:
        for name in self.nodes:
            node = find(subject.architecture, name)
            values = node.block.values()
            if not isinstance(values.get(FILTERS), int) or len(node.inputs) != 1:
                raise EditError(
                    f"{node.label} cannot become a cell: expected a block with one input and a "
                    "parameter filters"
                )
            if values.get("strides", 1) not in (1, [1, 1]):
                raise EditError(
                    f"{node.label} has strides {values['strides']}, and a cell keeps height and "
                    "width",
                    "choose another block, or one that pools beside it",
                )

    def apply(self, subject: Subject, level: Any) -> Subject:
        self.base(subject)
        made = cell_block(tuple(tuple(step) for step in level))
        changed = subject.architecture
        for name in self.nodes:
            node = find(changed, name)
            block = made.create({FILTERS: node.block.values()[FILTERS]})
            changed = with_node(changed, replace(node, block=block))
        return replace(subject, architecture=changed)

    def describe(self, level: Any) -> str:
        steps = (
            f"{left_op}({left})+{right_op}({right})" for left, left_op, right, right_op in level
        )
        return f"cell {', '.join(steps)}"


@lru_cache(maxsize=4_096)
def cell_block(steps: tuple[Step, ...]) -> type[Block]:
    """The own block of a cell; its parameter is the number of filters.

    Raises:
        EditError: A step reads a value that is not there, or has an unknown operation.
    """
    nodes = [Node("fit", _operation("conv_1x1"), (INPUT,))]
    values = ["fit"]
    read: set[int] = set()
    for number, (left, left_operation, right, right_operation) in enumerate(steps, 1):
        sides = ((left, left_operation, "left"), (right, right_operation, "right"))
        sources: list[str] = []
        for value, operation, side in sides:
            if not 0 <= value < number or operation not in OPERATIONS:
                raise EditError(
                    f"step {number} of the cell: received {operation!r} of value {value}, expected "
                    f"one of {', '.join(OPERATIONS)} and a value from 0 to {number - 1}"
                )
            read.add(value)
            sources.append(_applied(nodes, f"step_{number}_{side}", operation, values[value]))
        nodes.append(Node(f"step_{number}", block_type("Add").create({}), tuple(sources)))
        values.append(f"step_{number}")
    unread = [name for place, name in enumerate(values) if place not in read]
    return own_block(_definition(_ended(nodes, unread), nodes))


def _applied(nodes: list[Node], name: str, operation: str, source: str) -> str:
    """Adds an operation's node; gives the id of the node that has its result."""
    if OPERATIONS[operation] is None:
        return source
    nodes.append(Node(name, _operation(operation), (source,)))
    return name


def _operation(name: str) -> Block:
    block, values = OPERATIONS[name] or ("", {})
    return block_type(block).create(values)


def _ended(nodes: list[Node], unread: Sequence[str]) -> str:
    """Joins what no step reads; gives the id of the node that has the cell's output."""
    if len(unread) == 1:
        return unread[0]
    nodes.append(Node("joined", block_type("Concatenate").create({}), tuple(unread)))
    nodes.append(Node("output", _operation("conv_1x1"), ("joined",)))
    return "output"


def _definition(output: str, nodes: Sequence[Node]) -> Definition:
    targets = tuple((node.id, FILTERS) for node in nodes if FILTERS in node.block.values())
    return Definition(
        CELL, tuple(nodes), output, (INPUT,), (Exposed(FILTERS, targets),), "A cell of a search."
    )
