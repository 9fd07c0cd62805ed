"""Dense parts of the page as HTML: figures, inner layers, the profile of a network.

Everything that a person wrote goes through `escape`. Colors come from the shell's variables.
"""

from collections.abc import Iterable
from html import escape
from math import log2

from builder.blocks.base import Category
from builder.blocks.formula import params_formula
from builder.blocks.trace_record import LayerCall
from builder.network.architecture import Architecture, Node
from builder.network.inference import Inference, infer
from components.design.numbers import Figure, largest
from components.shell import format as fmt

_BARS_APART = 90
"""Up to how many bars a profile has gaps between them."""


def figure_list(figures: Iterable[Figure]) -> str:
    """A column of figures, each with its origin."""
    return f'<dl class="cs-figures">{"".join(map(_figure, figures))}</dl>'


def inner_table(calls: tuple[LayerCall, ...]) -> str:
    """The layers inside of a module."""
    rows = "".join(
        f"<tr><td>{tick(call.facts.layer.category)}{call.facts.layer.class_name()}"
        f" <small>{escape(call.facts.layer.describe())}</small></td>"
        f"<td>{fmt.shape(call.facts.output_shape)}</td>"
        f'<td title="{params_formula(call.facts.weights)}">{count(call.facts.params)}</td></tr>'
        for call in calls
    )
    heads = "<tr><th>Inner layer</th><th>Output</th><th>Params</th></tr>"
    return f'<table class="cs-table cs-inner"><thead>{heads}</thead><tbody>{rows}</tbody></table>'


def profile(architecture: Architecture) -> str:
    """A network at a glance: a bar for each block, with the height of its image and its color."""
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
    many = " cs-many" if len(bars) > _BARS_APART else ""
    return f'<div class="cs-profile{many}" aria-hidden="true">{"".join(bars)}</div>'


def largest_list(inference: Inference) -> str:
    """Where the parameters are: the largest blocks, with their share as a bar."""
    total = inference.total_params or 1
    rows = "".join(
        f"<tr><td>{_named(node.node)}</td>"
        f'<td class="cs-share"><i style="width:{100 * node.params / total:.1f}%"></i></td>'
        f"<td>{fmt.count(node.params)}</td><td>{_share(node.params / total)}</td></tr>"
        for node in largest(inference.used, 6)
    )
    table = f'<table class="cs-table cs-largest"><tbody>{rows}</tbody></table>'
    return f"<h6>Where the parameters are</h6>{table}" if rows else ""


def _named(node: Node) -> str:
    """A node's name, shortened so that the number at its end stays visible."""
    stem = node.label.rstrip("0123456789").removesuffix("_")
    number = node.label[len(stem) :]
    return (
        f'<span class="cs-name" title="{escape(node.label)}">{tick(node.block.category)}'
        f"<span>{escape(stem)}</span><span>{number}</span></span>"
    )


def _share(fraction: float) -> str:
    return "&lt;1 %" if fraction < 0.01 else fmt.percent(fraction, 0)


def _figure(figure: Figure) -> str:
    tip = f' title="{escape(figure.exact)}"' if figure.exact else ""
    note = f"<small>{escape(figure.note)}</small>" if figure.note else ""
    return (
        f"<div><dd{tip}>{escape(figure.value)}</dd>"
        f"<dt>{escape(figure.label)}{escape(figure.detail)}{note}</dt></div>"
    )


def count(params: int | None) -> str:
    """A number, with a dot for 0."""
    return or_dot(params, fmt.count(params))


def or_dot(value: int | None, text: str) -> str:
    """A value's text, with a dot for 0."""
    return '<span class="cs-none" title="0">·</span>' if value == 0 else text.strip()


def tick(category: Category) -> str:
    """A small square in a category's color."""
    return f'<i class="cs-tick" style="background:var(--cs-{category.value})"></i>'
