"""The choice of what an ablation takes out, with what that changes."""

from collections.abc import Callable
from functools import lru_cache, partial

import streamlit as st

from builder.actions.study_request import StudyRequest
from builder.network.architecture import Architecture
from builder.studies.naming import part_at
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
    if not found and not request.places:
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
        if request.places:
            st.html('<p class="cs-study-label">Only there, as ticked on Design</p>')
        for place in request.places:
            _draw_place(architecture, place, key)


def with_effect(name: str, part: Part) -> str:
    """A label for a part; plain, as a screen reader would read out marks of bold letters."""
    told = effect(part)
    return f"{name}: {told}" if told else name


@lru_cache(maxsize=32)
def parts_of(architecture: Architecture) -> tuple[Part, ...]:
    """What can be taken out of a network."""
    return tuple(part for part in parts(architecture) if not part.problems)


def _draw_part(request: StudyRequest, part: Part, key: str) -> None:
    is_chosen = part.kind in request.parts
    widget = forms.widget_key(f"{key}:part:{part.kind}", lambda there: there == is_chosen)
    name = _capital(part.kind.noun)
    st.checkbox(
        with_effect(name, part),
        value=is_chosen,
        key=widget,
        help=literal(f"In {', '.join(part.nodes)}"),
        on_change=forms.callback(widget, partial(_choose, key, part.kind)),
    )


def _draw_place(architecture: Architecture, place: str, key: str) -> None:
    found = part_at(architecture, place)
    if found is None:
        return
    widget = forms.widget_key(f"{key}:place:{place}", lambda there: there)
    st.checkbox(
        literal(with_effect(title_of(architecture, found), found)),
        value=True,
        key=widget,
        on_change=forms.callback(widget, partial(_keep, key, place)),
    )


def title_of(architecture: Architecture, found: Part) -> str:
    """A part of single nodes in words: `Without shortcuts of residual_block_2`."""
    labels = ", ".join(architecture.by_id[node].label for node in found.nodes)
    return f"{_capital(found.kind.change)} of {labels}"


def _keep(key: str, place: str, is_kept: bool) -> None:
    places = [each for each in current(key).places if each != place or is_kept]
    changes.attempt(lambda: change(key, places=places))


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _choose(key: str, kind: PartKind, is_chosen: bool) -> None:
    chosen = {*current(key).parts} - {kind} | ({kind} if is_chosen else set())
    changes.attempt(lambda: change(key, parts=[one for one in PartKind if one in chosen]))


def effect(part: Part) -> str:
    """What taking a part out changes: `3 blocks, −12,345 params, −1.2 M MACs`."""
    told = [fmt.plural(len(part.nodes), "block")] if len(part.nodes) > 1 else []
    told += [f"{_signed(part.params, fmt.count)} params"] if part.params else []
    told += [_signed(part.macs, fmt.macs)] if part.macs else []
    told += [] if part.shapes_stay else ["other shapes"]
    return ", ".join(told)


def _signed(value: int, write: Callable[[int], str]) -> str:
    return f"{'+' if value > 0 else '−'}{write(abs(value))}"
