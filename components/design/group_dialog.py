"""The dialog that makes a person's own block of several nodes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

from builder.blocks.base import Block
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.codegen.keras.own_function import own_function
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.documents.library import available
from builder.network.architecture import Architecture, Node
from builder.network.connections import takes_input
from builder.network.inference import infer
from builder.network.naming import unique
from builder.network.own_block import Definition, Exposed, OwnBlock
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import forms, state
from components.design import changes, dialogs
from components.design.labels import literal, sentence
from components.shell import format as fmt
from components.shell import notice

NAME = "group"
"""The dialog's name, as `dialogs.ask` takes it."""

_ASKED = "cs-group-asked"
"""How often the dialog was opened, so that its fields are fresh each time, and for which nodes."""

_KEEP = "cs-group-keep"
_AS = "cs-group-as-"

_SHOWN_TARGETS = 3


@dataclass(frozen=True)
class _Asked:
    """What the person has filled in."""

    nodes: tuple[str, ...]
    name: str
    summary: str
    parameters: tuple[Exposed, ...]


def ask(nodes: Sequence[str]) -> None:
    """Opens the dialog for some nodes when the page is drawn next."""
    number = st.session_state.get(_ASKED, (0, ()))[0] + 1
    st.session_state[_ASKED] = (number, tuple(nodes))
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Make a block", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    architecture = state.workspace().open(document).architecture
    asked = _draw_fields(architecture)
    definition = _draw_preview(architecture, asked)
    clash = definition is not None and _clashes(definition)
    if clash:
        notice(
            Level.WARNING,
            f"Your library has another block named {asked.name}.",
            "It stays as it is, unless you replace it here. Or choose another name.",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Make block",
            key="cs-group-make",
            type="primary",
            disabled=definition is None,
            on_click=_make,
            args=(document,),
        )
        st.button("Cancel", key="cs-group-cancel", on_click=dialogs.close)
        st.checkbox(
            "Replace it in your library" if clash else "Keep it in your library",
            value=not clash,
            key=_switch(clash),
            help="So that it can be placed in other networks as well.",
        )


def _clashes(definition: Definition) -> bool:
    """Whether the person's library has another block of this name."""
    kept = state.workspace().library.blocks().get(definition.name)
    return kept is not None and kept.definition != definition


def _switch(clash: bool) -> str:
    """The key of the switch that says whether the library takes the block."""
    return f"{_KEEP}-{'replace' if clash else 'keep'}"


def _draw_fields(architecture: Architecture) -> _Asked:
    number, selected = st.session_state.get(_ASKED, (0, ()))
    labels = distinct({n.id: n.label for n in architecture if takes_input(n.block)})
    nodes = st.multiselect(
        "Blocks",
        list(labels),
        default=[node for node in labels if node in selected],
        key=f"cs-group-nodes-{number}",
        format_func=forms.writer(labels),
        placeholder="Choose the blocks that belong together",
        help="They need one common output. In the stack, Shift+click or Shift+↓ selects several.",
        select_all=False,
    )
    if any(node not in labels for node in selected):
        st.caption("An Input feeds the network, so it stays outside.")
    left, right = st.columns([1, 2])
    with left:
        st.text_input("Name", key=f"cs-group-name-{number}", placeholder="my_block")
    with right:
        st.text_input(
            "What it is for",
            key=f"cs-group-summary-{number}",
            placeholder="One line, shown in the palette and in the code",
        )
    choices = _choices(architecture, _ordered(architecture, nodes))
    chosen = st.multiselect(
        "Parameters to set from outside",
        list(choices),
        format_func=forms.writer(_described(architecture, choices)),
        key=f"cs-group-exposed-{number}",
        placeholder="None: the block is always the same",
        help="Blocks that have the same value now get it together.",
        select_all=False,
    )
    _draw_names([choices[target] for target in chosen if target in choices])
    return _filled_in(architecture)


def _draw_names(chosen: Sequence[Exposed]) -> None:
    """A field for the name of each chosen parameter."""
    if not chosen:
        return
    for column, exposed in zip(st.columns(max(len(chosen), 4)) * 9, chosen, strict=False):
        with column:
            st.text_input(
                f"Name of {literal(exposed.name)}",
                value=exposed.name,
                key=_name_key(exposed),
            )


def _filled_in(architecture: Architecture) -> _Asked:
    """What stands in the fields, at a press too: it may come before they are drawn again."""
    number, _ = st.session_state.get(_ASKED, (0, ()))
    asked = st.session_state.get
    nodes = _ordered(architecture, asked(f"cs-group-nodes-{number}") or ())
    choices = _choices(architecture, nodes)
    chosen = asked(f"cs-group-exposed-{number}") or ()
    parameters = tuple(
        replace(choices[target], name=_text(_name_key(choices[target])) or choices[target].name)
        for target in chosen
        if target in choices
    )
    return _Asked(
        nodes=nodes,
        name=_text(f"cs-group-name-{number}") or _free_name(architecture),
        summary=asked(f"cs-group-summary-{number}") or "",
        parameters=parameters,
    )


def _ordered(architecture: Architecture, nodes: Sequence[str]) -> tuple[str, ...]:
    return tuple(node.id for node in architecture if node.id in nodes)


def _text(key: str) -> str:
    return (st.session_state.get(key) or "").strip()


def _choices(architecture: Architecture, nodes: Sequence[str]) -> dict[str, Exposed]:
    """The parameters that can be set from outside, by the first thing that they set."""
    return {".".join(exposed.targets[0]): exposed for exposed in candidates(architecture, nodes)}


def _described(architecture: Architecture, choices: dict[str, Exposed]) -> dict[str, str]:
    """How the parameters are shown."""
    return distinct(
        {target: _describe(architecture, exposed) for target, exposed in choices.items()}
    )


def _name_key(exposed: Exposed) -> str:
    """The key of the field for the name of a parameter, another one for each opening."""
    number, _ = st.session_state.get(_ASKED, (0, ()))
    return f"{_AS}{number}-{'.'.join(exposed.targets[0])}"


def _describe(architecture: Architecture, exposed: Exposed) -> str:
    node, parameter = exposed.targets[0]
    inner = architecture.by_id[node]
    value = inner.repeat if parameter == "repeat" else getattr(inner.block, parameter)
    labels = [architecture.by_id[target].label for target, _ in exposed.targets]
    more = len(labels) - _SHOWN_TARGETS
    names = ", ".join(labels[:_SHOWN_TARGETS]) + (f" and {more} more" if more > 0 else "")
    return f"{exposed.name} = {value} ({names})"


def _draw_preview(architecture: Architecture, asked: _Asked) -> Definition | None:
    """Shows the function that the block becomes, or what keeps it from becoming one."""
    if not asked.nodes:
        st.caption("Choose blocks to see what they make together.")
        return None
    try:
        grouped = group(architecture, asked.nodes, asked.name, asked.parameters, asked.summary)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return None
    made = _made(architecture, grouped)
    definition = cast(OwnBlock, made.block).definition
    st.code(own_function(definition), language="python", height=220)
    nodes = infer(architecture).nodes
    shapes = [nodes[source].output_shape for source in made.inputs]
    known = tuple(shape for shape in shapes if shape is not None)
    if len(known) == len(shapes):
        _draw_figures(made.block, known)
    return definition


def _made(before: Architecture, after: Architecture) -> Node:
    """The node that several were made into."""
    return next(node for node in after if node.id not in before)


def _draw_figures(block: Block, shapes: tuple[Shape, ...]) -> None:
    try:
        found = trace(block, shapes)
    except BuilderError:
        st.caption("Its shapes do not fit yet.")
        return
    given = " and ".join(map(fmt.shape, shapes))
    st.caption(
        f"{given} → {fmt.shape(found.output_shape)} · {fmt.count(found.params)} params · "
        f"{fmt.macs(found.macs)} · {fmt.plural(len(found.calls), 'layer')}"
    )


def _free_name(architecture: Architecture) -> str:
    return unique("my_block", _available(architecture))


def _available(architecture: Architecture) -> dict[str, type[OwnBlock]]:
    return available(architecture, state.workspace().library)


def _make(document: str) -> None:
    made = ""

    def change(architecture: Architecture) -> Architecture:
        nonlocal made
        asked = _filled_in(architecture)
        after = group(architecture, asked.nodes, asked.name, asked.parameters, asked.summary)
        made = _made(architecture, after).id
        return after

    if not changes.attempt(lambda: changes.apply(document, change)):
        return
    state.select(document, made)
    block = state.workspace().open(document).architecture.by_id[made].block
    definition = cast(OwnBlock, block).definition
    if st.session_state.get(_switch(_clashes(definition))):
        changes.attempt(lambda: state.workspace().library.save(definition))
    dialogs.close()
