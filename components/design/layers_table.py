"""The tab with all layers: a table of the blocks and the parts inside them, and the totals.

It is a separate component: an edit changes few of its hundreds of rows, and only those are redrawn.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, inside, num_layers, walk
from builder.network.inference import Inference, NodeInference, infer
from builder.system.level import Level
from components import state
from components.design.labels import sentence
from components.design.markup import count, or_dot, tick
from components.plain import plain
from components.scripts import loader
from components.shell import format as fmt

BLOCKS, LAYERS = "Blocks", "Layers"
_MODE = "cs-layers-mode"
_mount = component("convstack.table", js=loader("layers_table"), isolate_styles=False)
_HEADS = ("Layer", "Block", "Parameters", "Output", "Params", "MACs", "Activations", "RF")


def draw(document: str, architecture: Architecture) -> None:
    """Draws the table and the choice of what it lists."""
    with st.container(key="cs-layers-bar", horizontal=True, vertical_alignment="center"):
        mode = st.segmented_control(
            "Rows",
            (BLOCKS, LAYERS),
            default=BLOCKS,
            required=True,
            key=_MODE,
            label_visibility="collapsed",
        )
        st.caption(
            "Every Keras layer under its block; alike repetitions stand there once."
            if mode == LAYERS
            else "One row for each block; ▸ in the stack shows the layers inside of it."
        )
    opened = None if mode == LAYERS else frozenset(state.opened(document))
    _mount(key="cs-layers", data=plain(layer_table(architecture, opened)))


class LayersTableData(TypedDict):
    """A table's rows as HTML: the headings, the rows between, and the totals."""

    label: str
    head: str
    rows: Sequence[str]
    foot: str


@lru_cache(maxsize=16)
def layer_table(
    architecture: Architecture, opened: frozenset[str] | None = None
) -> LayersTableData:
    """The blocks of a network with their figures, the parts inside them, and the totals.

    Args:
        architecture: The network.
        opened: The keys of the nodes and parts that are unfolded; None for all of them.
    """
    inference = infer(architecture)
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    rows = [row for node in architecture for row in _node_rows(inference.nodes[node.id], opened)]
    return LayersTableData(
        label="Layers", head=f"<tr>{heads}</tr>", rows=rows, foot=_total_row(inference)
    )


def _node_rows(known: NodeInference, opened: frozenset[str] | None) -> Iterator[str]:
    """A node's row and, if it is unfolded, the rows of its parts."""
    node = known.node
    times = f" ×{node.repeat}" if node.repeat > 1 else ""
    broken = any(issue.level is Level.ERROR for issue in known.issues)
    classes = ["cs-node"] + ["cs-broken"] * broken + ["cs-unused"] * (not known.used)
    yield _row(
        f"{tick(node.block.category)}{escape(node.label)}{times}",
        node.block.type_name(),
        node.block.describe(),
        fmt.shape(known.output_shape),
        (known.params, known.macs, known.activation_bytes) if known.traces else None,
        fmt.shape(known.receptive_field),
        " ".join(classes),
        _why_unknown(known),
    )
    if not num_layers(known):
        return
    if opened is None:
        for part, depth in _everything(inside(known)):
            yield _part_row(part, depth)
    elif node.id in opened:
        for part, depth in walk(inside(known), opened):
            yield _part_row(part, depth)


def _why_unknown(known: NodeInference) -> str:
    """Why a node has no figures; empty if it has some."""
    issue = known.worst_issue
    return sentence(issue.message) if issue else "What it reads has no shape yet."


def _everything(parts: tuple[Part, ...], depth: int = 0) -> Iterator[tuple[Part, int]]:
    for part in parts:
        yield part, depth
        yield from _everything(part.parts, depth + 1)


def _part_row(part: Part, depth: int) -> str:
    return _row(
        f'<span style="margin-left:{depth}rem">{_part_name(part)}</span>',
        "",
        part.parameters,
        fmt.shape(part.output_shape),
        (part.params, part.macs, part.activation_bytes),
        "",
        "cs-inside",
    )


def _part_name(part: Part) -> str:
    layers = f" <small>{fmt.plural(part.num_layers, 'layer')}</small>" if part.parts else ""
    return f"{tick(part.category)}{escape(part.title)}{layers}"


def _total_row(inference: Inference) -> str:
    costs = (inference.total_params, inference.macs, inference.activation_bytes)
    outputs = ", ".join(fmt.shape(shape) for shape in inference.output_shapes)
    layers = fmt.plural(inference.num_layers, "layer")
    trained = f"{fmt.count(inference.trainable_params)} trained"
    return _row("Total", layers, trained, outputs, costs, "", "")


def _row(
    name: str,
    block: str,
    parameters: str,
    output: str,
    costs: tuple[int, int, int] | None,
    reach: str,
    classes: str,
    why: str = "",
) -> str:
    """One row; `name` and `block` are HTML, the rest is text. `why` stands at what is unknown."""
    params, macs, held = costs or (None, None, None)
    cells = (
        name,
        block,
        escape(parameters),
        output,
        count(params),
        _exact(or_dot(macs, fmt.quantity(macs, "")), fmt.count(macs)),
        _exact(fmt.size(held), f"{fmt.count(held)} bytes"),
        reach,
    )
    unknown = f'<span class="cs-unknown" title="{escape(why)}">{fmt.UNKNOWN}</span>'
    body = "".join(f"<td>{unknown if cell == fmt.UNKNOWN else cell}</td>" for cell in cells)
    return f'<tr class="{classes}">{body}</tr>' if classes else f"<tr>{body}</tr>"


def _exact(text: str, exact: str) -> str:
    """A rounded figure with the exact one; nothing is added to an unknown one."""
    return text if text == fmt.UNKNOWN else f'<span title="{exact}">{text}</span>'
