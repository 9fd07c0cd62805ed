"""A node's inputs: a choice for a block with one input, an ordered list for a merge."""

import streamlit as st

from builder.network.connections import closed, takes_one
from builder.network.inference import Inference, NodeInference
from builder.system.distinct import distinct
from components import forms
from components.design import changes
from components.design.wiring import candidates
from components.order_list import Item, order_list
from components.shell import format as fmt

SKIP_HINT = (
    "A skip: put an Add (or a Concatenate) where it is to end, and have that read both. "
    "In the canvas, drag from the lower edge of a block to the Add."
)
"""The hint how to draw a skip, where a person looks for it."""


def draw(document: str, inference: Inference, known: NodeInference, key: str) -> None:
    """Draws the node's inputs, to be changed."""
    if takes_one(known.node.block):
        _draw_one(document, inference, known, key)
    else:
        _draw_several(document, inference, known, key)


def _draw_one(document: str, inference: Inference, known: NodeInference, key: str) -> None:
    node = known.node
    labels = {c.node: c.label for c in candidates(inference.architecture, node.id, ())}
    labels |= {source: source for source in node.inputs if source not in labels}
    choices = [*([] if node.inputs else [""]), *labels]
    now = node.inputs[0] if node.inputs else ""
    words = distinct({choice: labels.get(choice, "nothing yet") for choice in choices})
    box = forms.choice_key(f"{key}:reads", words, lambda there: there == now)

    def change(chosen: str) -> None:
        if chosen != now and chosen in words:
            sources = [chosen] if chosen else []
            changes.attempt(lambda: changes.set_inputs(document, node.id, sources))

    st.selectbox(
        "reads",
        choices,
        index=choices.index(now),
        key=box,
        format_func=forms.writer(words),
        help=f"The block whose output goes in. Usually the row above; any row above can be "
        f"chosen.\n\n{SKIP_HINT}",
        on_change=forms.callback(box, change),
    )


def _draw_several(document: str, inference: Inference, known: NodeInference, key: str) -> None:
    node = known.node
    if node.inputs:
        with st.container(key="cs-reads", gap=None):
            st.html('<p class="cs-offer">Reads, in this order</p>')
            order_list(
                f"What {node.label} reads, in order",
                [_item(inference, source) for source in node.inputs],
                key=f"cs-reads-{document}-{node.id}",
                on_change=lambda order: set_order(document, node.id, order),
            )
    if closed(node) is None:
        _draw_more(document, inference, known, key)


def set_order(document: str, node: str, order: list[str]) -> None:
    """Reorders or removes a node's inputs; a refusal is shown as a message."""
    changes.attempt(lambda: changes.set_inputs(document, node, order))


def _item(inference: Inference, source: str) -> Item:
    known = inference.nodes.get(source)
    if known is None:
        return Item(source, source, "is gone")
    shape = fmt.shape(known.output_shape)
    return Item(source, known.node.label, shape)


def _draw_more(document: str, inference: Inference, known: NodeInference, key: str) -> None:
    """Offers the rows above as one more input, fitting ones first."""
    node = known.node
    offered = candidates(inference.architecture, node.id, node.inputs)
    words = distinct({candidate.node: candidate.label for candidate in offered})
    # After a choice an empty box takes the place of the old one, whose late messages are ignored.
    box = forms.choice_key(f"{key}:reads-more", words, lambda there: there is None)

    def add(chosen: str | None) -> None:
        if chosen in words:
            changes.connect(document, chosen, node.id)

    st.selectbox(
        "one more" if node.inputs else "reads",
        list(words),
        index=None,
        key=box,
        format_func=forms.writer(words),
        placeholder="Choose a block above",
        help=f"What fits stands first. {SKIP_HINT}",
        on_change=forms.callback(box, add),
    )
