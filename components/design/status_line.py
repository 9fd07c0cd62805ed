"""The last line of the Design page: what the network costs, and its problems in a list over it."""

import streamlit as st

from builder.checks.memory_need import details, in_words, memory_need, purpose
from builder.documents.session import DocumentState
from builder.network.inference import Inference
from builder.training.settings import TrainingSettings
from components.design import problems
from components.design.training import training_or_defaults
from components.shell import Fact, facts
from components.shell import format as fmt

_SHOWN = "cs-problems-shown"


def draw(document: DocumentState, inference: Inference) -> None:
    """Draws the line, and the list of problems where it is open."""
    settings = training_or_defaults(document.document.training)
    if st.session_state.get(_SHOWN):
        with st.container(key="cs-problem-panel"):
            st.button("Close the list", key="cs-list-close", type="tertiary", on_click=_toggle)
            problems.draw(document, inference, settings)
    with st.container(key="cs-totals", horizontal=True, vertical_alignment="center"):
        facts(_totals(inference, settings), key="cs-totals-facts")
        is_draft = document.document.draft is not None
        found = problems.verdict(inference, settings, is_draft=is_draft)
        with st.container(key=f"cs-problems-{found.level}", width="content"):
            st.button(
                found.label, key="cs-problems", type="tertiary", on_click=_toggle, help=found.use
            )


def _totals(inference: Inference, settings: TrainingSettings) -> list[Fact]:
    fixed = inference.total_params - inference.trainable_params
    need, batch_size = memory_need(inference, settings), settings.batch_size
    return [
        Fact(
            fmt.count(inference.total_params),
            "params" if inference.ok else "params so far",
            f"{inference.trainable_params:,} trained, {fixed:,} moving statistics",
        ),
        Fact(
            fmt.quantity(inference.macs, "").strip(),
            "MACs",
            f"{inference.macs:,} multiply-accumulates, {2 * inference.macs:,} FLOPs, for one image",
        ),
        Fact(
            in_words(need.at(batch_size)),
            purpose(batch_size),
            details(need, batch_size),
        ),
        _receptive_field(inference),
        Fact(
            fmt.count(inference.num_layers),
            "layer" if inference.num_layers == 1 else "layers",
            "Keras layers, those of modules included",
        ),
    ]


def _receptive_field(inference: Inference) -> Fact:
    field = inference.receptive_field
    images = [shape for shape in inference.input_shapes if len(shape) == 3]
    if field is None or not images:
        return Fact(fmt.UNKNOWN, "receptive field")
    own, whole = _edge(field), _edge(images[0][:2])
    exact = (
        f"A pixel of the last image sees {fmt.shape(field)} of {fmt.shape(images[0][:2])} pixels"
    )
    return Fact(f"{own} / {whole}", "receptive field", exact)


def _edge(size: tuple[int, ...]) -> str:
    return fmt.count(size[0]) if size[0] == size[1] else fmt.shape(size)


def _toggle() -> None:
    st.session_state[_SHOWN] = not st.session_state.get(_SHOWN)
