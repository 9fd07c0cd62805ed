"""Compound scaling: a wider, deeper and finer version of any network.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019.
Sizes are rounded as in the authors' own code: channels to a multiple of the divisor, and never
below nine tenths of the wanted number; repetitions upwards.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from itertools import product
from math import ceil
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from builder.blocks.declaration import Declared, declaration
from builder.blocks.parameter import Role
from builder.network.architecture import MAX_REPEAT, Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import OwnBlock
from builder.network.own_block_type import own_block
from builder.system.errors import BuilderError, EditError
from builder.transforms.stages import ScalingCode, resize_stages
from builder.transforms.stems import has_role, heads, values_of

DIVISOR = 8
MOST = 10_000
"""The upper bound of factors and divisors."""


@dataclass(frozen=True)
class Scaling:
    """How much a network grows.

    Attributes:
        width: Factor for the channels of every layer except the last, β^φ in the paper.
        depth: Factor for how often blocks are repeated, α^φ in the paper.
        resolution: Factor for the input's height and width, γ^φ in the paper.
        divisor: The channels are a multiple of it.
    """

    width: float = 1.0
    depth: float = 1.0
    resolution: float = 1.0
    divisor: int = DIVISOR

    @property
    def cost(self) -> float:
        """About how many times as many MACs the scaled network has: d · w² · r²."""
        return self.depth * self.width**2 * self.resolution**2


Factor = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)]


@declaration
class Compound(Declared):
    """The scaling of one coefficient φ, by default with EfficientNet's three factors.

    The paper chooses them so that α · β² · γ² ≈ 2: each step of φ about doubles the cost.
    """

    phi: Annotated[
        float,
        Field(
            ge=-4,
            le=8,
            allow_inf_nan=False,
            title="φ",
            description="How far to go; 0 changes nothing.",
        ),
    ] = 1.0
    _: KW_ONLY
    depth: Annotated[
        Factor, Field(title="α  depth", description="How many times as deep at φ = 1.")
    ] = 1.2
    width: Annotated[
        Factor, Field(title="β  width", description="How many times as wide at φ = 1.")
    ] = 1.1
    resolution: Annotated[
        Factor,
        Field(
            title="γ  resolution",
            description="How many times the input's height and width at φ = 1.",
        ),
    ] = 1.15
    divisor: Annotated[
        int, Field(ge=1, le=256, description="Numbers of channels become multiples of it.")
    ] = DIVISOR

    @classmethod
    def type_name(cls) -> str:
        return "scaling"

    @property
    def growth(self) -> float:
        """About the factor by which each step of φ multiplies the MACs: α · β² · γ²."""
        return self.depth * self.width**2 * self.resolution**2

    @property
    def scaling(self) -> Scaling:
        """The factors themselves."""
        return Scaling(
            self.width**self.phi,
            self.depth**self.phi,
            self.resolution**self.phi,
            self.divisor,
        )


def grid(
    step: float = 0.1, growth: float = 2.0, tolerance: float = 0.1
) -> tuple[tuple[float, float, float], ...]:
    """The factors α, β, γ of the paper's small grid search: at φ = 1 the cost about doubles.

    Args:
        step: From one factor to the next; the smallest is 1.
        growth: What α · β² · γ² is to be.
        tolerance: How far it may be from that.
    """
    steps = range(round((growth + tolerance - 1) / step) + 1)
    factors = [round(1 + step * number, 6) for number in steps]
    return tuple(
        (depth, width, resolution)
        for depth, width, resolution in product(factors, factors, factors)
        if abs(depth * width**2 * resolution**2 - growth) <= tolerance + 1e-9
    )


PUBLISHED: Mapping[str, Compound] = MappingProxyType(
    {
        f"EfficientNet-B{number}": Compound(1.0, width=width, depth=depth, resolution=size / 224)
        for number, width, depth, size in (
            (1, 1.0, 1.1, 240),
            (2, 1.1, 1.2, 260),
            (3, 1.2, 1.4, 300),
            (4, 1.4, 1.8, 380),
            (5, 1.6, 2.2, 456),
            (6, 1.8, 2.6, 528),
            (7, 2.0, 3.1, 600),
        )
    }
)
"""The authors' published factors, which they rounded by hand, for images of 224×224."""


def scale(architecture: Architecture, scaling: Scaling) -> Architecture:
    """Scales a network.

    Channels grow everywhere except in the layers with the network's outputs. A block that counts
    its own repetitions gets more of them; otherwise stages grow (see `stages.py`). Stochastic depth
    is spread over the new depth. If a network does not allow it, inference says so afterwards.

    Raises:
        EditError: A factor is not positive, or a size leaves the range of its parameter.
    """
    for name in ("width", "depth", "resolution", "divisor"):
        if not 0 < getattr(scaling, name) < MOST:
            received = getattr(scaling, name)
            raise EditError(ScalingCode.WRONG_FACTOR, factor=name, received=received, most=MOST)
    ends = heads(architecture)
    nodes = [_scale_node(node, scaling, node.id in ends) for node in architecture]
    scaled = architecture.with_nodes(nodes)
    if scaling.depth != 1:
        scaled = resize_stages(scaled, lambda repeats: round_repeats(repeats, scaling.depth))
    return _spread_stochastic_depth(scaled)


def round_filters(filters: int, width: float, divisor: int = DIVISOR) -> int:
    """Channels after scaling: the nearest multiple of the divisor, at most a tenth too few."""
    if width == 1:
        return filters
    wanted = filters * width
    rounded = max(divisor, int(wanted + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * wanted else rounded


def round_repeats(repeats: int, depth: float) -> int:
    """Repetitions after scaling, rounded up."""
    return ceil(depth * repeats)


def round_size(size: int, resolution: float) -> int:
    """Pixels after scaling: the nearest whole number."""
    return max(1, round(size * resolution))


def _scale_node(node: Node, scaling: Scaling, is_head: bool) -> Node:
    results = {p.name for p in node.block.parameters()} if is_head else set[str]()
    if isinstance(node.block, OwnBlock):
        node, results = _scale_inside(node, node.block, scaling, is_head)
    values: dict[str, Any] = {}
    for parameter in node.block.parameters():
        value = getattr(node.block, parameter.name)
        if not isinstance(value, int):
            continue
        if parameter.role is Role.WIDTH and parameter.name not in results:
            values[parameter.name] = round_filters(value, scaling.width, scaling.divisor)
        elif parameter.role is Role.DEPTH:
            values[parameter.name] = round_repeats(value, scaling.depth)
        elif parameter.role is Role.RESOLUTION:
            values[parameter.name] = round_size(value, scaling.resolution)
    if node.block.max_inputs == 0:
        height, width, channels = node.block.values()["shape"]
        sizes = (round_size(side, scaling.resolution) for side in (height, width))
        values["shape"] = (*sizes, channels)
    return _with_values(node, values)


def _scale_inside(
    node: Node, block: OwnBlock, scaling: Scaling, is_head: bool
) -> tuple[Node, set[str]]:
    """An own block with scaled inner nodes, and its parameters that set the width of its output.

    Inside, repeated nodes are repeated more often; neighbors do not form stages there.
    """
    definition = block.definition
    inner = Architecture(definition.name, definition.nodes, (definition.output,))
    ends = heads(inner) if is_head else frozenset[str]()
    nodes: list[Node] = []
    for inside in inner:
        scaled = _scale_node(inside, scaling, inside.id in ends)
        if inside.repeat > 1:
            times = min(round_repeats(inside.repeat, scaling.depth), MAX_REPEAT)
            scaled = replace(scaled, repeat=times)
        nodes.append(scaled)
    made = own_block(replace(definition, nodes=tuple(nodes)))
    results = {
        exposed.name
        for exposed in definition.parameters
        if any(target in ends for target, _ in exposed.targets)
    }
    return replace(node, block=made.create(block.values())), results


def _with_values(node: Node, values: dict[str, Any]) -> Node:
    if not values:
        return node
    try:
        return replace(node, block=type(node.block).create(node.block.values() | values))
    except BuilderError as error:
        code = ScalingCode.DOES_NOT_SCALE
        raise EditError(code, node=node.label, inner=error.problem) from None


def _spread_stochastic_depth(architecture: Architecture) -> Architecture:
    """Sets, in each node that counts blocks, how many come before it and how many there are."""
    before = 0
    places: dict[str, int] = {}
    for known in infer(architecture).nodes.values():
        node = known.node
        if has_role(node.block, Role.BLOCKS_BEFORE):
            places[node.id] = before
            before += node.repeat * sum(values_of(node.block, Role.DEPTH) or (1,))
    nodes: list[Node] = []
    for node in architecture:
        values: dict[str, Any] = {}
        for parameter in node.block.parameters() if node.id in places else ():
            if parameter.role is Role.BLOCKS_BEFORE:
                values[parameter.name] = places[node.id]
            elif parameter.role is Role.BLOCKS_TOTAL:
                values[parameter.name] = before
        nodes.append(_with_values(node, values))
    return architecture.with_nodes(nodes)
