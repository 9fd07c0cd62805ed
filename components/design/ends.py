"""The network's inputs and outputs: their order, their keys, and which nodes are outputs."""

from functools import partial
from html import escape

import streamlit as st

from builder.network import ends
from builder.network.ends import Side
from builder.network.inference import Inference
from builder.system.distinct import distinct
from components import forms
from components.board import Edit
from components.design import changes
from components.design.labels import literal
from components.shell import format as fmt

_TITLES = {
    Side.INPUTS: "The network takes, in this order",
    Side.OUTPUTS: "The network gives, in this order",
}


def draw(document: str, inference: Inference) -> None:
    """Draws them folded; unfolded where there is more than one of either, or a key.

    What is folded is not drawn: the browser would load the scripts of fields that nobody sees, a
    third of all that the first page needs.
    """
    if not inference.architecture.nodes:
        return
    found = {side: ends.ends_of(inference.architecture, side) for side in Side}
    special = any(len(ids) > 1 or keys for ids, keys in found.values())
    panel = st.expander(
        "Inputs and outputs",
        expanded=special,
        key=f"cs-ends-{document}-{special}",
        on_change="rerun",
        type="compact",
    )
    if not panel.open:
        return
    with panel:
        for side, (ids, keys) in found.items():
            if ids:
                _draw_side(document, inference, side, ids, keys)
        _draw_more(document, inference)


def _draw_side(
    document: str, inference: Inference, side: Side, ids: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    st.html(f'<p class="cs-hint">{_TITLES[side]}</p>')
    for place, node_id in enumerate(ids):
        _draw_row(document, inference, side, place, node_id, len(ids))
        if keys:
            forms.field(
                "key",
                {"type": "string"},
                keys[place],
                "The key in the dictionary. Losses and data sets go by it.",
                key=f"{document}:{side}:{place}:{node_id}:key",
                on_change=partial(_rename_key, document, side, place),
            )
    forms.field(
        "by key",
        {"type": "boolean"},
        bool(keys),
        "On: in a dictionary, found by keys. Off: in a list, found by their order.",
        key=f"{document}:{side}:by-key",
        on_change=partial(_set_keyed, document, side),
    )


def _draw_row(
    document: str, inference: Inference, side: Side, place: int, node_id: str, number: int
) -> None:
    known = inference.nodes[node_id]
    shape = "?" if known.output_shape is None else fmt.shape(known.output_shape)
    with st.container(
        key=f"cs-end-{side}-{place}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.html(f'<p class="cs-end">{place + 1} <b>{escape(known.node.label)}</b> {shape}</p>')
        if place > 0:
            _button("Earlier", side, place, document, partial(ends.earlier, side=side, place=place))
        if side is Side.OUTPUTS and number > 1:
            _button("Drop", side, place, document, partial(ends.drop_output, place=place))


def _button(label: str, side: Side, place: int, document: str, edit: Edit) -> None:
    def press() -> None:
        changes.attempt(lambda: changes.apply(document, edit))

    st.button(label, key=f"cs-end-{label.lower()}-{side}-{place}", on_click=press)


def _draw_more(document: str, inference: Inference) -> None:
    """Offers every node as one more output."""
    architecture = inference.architecture
    words = distinct({node.id: literal(node.label) for node in architecture})
    # After a choice an empty box takes the place of the old one, whose late messages are ignored.
    box = forms.choice_key(f"cs-end-more-{document}", words, lambda there: there is None)

    def add(chosen: str | None) -> None:
        if chosen in words:
            edit = partial(ends.add_output, node_id=chosen)
            changes.attempt(lambda: changes.apply(document, edit))

    st.selectbox(
        "one more output",
        list(words),
        index=None,
        key=box,
        format_func=forms.writer(words),
        placeholder="Choose a block",
        help="The block's output becomes an output of the network, beside the others.",
        on_change=forms.callback(box, add),
    )


def _rename_key(document: str, side: Side, place: int, key: str) -> None:
    changes.apply(document, lambda a: ends.rename_key(a, side, place, key.strip()))


def _set_keyed(document: str, side: Side, keyed: bool) -> None:
    changes.apply(document, lambda a: ends.by_key(a, side, keyed))
