"""What stands under the editor: the totals, and tabs with the layers, the code and the problems."""

import streamlit as st

from builder.errors import BuilderError
from builder.inference import Inference
from builder.workspace import DocumentState
from components import state
from components.design import diagram, exports, layers_table
from components.design.document_bar import file_stem
from components.design.labels import sentence
from components.shell import Fact, facts, notice
from components.shell import format as fmt

BATCH_SIZE = 32
"""What the memory for training is estimated for."""

_TABS = "cs-tabs"
_NAMES = ("Layers", "Code", "Diagram", "Export", "Problems")


def draw_totals(inference: Inference) -> None:
    """Draws the totals of the network in one line; the problems lead to their list."""
    with st.container(key="cs-totals", horizontal=True, vertical_alignment="center"):
        facts(_totals(inference), key="cs-totals-facts")
        number = len(inference.issues)
        level = "error" if inference.errors else "warning" if number else "good"
        with st.container(key=f"cs-problems-{level}", width="content"):
            st.button(
                fmt.plural(number, "problem"),
                key="cs-problems",
                type="tertiary",
                on_click=_show_problems,
                help="Show the list" if number else "The network can be exported and trained",
            )


def draw(document: DocumentState, inference: Inference) -> None:
    """Draws the tabs; only the one that is open is worked out."""
    panels = st.tabs(_NAMES, key=_TABS, on_change="rerun")
    draws = (_draw_layers, _draw_code, _draw_diagram, exports.draw, _draw_problems)
    for panel, draw_panel in zip(panels, draws, strict=True):
        if panel.open:
            with panel:
                draw_panel(document, inference)


def _totals(inference: Inference) -> list[Fact]:
    fixed = inference.total_params - inference.trainable_params
    held = inference.training_bytes(BATCH_SIZE)
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
            fmt.size(held),
            f"to train at batch {BATCH_SIZE}",
            f"{held:,} bytes: parameters, gradients, Adam's two moments and all outputs in float32",
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


def _draw_code(document: DocumentState, inference: Inference) -> None:
    if not inference.ok:
        exports.no_code_yet(document.architecture, inference)
        return
    settings = exports.training_settings(document.document.training)
    try:
        text = exports.script(document.architecture, settings)
    except BuilderError as error:
        notice("warning", sentence(error.message), sentence(error.fix))
        return
    name = f"{file_stem(document.document.name)}.py"
    with st.container(key="cs-code-bar", horizontal=True, vertical_alignment="center"):
        lines = fmt.plural(text.count("\n"), "line")
        st.caption(f"{lines} of Keras 3: runs by itself, and is what a run trains.")
        st.download_button(
            "Download .py", text, name, "text/x-python", key="cs-code-download", on_click="ignore"
        )
    st.code(text, language="python")


def _draw_diagram(document: DocumentState, inference: Inference) -> None:
    own = document.document.id
    with st.container(key="cs-diagram"):
        diagram.draw(own, inference.architecture, state.selection(own))


def _draw_problems(document: DocumentState, inference: Inference) -> None:
    if not inference.issues:
        notice("good", "No problems.", "The network can be exported and trained.")
        return
    with st.container(key="cs-problem-list"):
        for number, issue in enumerate(inference.issues):
            with st.container(
                key=f"cs-problem-{number}", horizontal=True, vertical_alignment="center"
            ):
                level = "error" if issue.level == "error" else "warning"
                known = document.architecture.by_id.get(issue.node)
                if known is not None:
                    st.button(
                        known.label.replace("_", r"\_"),
                        key=f"cs-problem-select-{number}",
                        help="Select this block",
                        on_click=state.select,
                        args=(document.document.id, known.id),
                    )
                notice(level, sentence(issue.message), sentence(issue.fix))
