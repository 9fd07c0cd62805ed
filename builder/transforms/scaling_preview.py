"""Previews the effect of scaling on a network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from builder.blocks.parameter import Role
from builder.blocks.types import Shape
from builder.network.architecture import Architecture, Node
from builder.network.inference import Inference, infer
from builder.network.issues import Issue
from builder.system.errors import EditError
from builder.transforms.scaling import Scaling, scale
from builder.transforms.stages import Bar, bars
from builder.transforms.stems import values_of


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a node, in the three ways that scaling changes.

    Attributes:
        widths: Its numbers of channels; empty where it chooses none.
        blocks: How many blocks it stands for, including repetitions and inner ones.
        shape: Its output without the batch axis; None where it is not known.
    """

    widths: tuple[int, ...]
    blocks: int
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A node that scaling may change.

    Attributes:
        label: Its name on the screen.
        before: None for a node that scaling adds.
        after: None for a node that scaling removes.
        bar: Why it cannot be repeated when depth is scaled; None where it can.
    """

    label: str
    before: Size | None
    after: Size | None
    bar: Bar | None = None

    @property
    def blocks(self) -> tuple[int, int]:
        """How many blocks it stands for, before and after."""
        return (
            self.before.blocks if self.before else 0,
            self.after.blocks if self.after else 0,
        )


@dataclass(frozen=True, slots=True)
class Factor:
    """The effect of one of the three factors on the cost.

    Attributes:
        name: `depth`, `width` or `resolution`.
        value: The factor itself.
        asked: By how much it should multiply the MACs, by the paper's rule.
        got: By how much it does when it is applied alone.
    """

    name: str
    value: float
    asked: float
    got: float


@dataclass(frozen=True)
class Preview:
    """A network beside its scaled version.

    Attributes:
        before: The inference of the network.
        after: The inference of the scaled one; None where it cannot be made.
        refusal: Why it cannot be made; None where it can.
        stages: The nodes that scaling may change, in the order of the stack.
        scaling: The chosen scaling.
        factors: The factors that are not 1, each with its effect; empty for a network with errors.
    """

    before: Inference
    after: Inference | None
    refusal: EditError | None
    stages: tuple[Stage, ...]
    scaling: Scaling
    factors: tuple[Factor, ...] = ()

    @property
    def deepened(self) -> tuple[Stage, ...]:
        """The nodes whose number of blocks changes."""
        return tuple(stage for stage in self.stages if stage.blocks[0] != stage.blocks[1])

    @property
    def new_issues(self) -> tuple[Issue, ...]:
        """The errors of the scaled network that the network did not have before."""
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
        return Preview(before, None, error, (), scaling)
    barred = bars(before) if scaling.depth > 1 else {}
    stages = tuple(_stages(before, after, barred))
    return Preview(before, after, None, stages, scaling, tuple(_factors(before, scaling)))


def _factors(before: Inference, scaling: Scaling) -> Iterator[Factor]:
    for name in ("depth", "width", "resolution"):
        value = getattr(scaling, name)
        alone = replace(Scaling(divisor=scaling.divisor), **{name: value})
        if value == 1 or not before.ok or not before.macs:
            continue
        try:
            after = infer(scale(before.architecture, alone))
        except EditError:
            continue
        if after.ok:
            yield Factor(name, value, alone.cost, after.macs / before.macs)


def _stages(before: Inference, after: Inference, barred: Mapping[str, Bar]) -> Iterator[Stage]:
    old, new = before.architecture.by_id, after.architecture.by_id
    for node in _in_order(before.architecture, after.architecture):
        sizes = [
            _size(known.by_id[node.id], inference) if node.id in known else None
            for known, inference in ((before.architecture, before), (after.architecture, after))
        ]
        if any(size and (size.widths or size.blocks > 1) for size in sizes) or not node.inputs:
            label = (new.get(node.id) or old[node.id]).label
            yield Stage(label, sizes[0], sizes[1], barred.get(node.id))


def _in_order(before: Architecture, after: Architecture) -> Iterator[Node]:
    """The nodes of both, with each removed node after the one that preceded it."""
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
