"""What scaling would do to a network, before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.architecture import Architecture, Node
from builder.blocks.types import Role, Shape
from builder.errors import EditError
from builder.inference import Inference, Issue, infer
from builder.scaling import Scaling, scale
from builder.stages import values_of


@dataclass(frozen=True, slots=True)
class Size:
    """How large a node is, in the three ways that scaling changes.

    Attributes:
        widths: Its numbers of channels; empty where it has none to choose.
        blocks: How many blocks it stands for, repetitions and inner ones.
        shape: Its output without the batch axis; None where it is not known.
    """

    widths: tuple[int, ...]
    blocks: int
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A node that scaling may change.

    Attributes:
        label: What a person knows it by.
        before: None for a node that scaling adds.
        after: None for a node that scaling takes away.
    """

    label: str
    before: Size | None
    after: Size | None


@dataclass(frozen=True)
class Preview:
    """A network beside its scaled version.

    Attributes:
        before: What is known of the network.
        after: What is known of the scaled one; None where it cannot be made.
        refusal: Why it cannot be made; None where it can.
        stages: The nodes that scaling may change, in the order of the stack.
    """

    before: Inference
    after: Inference | None
    refusal: EditError | None
    stages: tuple[Stage, ...]

    @property
    def new_issues(self) -> tuple[Issue, ...]:
        """What is wrong with the scaled network and was not wrong before."""
        if self.after is None:
            return ()
        known = {(issue.node, issue.level) for issue in self.before.issues}
        return tuple(i for i in self.after.issues if (i.node, i.level) not in known)

    @property
    def changes(self) -> bool:
        """Whether there is anything to apply."""
        return self.after is not None and self.after.architecture != self.before.architecture


def preview(architecture: Architecture, scaling: Scaling) -> Preview:
    """Scales a network and compares the two; the network stays as it is."""
    before = infer(architecture)
    try:
        after = infer(scale(architecture, scaling))
    except EditError as error:
        return Preview(before, None, error, ())
    return Preview(before, after, None, tuple(_stages(before, after)))


def _stages(before: Inference, after: Inference) -> Iterator[Stage]:
    old, new = before.architecture.by_id, after.architecture.by_id
    for node in _in_order(before.architecture, after.architecture):
        sizes = [
            _size(known.by_id[node.id], inference) if node.id in known else None
            for known, inference in ((before.architecture, before), (after.architecture, after))
        ]
        if any(size and (size.widths or size.blocks > 1) for size in sizes) or not node.inputs:
            yield Stage((new.get(node.id) or old[node.id]).label, sizes[0], sizes[1])


def _in_order(before: Architecture, after: Architecture) -> Iterator[Node]:
    """The nodes of both, each that is gone behind the one that stood before it."""
    gone: dict[str, list[Node]] = {}
    last = ""
    for node in before:
        if node.id in after:
            last = node.id
        else:
            gone.setdefault(last, []).append(node)
    yield from gone.get("", ())
    for node in after:
        yield node
        yield from gone.get(node.id, ())


def _size(node: Node, inference: Inference) -> Size:
    return Size(
        widths=values_of(node.block, Role.WIDTH),
        blocks=node.repeat * sum(values_of(node.block, Role.DEPTH) or (1,)),
        shape=inference.nodes[node.id].output_shape,
    )
