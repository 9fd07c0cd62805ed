"""The figures of a node in words: where its parameters come from, and what alternatives cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import prod

from builder.blocks.base import Layer
from builder.blocks.formula import params_formula
from builder.blocks.reference import section
from builder.blocks.symbolic import layer_facts
from builder.blocks.trace_record import BlockTrace, LayerCall
from builder.network.inference import NodeInference
from builder.system.errors import ShapeError
from components.shell import format as fmt


@dataclass(frozen=True)
class Figure:
    """One line of a node's figures.

    Attributes:
        value: As shown.
        label: What it is.
        detail: The origin of the value, added to the label; may be empty.
        exact: Shown when the pointer rests on the value.
        note: A line below, in small letters; may be empty.
    """

    value: str
    label: str
    detail: str = ""
    exact: str = ""
    note: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another layer that would do the same job.

    Attributes:
        layer: The layer.
        params: Its parameters here.
        macs: Its multiply-accumulates here.
        words: How they compare with the layer in place.
        formula: Where its parameters come from.
    """

    layer: Layer
    params: int
    macs: int
    words: str
    formula: str


def flow(known: NodeInference) -> str:
    """The input and output shapes: `32×32×3 → 32×32×64`."""
    inputs = " + ".join(fmt.shape(shape) for shape in known.input_shapes)
    return (
        f"{inputs} → {fmt.shape(known.output_shape)}" if inputs else fmt.shape(known.output_shape)
    )


def figures(known: NodeInference) -> Iterator[Figure]:
    """The figures of a node that has a shape, the most important first."""
    detail = params_detail(known)
    yield Figure(
        fmt.count(known.params),
        "params",
        f" = {detail}" if detail else "",
        section(type(known.node.block), "Parameters and cost"),
        weights_note(known),
    )
    fixed = known.params - known.trainable_params
    if fixed:
        yield Figure(fmt.count(fixed), "of them moving statistics, not trained")
    yield Figure(
        fmt.quantity(known.macs, "").strip(),
        "MACs",
        macs_detail(known),
        f"{known.macs:,} multiply-accumulates, {2 * known.macs:,} FLOPs, for one example: each "
        "weight of a kernel is used once a pixel",
    )
    if known.reach is not None:
        step = _step(known.reach.stride)
        yield Figure(fmt.shape(known.reach.window), "receptive field", f", one every {step}")
    yield Figure(
        fmt.size(known.activation_bytes),
        "activations",
        " for one example",
        f"{known.activation_bytes:,} bytes: the outputs of all inner layers in float32",
    )


def totals(chosen: tuple[NodeInference, ...]) -> Iterator[Figure]:
    """The sums over several nodes, without what is not known yet."""
    known = [each for each in chosen if each.traces]
    macs = sum(each.macs for each in known)
    held = sum(each.activation_bytes for each in known)
    missing = len(chosen) - len(known)
    partial = f" together, {missing} of them unknown" if missing else " together"
    yield Figure(fmt.count(sum(each.params for each in known)), "params", partial)
    yield Figure(
        fmt.quantity(macs, "").strip(),
        "MACs",
        "",
        f"{macs:,} multiply-accumulates, {2 * macs:,} FLOPs, for one example",
    )
    yield Figure(fmt.size(held), "activations", " for one example", f"{held:,} bytes")


def params_detail(known: NodeInference) -> str:
    """Where the parameters come from: `(3·3·3+1)·64`, `9,248 + 2 × 18,496`."""
    if not known.params:
        return ""
    if len(known.traces) == 1:
        return _trace_detail(known.traces[0])
    parts = [
        f"{number} × {params:,}" if (number := len(list(same))) > 1 else f"{params:,}"
        for params, same in groupby(trace.params for trace in known.traces)
    ]
    return " + ".join(parts)


def weights_note(known: NodeInference) -> str:
    """The arrays of a single layer by name and shape: `kernel 3×3×3×64, bias 64`."""
    layers = list(known.layers)
    weights = layers[0].facts.weights if len(layers) == 1 else ()
    return ", ".join(f"{weight.name} {fmt.shape(weight.shape)}" for weight in weights)


def macs_detail(known: NodeInference) -> str:
    """Where multiply-accumulates come from: weights and pixels, as ` = 1,728 weights · 30×30`."""
    layer = known.node.block
    if not known.macs or known.node.repeat > 1 or not isinstance(layer, Layer):
        return ""
    pixels = layer.uses(known.traces[0].output_shape, *known.input_shapes)
    weights = fmt.plural(known.macs // prod(pixels), "weight")
    return f" = {weights} · {fmt.shape(pixels)}" if pixels else f" = {weights}, used once"


def _trace_detail(trace: BlockTrace) -> str:
    """A single layer's formula; how many layers hold the parameters in a module."""
    if len(trace.calls) == 1:
        return params_formula(trace.calls[0].facts.weights)
    holders = [call for call in trace.calls if call.facts.weights]
    return f"sum of {fmt.plural(len(holders), 'layer')} below"


def inner_layers(known: NodeInference) -> tuple[LayerCall, ...]:
    """The layers inside of a module, once for equal repetitions; empty for a plain layer."""
    if not known.traces or isinstance(known.node.block, Layer):
        return ()
    return known.traces[0].calls


def alternatives(known: NodeInference) -> list[Alternative]:
    """Layers that do the same job, where they fit, and what they cost here."""
    block = known.node.block
    if not isinstance(block, Layer) or known.output_shape is None:
        return []
    found: list[Alternative] = []
    for layer in block.alternatives():
        try:
            facts = layer_facts(layer, known.input_shapes)
        except ShapeError:  # it does the same job, but not here
            continue
        here = known.traces[0].calls[0].facts
        words = _compare(facts.params, here.params, "params")
        words += f", {_compare(facts.macs, here.macs, 'MACs')}"
        formula = params_formula(facts.weights)
        found.append(Alternative(layer, facts.params, facts.macs, words, formula))
    return found


def largest(known: tuple[NodeInference, ...], count: int) -> tuple[NodeInference, ...]:
    """The nodes with most parameters, the largest first; none that has none."""
    holders = [node for node in known if node.params]
    return tuple(sorted(holders, key=lambda node: -node.params)[:count])


def _compare(new: int, old: int, noun: str) -> str:
    """`7.1× fewer params`, `1.3× more MACs`, `as many params`."""
    if new == old or not new or not old:
        return f"as many {noun}" if new == old else f"{new:,} {noun}"
    factor, word = (old / new, "fewer") if new < old else (new / old, "more")
    return f"{factor:.1f}× {word} {noun}"


def _step(stride: tuple[int | Fraction, int | Fraction]) -> str:
    if stride == (1, 1):
        return "pixel"
    step = f"{stride[0]}" if stride[0] == stride[1] else f"{stride[0]}×{stride[1]}"
    return f"{step} pixels"
