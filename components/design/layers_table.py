"""The tab with all layers: a table of the blocks and the parts inside them, and the totals.

It is a separate component: an edit changes few of its hundreds of rows, and only those are redrawn.
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from html import escape
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from builder.documents.session import DocumentState
from builder.network.architecture import Architecture
from builder.network.hierarchy import Part
from builder.network.inference import Inference, NodeInference, infer
from builder.system.level import Level
from components import state
from components.design.document_bar import file_stem
from components.design.labels import sentence
from components.design.layer_rows import layer_rows, layers_csv
from components.design.markup import count, or_dot, tick
from components.offers import Offer, draw_link
from components.plain import plain
from components.scripts import loader
from components.shell import format as fmt

BLOCKS, LAYERS = "Blocks", "Layers"
_MODE = "cs-layers-mode"
_mount = component("convstack.table", js=loader("layers_table"), isolate_styles=False)
_HEADS = ("Layer", "Block", "Parameters", "Output", "Params", "MACs", "Activations", "RF")


def draw(document: DocumentState) -> None:
    """Draws the table and the choice of what it lists."""
    architecture = document.architecture
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
        opened = None if mode == LAYERS else frozenset(state.opened(document.document.id))
        write = partial(layers_csv, architecture, opened)
        name = f"{file_stem(document.document.name)}-layers.csv"
        draw_link("Save as CSV", (architecture, opened), Offer(name, "text/csv", write))
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
    rows = [
        _part_row(row.part, row.depth) if row.part else _node_row(row.node)
        for row in layer_rows(architecture, opened)
    ]
    return LayersTableData(
        label="Layers", head=f"<tr>{heads}</tr>", rows=rows, foot=_total_row(inference)
    )


def _node_row(known: NodeInference) -> str:
    node = known.node
    times = f" ×{node.repeat}" if node.repeat > 1 else ""
    broken = any(issue.level is Level.ERROR for issue in known.issues)
    classes = ["cs-node"] + ["cs-broken"] * broken + ["cs-unused"] * (not known.used)
    return _row(
        f"{tick(node.block.category)}{escape(node.label)}{times}",
        node.block.type_name(),
        node.block.describe(),
        fmt.shape(known.output_shape),
        (known.params, known.macs, known.activation_bytes) if known.traces else None,
        fmt.shape(known.receptive_field),
        " ".join(classes),
        _why_unknown(known),
    )


def _why_unknown(known: NodeInference) -> str:
    """Why a node has no figures; empty if it has some."""
    issue = known.worst_issue
    return sentence(issue.message) if issue else "What it reads has no shape yet."


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
        _whole(parameters),
        output,
        count(params),
        _exact(or_dot(macs, fmt.quantity(macs, "")), fmt.count(macs)),
        _exact(fmt.size(held), f"{fmt.count(held)} bytes"),
        reach,
    )
    unknown = f'<span class="cs-unknown" title="{escape(why)}">{fmt.UNKNOWN}</span>'
    body = "".join(f"<td>{unknown if cell == fmt.UNKNOWN else cell}</td>" for cell in cells)
    return f'<tr class="{classes}">{body}</tr>' if classes else f"<tr>{body}</tr>"


def _whole(parameters: str) -> str:
    """Parameters, for which the column may be too narrow."""
    told = escape(parameters)
    return f'<span title="{told}">{told}</span>' if told else ""


def _exact(text: str, exact: str) -> str:
    """A rounded figure with the exact one; nothing is added to an unknown one."""
    return text if text == fmt.UNKNOWN else f'<span title="{exact}">{text}</span>'
