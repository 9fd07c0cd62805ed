"""The inspector: the selected block's description, parameters, figures and inputs."""

from functools import partial
from html import escape
from typing import Any

import streamlit as st

from builder.blocks.catalogue import CATEGORY_LABELS, catalogue
from builder.blocks.parameter import Parameter
from builder.blocks.reference import section
from builder.documents.library import available
from builder.network.architecture import MAX_REPEAT
from builder.network.connections import is_repeatable, takes_input
from builder.network.inference import Inference, NodeInference
from builder.studies.variables import node_variables
from builder.system.level import Level
from components import forms, state
from components.design import changes, dialogs, docs, ends, inputs, markup, numbers, own_blocks
from components.design.labels import literal, sentence
from components.design.wiring import candidates
from components.shell import empty_state, notice
from components.shell import format as fmt
from components.studies import questions, worth_menu

_OFFERED = 4
"""How many candidates for a missing input are offered as buttons."""


def draw(document: str, inference: Inference, selected: str | None) -> None:
    """Draws the inspector of the selected node, or a summary where nothing is selected."""
    if selected is None or selected not in inference.nodes:
        _draw_summary(inference)
        ends.draw(document, inference)
        return
    known = inference.nodes[selected]
    key = f"{document}:{selected}:{known.node.block.type_name()}"
    _draw_head(document, known, key)
    _draw_issues(document, inference, known)
    with forms.form("parameters"):
        _draw_parameters(document, known, key)
    _draw_figures(document, known)
    with forms.form("node"):
        _draw_node(document, inference, known, key)
    own_blocks.draw_actions(document, known.node)


def _draw_head(document: str, known: NodeInference, key: str) -> None:
    node = known.node
    with st.container(key="cs-inspector-head", horizontal=True, vertical_alignment="center"):
        with st.container(key="cs-inspector-name"):
            forms.field(
                "name",
                {"type": "string"},
                node.name or node.id,
                key=f"{key}:name",
                on_change=partial(changes.rename_node, document, node.id),
            )
        with st.popover("?", key="cs-inspector-help", help="What this block does"):
            st.markdown(docs.help_text(type(node.block)))
    st.html(
        f'<p class="cs-what"><i class="cs-tick" style="background:var(--cs-'
        f'{node.block.category.value})"></i><b>{node.block.type_name()}</b> '
        f"{escape(node.block.summary())}</p>"
    )


def _draw_issues(document: str, inference: Inference, known: NodeInference) -> None:
    for issue in known.issues:
        notice(
            issue.level,
            sentence(issue.message),
            sentence(issue.fix),
        )
    node = known.node
    if known.output_shape is None and not known.issues:
        notice(Level.INFO, "Its input has no shape yet.", "Mend the block above first.")
    if node.block.min_inputs > 1 and any(issue.level is Level.ERROR for issue in known.issues):
        _draw_offers(document, inference, known)


def _draw_offers(document: str, inference: Inference, known: NodeInference) -> None:
    """Offers further inputs of a merge: those that fit, otherwise the nearest."""
    node = known.node
    missing = len(node.inputs) < node.block.min_inputs
    kept = node.inputs if missing else node.inputs[:-1]
    found = candidates(inference.architecture, node.id, kept)
    found = tuple(candidate for candidate in found if candidate.node not in node.inputs)
    fitting = tuple(candidate for candidate in found if not candidate.misfit)
    if not found:
        return
    question = "Choose what it reads next" if missing else "Read instead"
    remark = "" if fitting else ". No shape above fits yet; the nearest are:"
    st.html(f'<p class="cs-offer">{question}{remark}</p>')
    with st.container(key="cs-offers", horizontal=True, gap="small"):
        for candidate in (fitting or found)[:_OFFERED]:
            st.button(
                literal(candidate.label),
                key=f"cs-offer-{candidate.node}",
                help=literal(candidate.misfit) or "Its shape fits",
                on_click=changes.connect,
                args=(document, candidate.node, node.id, None if missing else len(kept)),
            )


def _draw_parameters(document: str, known: NodeInference, key: str) -> None:
    block = known.node.block
    values = block.values()
    forms.draw_sections(
        "inspector",
        forms.by_section(block.parameters(), lambda p: p),
        lambda p: _draw_parameter(document, known, key, p, values),
        key=partial(forms.parameter_key, key),
        changed=lambda p: getattr(block, p.name) != p.default,
    )


def _draw_parameter(
    document: str, known: NodeInference, key: str, parameter: Parameter, values: dict[str, Any]
) -> None:
    forms.field(
        parameter.name,
        parameter.schema,
        values[parameter.name],
        parameter.help,
        key=forms.parameter_key(key, parameter),
        on_change=partial(changes.set_parameter, document, (known.node.id,), parameter.name),
        label=parameter.label,
    )


def _draw_figures(document: str, known: NodeInference) -> None:
    if known.output_shape is None:
        return
    inner = numbers.inner_layers(known)
    rule = escape(section(type(known.node.block), "Output shape"))
    st.html(
        f'<p class="cs-flow" title="{rule}">{numbers.flow(known)}</p>'
        + markup.figure_list(numbers.figures(known))
        + (markup.inner_table(inner) if inner else "")
    )
    for alternative in numbers.alternatives(known):
        _draw_alternative(document, known, alternative)


def _draw_alternative(
    document: str, known: NodeInference, alternative: numbers.Alternative
) -> None:
    name = alternative.layer.type_name()
    costs = f"{fmt.count(alternative.params)} params = {alternative.formula}"
    with st.container(key="cs-alternative", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<p class="cs-instead" title="{fmt.count(alternative.macs)} MACs"><b>{name}</b>, '
            f"{fmt.macs(alternative.macs)}<br>{costs}<small>{alternative.words}</small></p>"
        )
        st.button(
            "Use",
            key="cs-use-alternative",
            help=f"Replace this block by {literal(name)}",
            on_click=changes.use_alternative,
            args=(document, known.node.id, name),
        )


def _draw_node(document: str, inference: Inference, known: NodeInference, key: str) -> None:
    """Draws what belongs to the node rather than to the block: inputs, repetition, type."""
    node = known.node
    if takes_input(node.block):
        inputs.draw(document, inference, known, key)
    if is_repeatable(node.block):
        forms.field(
            "repeat",
            {"type": "integer", "minimum": 1, "maximum": MAX_REPEAT},
            node.repeat,
            "How many times in a row the block is applied.",
            key=f"{key}:repeat",
            on_change=partial(changes.repeat, document, node.id),
        )
    forms.field(
        "block",
        {"enum": [*available(inference.architecture, state.workspace().library), *catalogue()]},
        node.block.type_name(),
        "Puts another block in this place. Parameters of the same name are kept.",
        key=f"{key}:block",
        on_change=partial(changes.replace_block, document, node.id),
    )
    with st.container(key="cs-study-menus", horizontal=True, vertical_alignment="center"):
        if offered := tuple(node_variables(node)):
            questions.draw_vary_menu(document, offered, "this block")
        if takes_input(node.block):
            worth_menu.draw(document, node.id)


def _draw_summary(inference: Inference) -> None:
    """Draws a summary of the whole network while no block is selected."""
    architecture = inference.architecture
    if not architecture.nodes:
        empty_state("An empty network", "Add an Input from the palette, then layers below it.")
        return
    if not any(takes_input(node.block) for node in architecture):
        empty_state("Only an Input so far", "Add layers from the palette, or begin with a network.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("Templates", key="cs-begin", on_click=dialogs.ask, args=("templates",))
        return
    sides = inference.input_shapes, inference.output_shapes
    flow = " → ".join(" + ".join(map(fmt.shape, shapes)) for shapes in sides if shapes)
    used = {node.node.block.category for node in inference.used}
    legend = "".join(
        f'<span><i class="cs-tick" style="background:var(--cs-{category.value})"></i>{label}</span>'
        for category, label in CATEGORY_LABELS.items()
        if category in used
    )
    st.html(
        f'<p class="cs-title">{escape(architecture.name)}</p>'
        f'<p class="cs-flow">{flow}</p>'
        "<h6>How large the maps are</h6>"
        f'{markup.profile(architecture)}<p class="cs-legend">{legend}</p>'
        f"{markup.largest_list(inference)}"
        '<p class="cs-hint">Select a block to see its parameters and its figures. '
        "Shapes are height×width×channels, without the batch axis.</p>"
    )
