"""The inspector of several nodes: the parameters that they share, each set for all at once."""

from collections import Counter
from functools import partial
from hashlib import sha256
from html import escape

import streamlit as st

from builder.blocks.catalogue import catalogue
from builder.blocks.shared import Shared, shared_parameters
from builder.documents.library import available
from builder.network import edits
from builder.network.architecture import MAX_REPEAT, Architecture
from builder.network.connections import is_repeatable
from builder.network.inference import Inference, NodeInference
from components import forms, state
from components.design import changes, markup, numbers, own_blocks
from components.design.labels import sentence
from components.shell import format as fmt
from components.shell import notice

_SHOWN_ISSUES = 2
_SHOWN_NAMES = 4


def draw(document: str, inference: Inference, selected: tuple[str, ...]) -> None:
    """Draws the inspector of several nodes.

    Args:
        document: The document's id.
        inference: What is known of its network.
        selected: The ids of the nodes, in the order of the stack.
    """
    chosen = tuple(inference.nodes[node] for node in selected)
    # Widgets belong to this selection: one with other nodes must not inherit what was typed.
    key = f"{document}:{sha256(' '.join(selected).encode()).hexdigest()[:16]}"
    _draw_head(chosen)
    _draw_issues(chosen)
    _draw_parameters(document, chosen, key)
    st.html(markup.figure_list(numbers.totals(chosen)))
    with forms.form("node"):
        _draw_nodes(document, inference.architecture, chosen, key)
    own_blocks.draw_group_action(selected)


def _draw_head(chosen: tuple[NodeInference, ...]) -> None:
    names = ", ".join(known.node.label for known in chosen)
    types = Counter(type(known.node.block) for known in chosen)
    words = ", ".join(
        f"<span>{markup.tick(block.category)}<b>{block.type_name()}</b></span>"
        + f" ×{number}" * (number > 1)
        for block, number in types.most_common()
    )
    st.html(
        f'<p class="cs-title" title="{escape(names)}">{fmt.plural(len(chosen), "block")}</p>'
        f'<p class="cs-what cs-kinds">{words}</p>'
    )


def _draw_issues(chosen: tuple[NodeInference, ...]) -> None:
    issues = [issue for known in chosen for issue in known.issues]
    for issue in issues[:_SHOWN_ISSUES]:
        notice(issue.level, f"{issue.label}: {sentence(issue.message)}", sentence(issue.fix))
    if len(issues) > _SHOWN_ISSUES:
        st.caption(f"and {fmt.plural(len(issues) - _SHOWN_ISSUES, 'more problem')}")


def _draw_parameters(document: str, chosen: tuple[NodeInference, ...], key: str) -> None:
    """One form for each set of nodes that share something, the largest first."""
    shared = shared_parameters([known.node.block for known in chosen])
    groups: dict[tuple[int, ...], list[Shared]] = {}
    for each in shared:
        groups.setdefault(each.holders, []).append(each)
    if not groups:
        st.html('<p class="cs-hint">These blocks have no parameter in common.</p>')
    for number, (holders, found) in enumerate(groups.items()):
        if len(groups) > 1 or len(holders) < len(chosen):
            _draw_holders([chosen[place] for place in holders], len(chosen))
        with forms.form(f"parameters-{number}"):
            _draw_group(document, chosen, found, f"{key}:{number}")


def _draw_holders(holders: list[NodeInference], number: int) -> None:
    """Whose parameters stand below."""
    labels = [known.node.label for known in holders]
    if len(labels) == number:
        words = f"All {number}"
    else:
        more = len(labels) - _SHOWN_NAMES
        words = ", ".join(labels[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
    st.html(f'<h6 title="{escape(", ".join(labels))}">{escape(words)}</h6>')


def _draw_group(
    document: str, chosen: tuple[NodeInference, ...], found: list[Shared], key: str
) -> None:
    forms.draw_sections(
        "inspector",
        forms.by_section(found, lambda shared: shared.parameter),
        lambda shared: _draw_parameter(document, chosen, shared, key),
        key=lambda shared: forms.parameter_key(key, shared.parameter),
        apart=f"-{key}",
    )


def _draw_parameter(
    document: str, chosen: tuple[NodeInference, ...], shared: Shared, key: str
) -> None:
    nodes = tuple(chosen[place].node.id for place in shared.holders)
    parameter = shared.parameter
    forms.field(
        parameter.name,
        parameter.schema,
        forms.MIXED if shared.mixed else shared.values[0],
        parameter.help,
        key=forms.parameter_key(key, parameter),
        on_change=partial(changes.set_parameter, document, nodes, parameter.name),
    )


def _draw_nodes(
    document: str, architecture: Architecture, chosen: tuple[NodeInference, ...], key: str
) -> None:
    """Draws what belongs to the nodes rather than to the blocks: repetition and type."""
    nodes = tuple(known.node.id for known in chosen)
    if all(is_repeatable(known.node.block) for known in chosen):
        times = {known.node.repeat for known in chosen}
        forms.field(
            "repeat",
            {"type": "integer", "minimum": 1, "maximum": MAX_REPEAT},
            times.pop() if len(times) == 1 else forms.MIXED,
            "How many times in a row each of these blocks is applied.",
            key=f"{key}:repeat",
            on_change=partial(_repeat, document, nodes),
        )
    types = {known.node.block.type_name() for known in chosen}
    forms.field(
        "block",
        {"enum": [*available(architecture, state.workspace().library), *catalogue()]},
        types.pop() if len(types) == 1 else forms.MIXED,
        "Puts another block in each of these places. Parameters of the same name are kept.",
        key=f"{key}:block",
        on_change=partial(changes.replace_blocks, document, nodes),
    )


def _repeat(document: str, nodes: tuple[str, ...], times: int) -> None:
    changes.apply_to_all(document, nodes, partial(_repeated, times=times))


def _repeated(architecture: Architecture, node: str, times: int) -> Architecture:
    return edits.repeat(architecture, node, times)
