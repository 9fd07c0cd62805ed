"""Dense pieces of the page as HTML: figures, tables of layers, the profile of a network.

Everything that a person wrote goes through `escape`. Colours come from the shell's variables.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from math import log2

from builder.architecture import Architecture
from builder.blocks.base import Category
from builder.blocks.symbolic import LayerCall, LayerFacts
from builder.inference import Inference, NodeInference, infer
from components.design.numbers import Figure, largest
from components.shell import format as fmt

_HEADS = ("Layer", "Block", "Parameters", "Output", "Params", "MACs", "Activations", "RF")


def figure_list(figures: Iterable[Figure]) -> str:
    """Figures one below the other, each with where it comes from."""
    return f'<dl class="cs-figures">{"".join(map(_figure, figures))}</dl>'


def inner_table(calls: tuple[LayerCall, ...]) -> str:
    """The layers inside of a module."""
    rows = "".join(
        f"<tr><td>{_tick(call.facts)}{call.facts.layer.class_name()}"
        f" <small>{escape(call.facts.layer.describe())}</small></td>"
        f"<td>{fmt.shape(call.facts.output_shape)}</td><td>{_params(call.facts.params)}</td></tr>"
        for call in calls
    )
    heads = "<tr><th>Inner layer</th><th>Output</th><th>Params</th></tr>"
    return f'<table class="cs-table cs-inner"><thead>{heads}</thead><tbody>{rows}</tbody></table>'


@lru_cache(maxsize=16)
def layer_table(architecture: Architecture) -> str:
    """Every layer of a network with its figures, those inside of modules too, and the totals."""
    inference = infer(architecture)
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    rows = "".join(row for node in architecture for row in _node_rows(inference.nodes[node.id]))
    return (
        f'<table class="cs-table cs-layers"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{_total_row(inference)}</tfoot></table>"
    )


def profile(architecture: Architecture) -> str:
    """A network at a glance: a bar for each block, as high as its image and in its colour."""
    inference = infer(architecture)
    bars: list[str] = []
    for node in architecture:
        known = inference.nodes[node.id]
        shape = known.output_shape or ()
        height = 100 * log2(shape[0] + 1) / 9 if len(shape) == 3 else 12
        tip = f"{node.label}: {fmt.shape(known.output_shape)}"
        bars += [
            f'<i title="{escape(tip)}" style="height:{min(100, max(8, height)):.0f}%;'
            f'background:var(--cs-{node.block.category.value})"></i>'
        ] * min(node.repeat, 12)
    return f'<div class="cs-profile" aria-hidden="true">{"".join(bars)}</div>'


def largest_list(inference: Inference) -> str:
    """Where the parameters are: the largest blocks, with their share as a bar."""
    total = inference.total_params or 1
    rows = "".join(
        f"<tr><td>{_category_tick(node.node.block.category)}{escape(node.node.label)}</td>"
        f'<td class="cs-share"><i style="width:{100 * node.params / total:.1f}%"></i></td>'
        f"<td>{fmt.count(node.params)}</td><td>{_share(node.params / total)}</td></tr>"
        for node in largest(inference.used, 6)
    )
    return f'<table class="cs-table cs-largest"><tbody>{rows}</tbody></table>' if rows else ""


def _share(fraction: float) -> str:
    return "&lt;1 %" if fraction < 0.01 else fmt.percent(fraction, 0)


def _figure(figure: Figure) -> str:
    tip = f' title="{escape(figure.exact)}"' if figure.exact else ""
    return (
        f"<div><dd{tip}>{escape(figure.value)}</dd>"
        f"<dt>{escape(figure.label)}{escape(figure.detail)}</dt></div>"
    )


def _node_rows(known: NodeInference) -> Iterator[str]:
    """A node's own row and, for a module, one for each layer inside of each repetition."""
    node = known.node
    times = f" ×{node.repeat}" if node.repeat > 1 else ""
    broken = any(issue.level == "error" for issue in known.issues)
    classes = " ".join(["cs-node", *(["cs-broken"] if broken else []), *_unused(known)])
    yield _row(
        f"{_category_tick(node.block.category)}{escape(node.label)}{times}",
        node.block.type_name(),
        node.block.describe(),
        fmt.shape(known.output_shape),
        (known.params, known.macs, known.activation_bytes) if known.traces else None,
        fmt.shape(known.receptive_field),
        classes,
    )
    if not known.traces or (len(known.traces[0].calls) == 1 and node.repeat == 1):
        return
    for number, trace in enumerate(known.traces, 1):
        for call in trace.calls:
            yield _inner_row(call, f"{number} of {node.repeat}" if node.repeat > 1 else "")


def _inner_row(call: LayerCall, repetition: str) -> str:
    facts = call.facts
    return _row(
        f"<span>{repetition}</span>" if repetition else "",
        f"{_tick(facts)}{facts.layer.class_name()}",
        facts.layer.describe(),
        fmt.shape(facts.output_shape),
        (facts.params, facts.macs, facts.activation_bytes),
        "",
        "cs-inside",
    )


def _total_row(inference: Inference) -> str:
    costs = (inference.total_params, inference.macs, inference.activation_bytes)
    outputs = ", ".join(fmt.shape(shape) for shape in inference.output_shapes)
    layers = fmt.plural(inference.num_layers, "layer")
    trained = f"{fmt.count(inference.trainable_params)} trained"
    return _row("Total", layers, trained, outputs, costs, fmt.shape(inference.receptive_field), "")


def _row(
    name: str,
    block: str,
    parameters: str,
    output: str,
    costs: tuple[int, int, int] | None,
    reach: str,
    classes: str,
) -> str:
    """One row; `name` and `block` are HTML, the rest is text."""
    params, macs, held = costs or (None, None, None)
    cells = (
        name,
        block,
        escape(parameters),
        output,
        _params(params),
        f'<span title="{fmt.count(macs)}">{_or_dot(macs, fmt.quantity(macs, ""))}</span>',
        f'<span title="{fmt.count(held)} bytes">{fmt.size(held)}</span>',
        reach,
    )
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{classes}">{body}</tr>' if classes else f"<tr>{body}</tr>"


def _params(params: int | None) -> str:
    return _or_dot(params, fmt.count(params))


def _or_dot(value: int | None, text: str) -> str:
    return '<span class="cs-none">·</span>' if value == 0 else text.strip()


def _unused(known: NodeInference) -> list[str]:
    return [] if known.used else ["cs-unused"]


def _tick(facts: LayerFacts) -> str:
    return _category_tick(facts.layer.category)


def _category_tick(category: Category) -> str:
    return f'<i class="cs-tick" style="background:var(--cs-{category.value})"></i>'
