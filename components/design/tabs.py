"""Below the editor: the totals, and tabs with the layers, the code and the problems."""

import streamlit as st

from builder.checks.memory_need import details, in_words, memory_need, purpose
from builder.documents.session import DocumentState
from builder.network.inference import Inference
from builder.training.settings import TrainingSettings
from components import state
from components.design import code, diagram, exports, layers_table, problems
from components.design.training import training_or_defaults
from components.shell import Fact, facts
from components.shell import format as fmt

_TABS = "cs-tabs"
_NAMES = ("Layers", "Code", "Diagram", "Export", "Problems")


def draw_totals(document: DocumentState, inference: Inference) -> None:
    """Draws the totals of the network in one line; the problems lead to their list."""
    settings = training_or_defaults(document.document.training)
    with st.container(key="cs-totals", horizontal=True, vertical_alignment="center"):
        facts(_totals(inference, settings), key="cs-totals-facts")
        is_draft = document.document.draft is not None
        found = problems.verdict(inference, settings, is_draft=is_draft)
        with st.container(key=f"cs-problems-{found.level}", width="content"):
            st.button(
                found.label,
                key="cs-problems",
                type="tertiary",
                on_click=_show_problems,
                help=found.use,
            )


def draw(document: DocumentState, inference: Inference) -> None:
    """Draws the tabs; only the open one is computed."""
    panels = st.tabs(_NAMES, key=_TABS, on_change="rerun")
    draws = (_draw_layers, code.draw, _draw_diagram, _draw_exports, _draw_problems)
    for panel, draw_panel in zip(panels, draws, strict=True):
        if panel.open:
            with panel:
                draw_panel(document, inference)


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


def _show_problems() -> None:
    st.session_state[_TABS] = "Problems"


def _draw_layers(document: DocumentState, inference: Inference) -> None:
    layers_table.draw(document.document.id, inference.architecture)


def _draw_exports(document: DocumentState, inference: Inference) -> None:
    exports.draw(document, inference, code.chosen_settings(document))


def _draw_diagram(document: DocumentState, inference: Inference) -> None:
    own = document.document.id
    with st.container(key="cs-diagram"):
        diagram.draw(own, inference.architecture, state.selection(own))


def _draw_problems(document: DocumentState, inference: Inference) -> None:
    problems.draw(document, inference, training_or_defaults(document.document.training))
