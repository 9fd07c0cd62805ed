"""The choice of what an ablation takes out, with what that changes."""

from collections.abc import Callable
from functools import lru_cache, partial

import streamlit as st

from builder.actions.study_request import StudyRequest
from builder.network.architecture import Architecture
from builder.system.level import Level
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import Part, parts
from components import forms
from components.design import changes
from components.design.labels import literal
from components.shell import format as fmt
from components.shell import notice
from components.studies.request_state import change, current


def draw(request: StudyRequest, architecture: Architecture, key: str) -> None:
    """Draws a box to tick for each kind of part that the network has.

    Args:
        request: What is filled in.
        architecture: The network.
        key: The name of the request.
    """
    found = parts_of(architecture)
    if not found:
        notice(
            Level.INFO,
            "This network has no part that can be taken out: no shortcut, normalization, "
            "Squeeze-and-Excitation, dropout, augmentation or regularizer.",
            "Ask which values are best instead.",
        )
        return
    with st.container(key="cs-study-parts"):
        st.html('<p class="cs-study-label">Take out, each by itself</p>')
        for part in found:
            _draw_part(request, part, key)


@lru_cache(maxsize=32)
def parts_of(architecture: Architecture) -> tuple[Part, ...]:
    """What can be taken out of a network."""
    return tuple(part for part in parts(architecture) if not part.problems)


def _draw_part(request: StudyRequest, part: Part, key: str) -> None:
    is_chosen = part.kind in request.parts
    widget = forms.widget_key(f"{key}:part:{part.kind}", lambda there: there == is_chosen)
    name = f"{part.kind.noun[0].upper()}{part.kind.noun[1:]}"
    st.checkbox(
        f"**{name}** :small[{literal(_effect(part))}]",
        value=is_chosen,
        key=widget,
        help=literal(f"In {', '.join(part.nodes)}"),
        on_change=forms.callback(widget, partial(_choose, key, part.kind)),
    )


def _choose(key: str, kind: PartKind, is_chosen: bool) -> None:
    chosen = {*current(key).parts} - {kind} | ({kind} if is_chosen else set())
    changes.attempt(lambda: change(key, parts=[one for one in PartKind if one in chosen]))


def _effect(part: Part) -> str:
    """What taking a part out changes: `3 blocks, −12,345 params, −1.2 M MACs`."""
    told = [fmt.plural(len(part.nodes), "block")]
    told += [f"{_signed(part.params, fmt.count)} params"] if part.params else []
    told += [_signed(part.macs, fmt.macs)] if part.macs else []
    told += [] if part.shapes_stay else ["other shapes"]
    return ", ".join(told)


def _signed(value: int, write: Callable[[int], str]) -> str:
    return f"{'+' if value > 0 else '−'}{write(abs(value))}"
