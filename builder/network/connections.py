"""What may be connected: which node may read which, how many inputs it takes, which shapes fit.

Every decision about connections is made here. Edits refuse by `check`; the inspector offers what
`candidates` finds; while a connection is drawn, the canvas shows what `readers` or `sources` say. A
connection whose shape does not fit may still be made: inference then says what is wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from builder.blocks.base import Block
from builder.blocks.types import Shape
from builder.network.architecture import MAX_INPUTS, Architecture, Node
from builder.network.edit_codes import EditCode
from builder.network.repetition import Room, apply_repeatedly
from builder.network.topology import ancestors, dependents
from builder.system.errors import EditError, Problem, ShapeError


class Fit(StrEnum):
    """Whether one node may read another one."""

    FITS = "fits"
    MISFIT = "misfit"
    """It may; inference then says what is wrong."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one node may read another one, and why not.

    Attributes:
        fit: Whether it may.
        why: What stands in the way, and what to do about it; empty where it fits.
    """

    fit: Fit
    why: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that a reader may be connected to.

    Attributes:
        node: Its id.
        misfit: Why the reader does not accept its shape along with the inputs that it keeps; empty
            where it does.
        same: Whether its shape is that of the first kept input.
    """

    node: str
    misfit: str
    same: bool

    @property
    def fits(self) -> bool:
        """Whether the reader accepts its shape."""
        return not self.misfit


def most_inputs(block: Block | type[Block]) -> int:
    """How many inputs a block takes at most; 0 of an Input."""
    return MAX_INPUTS if block.max_inputs is None else block.max_inputs


def takes_input(block: Block | type[Block]) -> bool:
    """Whether a block reads anything; an Input does not, and cannot be inside an own block."""
    return most_inputs(block) > 0


def takes_one(block: Block | type[Block]) -> bool:
    """Whether a block reads exactly one node: a new connection replaces the one that it has."""
    return most_inputs(block) == 1


def is_repeatable(block: Block | type[Block]) -> bool:
    """Whether a block can be applied several times in a row, each time to its own output."""
    return takes_one(block)


def number_expected(block: Block | type[Block]) -> str:
    """How many inputs a block takes, in words: `1`, `2 or more`."""
    low, high = block.min_inputs, block.max_inputs
    if low == high:
        return f"{low}"
    return f"{low} or more" if high is None else f"{low}–{high}"


def has_valid_number(node: Node) -> bool:
    """Whether a node has as many inputs as its block takes."""
    return node.block.min_inputs <= len(node.inputs) <= most_inputs(node.block)


def closed(node: Node) -> Problem | None:
    """Why a node takes no further input at all; None where it takes one.

    A block with a single input is never closed: the new input replaces the one that it has.
    """
    limit = most_inputs(node.block)
    if limit == 0:
        return Problem(EditCode.TAKES_NO_INPUT, {"node": node.label})
    if limit > 1 and len(node.inputs) >= limit:
        return Problem(EditCode.ALL_INPUTS_TAKEN, {"node": node.label, "most": limit})
    return None


def refusal(
    architecture: Architecture, source: str, target: str, port: int | None = None
) -> Problem | None:
    """Why a node cannot read another one; None where it can.

    Args:
        architecture: The network; both nodes are in it.
        source: The id of the node that is read.
        target: The id of the node that reads.
        port: Which of the target's inputs is replaced; None adds one.
    """
    closes_cycle = target in ancestors(architecture, [source])
    return _refusal(architecture, source, target, closes_cycle, port)


def _refusal(
    architecture: Architecture,
    source: str,
    target: str,
    closes_cycle: bool,
    port: int | None = None,
) -> Problem | None:
    node = architecture.by_id[target]
    if source == target:
        return Problem(EditCode.READS_ITSELF, {"node": node.label})
    if closes_cycle:
        fields = {"source": architecture.by_id[source].label, "node": node.label}
        return Problem(EditCode.CLOSES_CYCLE, fields)
    replaces = port is not None and port < len(node.inputs) and takes_input(node.block)
    return None if replaces else closed(node)


def check(architecture: Architecture, source: str, target: str, port: int | None = None) -> None:
    """Refuses a connection that cannot be made; the arguments are those of `refusal`.

    Raises:
        EditError: It cannot be made.
    """
    found = refusal(architecture, source, target, port)
    if found is not None:
        raise EditError(found)


def check_takes_input(block: Block, otherwise: EditCode, **fields: str) -> None:
    """Refuses a block that takes no input where it would have to read something.

    Args:
        block: The block.
        otherwise: What it cannot do.
        fields: The other values in the sentence of that code.

    Raises:
        EditError: It takes no input.
    """
    if not takes_input(block):
        raise EditError(otherwise, block=block.type_name(), **fields)


@lru_cache(maxsize=16_384)
def misfit(block: Block, repeat: int, shapes: tuple[Shape, ...]) -> str:
    """Why a block does not take inputs of these shapes; empty where it does.

    Args:
        block: The block.
        repeat: How many times in a row it is applied.
        shapes: Of its inputs.
    """
    try:
        apply_repeatedly(Node("", block, repeat=repeat), shapes, Room())
    except ShapeError as error:
        return str(error)
    return ""


def candidates(
    architecture: Architecture,
    shapes: Mapping[str, Shape | None],
    reader: str,
    kept: Sequence[str],
) -> tuple[Candidate, ...]:
    """The nodes above a reader that it may read: fitting ones first, then the nearest.

    Args:
        architecture: The network.
        shapes: The nodes' output shapes by id; None or missing where one is not known.
        reader: The id of the node that reads.
        kept: The ids of the inputs that it keeps; they are not offered again.
    """
    reading = architecture.by_id[reader]
    beside = [shapes.get(source) for source in kept if source in architecture]
    left_out = dependents(architecture, reader).union(kept)  # a cycle would close; read already
    found: list[Candidate] = []
    for node in reversed(architecture.nodes[: architecture.index(reader)]):
        if node.id not in left_out:
            shape = shapes.get(node.id)
            reason = _misfit_beside(reading, (*beside, shape))
            found.append(Candidate(node.id, reason, shape in beside[:1]))
    return tuple(sorted(found, key=lambda candidate: (not candidate.fits, not candidate.same)))


def readers(
    architecture: Architecture, shapes: Mapping[str, Shape | None], source: str
) -> dict[str, Verdict]:
    """Whether each node may read a source, by id.

    Args:
        architecture: The network.
        shapes: The nodes' output shapes by id; None or missing where one is not known.
        source: The id of the node that is read.
    """
    above = ancestors(architecture, [source])
    return {
        node.id: _verdict(architecture, shapes, source, node.id, node.id in above)
        for node in architecture
    }


def sources(
    architecture: Architecture, shapes: Mapping[str, Shape | None], reader: str
) -> dict[str, Verdict]:
    """Whether a reader may read each node, by id; the arguments are those of `readers`."""
    below = dependents(architecture, reader)
    return {
        node.id: _verdict(architecture, shapes, node.id, reader, node.id in below)
        for node in architecture
    }


def _verdict(
    architecture: Architecture,
    shapes: Mapping[str, Shape | None],
    source: str,
    target: str,
    closes_cycle: bool,
) -> Verdict:
    node = architecture.by_id[target]
    found = _refusal(architecture, source, target, closes_cycle)
    if found is None and takes_one(node.block) and source in node.inputs:
        fields = {"node": node.label, "source": architecture.by_id[source].label}
        found = Problem(EditCode.READ_ALREADY, fields)
    if found is not None:
        return Verdict(Fit.REFUSED, found.words.line)
    kept = () if takes_one(node.block) else node.inputs
    read = [shapes.get(each) for each in (*kept, source) if each in architecture]
    known = tuple(shape for shape in read if shape is not None)
    reason = _misfit(node, known) if len(known) == len(read) else ""
    return Verdict(Fit.MISFIT, reason) if reason else Verdict(Fit.FITS)


def _misfit(node: Node, shapes: tuple[Shape, ...]) -> str:
    return misfit(node.block, node.repeat, shapes)


def _misfit_beside(node: Node, shapes: tuple[Shape | None, ...]) -> str:
    known = tuple(shape for shape in shapes if shape is not None)
    return _misfit(node, known) if len(known) == len(shapes) else "a shape is not known yet"
