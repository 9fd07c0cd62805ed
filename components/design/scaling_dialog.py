"""The dialog that scales the network: three factors and their effects."""

from functools import lru_cache, partial
from typing import Any

import streamlit as st

from builder.network.architecture import Architecture
from builder.network.inference import Inference
from builder.system.errors import BuilderError
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from builder.transforms.scaling import PUBLISHED, Compound, scale
from builder.transforms.scaling_preview import Preview, Stage, preview
from components import forms, state
from components.design import changes, dialogs
from components.design.labels import sentence
from components.design.scaling_table import stages, totals
from components.design.training import training_or_defaults
from components.shell import format as fmt
from components.shell import notice

NAME = "scale"
"""The dialog's name, as `dialogs.ask` takes it."""

_VALUES = "cs-scale-values"
_FIELD = "cs-scale:"
_OWN = "own factors"
_SHOWN_ISSUES = 3
_SHOWN_STAGES = 4
_NEAR = 0.1
"""How far the cost may deviate from what the factors promise without an explanation."""


def ask() -> None:
    """Opens the dialog when the page is drawn next, with fresh factors."""
    st.session_state.pop(_VALUES, None)
    dialogs.ask(NAME)


def ask_with(factors: Compound) -> None:
    """Opens the dialog when the Design page is drawn next, with given factors."""
    st.session_state[_VALUES] = factors
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Scale the network", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    try:
        opened = state.workspace().open(document)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return
    settings = training_or_defaults(opened.document.training)
    asked = st.session_state.setdefault(_VALUES, Compound())
    _draw_factors(asked)
    found = _preview(opened.architecture, asked)
    _draw_preview(found, settings)
    _draw_buttons(document, found)


def _draw_factors(asked: Compound) -> None:
    preset = next((name for name, known in PUBLISHED.items() if known == asked), _OWN)
    with st.container(key="cs-scale-factors"), forms.form("scale"):
        forms.field(
            "preset",
            {"enum": [_OWN, *PUBLISHED]},
            preset,
            "The factors that EfficientNet's authors publish, each for itself at φ = 1.",
            key="cs-scale:preset",
            on_change=_choose,
        )
        for factor in Compound.parameters():
            forms.field(
                factor.name,
                factor.schema,
                getattr(asked, factor.name),
                factor.help,
                key=f"{_FIELD}{factor.name}",
                label=factor.label,
                on_change=partial(_set, factor.name),
            )
    near = "near 2, as EfficientNet's authors ask: each" if 1.8 <= asked.growth <= 2.2 else "each"
    st.html(
        f'<p class="cs-scale-hint">α·β²·γ² = <b>{asked.growth:.2f}</b>, {near} step of φ '
        f"multiplies the MACs by about this, before channels and blocks are rounded.</p>"
    )


def _is_refused() -> bool:
    return any(forms.is_refused(f"{_FIELD}{factor.name}") for factor in Compound.parameters())


def _choose(name: str) -> None:
    st.session_state[_VALUES] = PUBLISHED.get(name, Compound())


def _set(name: str, value: Any) -> None:
    """Takes one factor; raises a ParameterError where it is out of range."""
    st.session_state[_VALUES] = Compound.create(st.session_state[_VALUES].values() | {name: value})


@lru_cache(maxsize=32)
def _preview(architecture: Architecture, asked: Compound) -> Preview:
    return preview(architecture, asked.scaling)


def _draw_preview(found: Preview, settings: TrainingSettings) -> None:
    if found.refusal is not None:
        notice(Level.ERROR, sentence(found.refusal.message), sentence(found.refusal.fix))
        return
    assert found.after is not None
    known = len(found.before.errors)
    if known:
        notice(
            Level.WARNING,
            f"The network has {fmt.plural(known, 'problem')} already, so the figures are partial.",
            "It can be scaled; what it lacks stays as it is.",
        )
    st.html(totals(found, found.after, settings))
    _draw_depth(found)
    _draw_cost(found, found.after)
    for issue in found.new_issues[:_SHOWN_ISSUES]:
        where = f"{issue.node}: " if issue.node else ""
        notice(issue.level, f"{where}{sentence(issue.message)}", sentence(issue.fix))
    more = len(found.new_issues) - _SHOWN_ISSUES
    if more > 0:
        st.caption(f"{fmt.plural(more, 'more problem')}.")
    st.html(f'<div class="cs-scale-stages">{stages(found.stages)}</div>')


def _draw_depth(found: Preview) -> None:
    """Says how often which blocks are repeated, or that none can be."""
    depth = found.scaling.depth
    if depth == 1:
        return
    asked = f"Depth ×{depth:.2f}"
    if not found.deepened:
        notice(Level.WARNING, f"{asked} changes nothing here.", _why_depth_is_kept(found))
        return
    named = [_repeated(stage) for stage in found.deepened[:_SHOWN_STAGES]]
    more = len(found.deepened) - _SHOWN_STAGES
    named += [f"{more:,} more"] if more > 0 else []
    notice(Level.INFO, f"{asked} changes how often blocks are repeated: {', '.join(named)}.")


def _why_depth_is_kept(found: Preview) -> str:
    if found.scaling.depth > 1:
        return "None of its blocks can be repeated more often; the list below says why."
    if any(stage.blocks[0] > 1 for stage in found.stages):
        return "The number of blocks is rounded up, which gives back what it was."
    return "No block is repeated, so there is none to take away."


def _repeated(stage: Stage) -> str:
    before, after = stage.blocks
    if stage.before is None:
        return f"{stage.label} is new" + (f", ×{after}" if after > 1 else "")
    return f"{stage.label} goes" if stage.after is None else f"{stage.label} ×{before} → ×{after}"


def _draw_cost(found: Preview, after: Inference) -> None:
    """Says where the cost falls short of what the factors promise, or exceeds it."""
    if not found.factors or not found.before.macs:
        return
    asked, got = found.scaling.cost, after.macs / found.before.macs
    if abs(got / asked - 1) <= _NEAR:
        return
    parts = ", ".join(
        f"{factor.name} ×{factor.got:.2f} of ×{factor.asked:.2f}" for factor in found.factors
    )
    notice(Level.INFO, f"The MACs become ×{got:.2f}; the factors ask for ×{asked:.2f}: {parts}.")


def _draw_buttons(document: str, found: Preview) -> None:
    broken, refused = _breaks(found), _is_refused()
    if refused:
        why = "Correct the factor in red first"
    elif found.refusal is not None or broken:
        why = "Choose smaller factors first"
    else:
        why = "One edit, which can be undone" if found.changes else "Nothing would change"
    with st.container(key="cs-scale-buttons", horizontal=True, horizontal_alignment="right"):
        st.button("Cancel", key="cs-scale-cancel", on_click=dialogs.close)
        st.button(
            "Apply",
            key="cs-scale-apply",
            type="primary",
            disabled=refused or broken or not found.changes,
            help=why,
            on_click=partial(_apply, document),
        )


def _breaks(found: Preview) -> bool:
    return any(issue.level is Level.ERROR for issue in found.new_issues)


def _apply(document: str) -> None:
    """Reads the factors from the fields: one may be typed just before the press."""
    asked: Compound = st.session_state[_VALUES]

    def change(architecture: Architecture) -> Architecture:
        return scale(architecture, asked.scaling)

    architecture = state.workspace().open(document).architecture
    if _is_refused() or _breaks(_preview(architecture, asked)):
        return
    if changes.attempt(lambda: changes.apply(document, change)):
        dialogs.close()
