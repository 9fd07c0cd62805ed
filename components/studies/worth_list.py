"""What can be taken out of a single block, with its effect, as boxes to tick for an ablation."""

from functools import lru_cache, partial
from operator import eq

import streamlit as st

from builder.network.architecture import Architecture
from builder.studies.factor import Subject
from builder.studies.study import Question
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import Part, part
from components import forms, state
from components.design import changes
from components.runs import registry
from components.studies import questions
from components.studies.asking_parts import with_effect
from components.studies.request_state import tick_place, ticked_places
from components.train import setup


def draw(document: str, node: str) -> None:
    """Draws a box for each part, and the way to the study where one is ticked.

    Args:
        document: The document's id.
        node: The id of the block.
    """
    opened = state.workspace().open(document)
    found = parts_at(opened.architecture, node)
    if not found:
        st.html('<p class="cs-hint">This block has no part that can be taken out by itself.</p>')
        return
    base = Subject(opened.architecture, setup.settings(opened))
    ticked = ticked_places(document, base)
    for each in found:
        place = f"{each.kind}@{node}"
        is_ticked = place in ticked
        widget = forms.widget_key(f"{document}:worth:{place}", partial(eq, is_ticked))
        st.checkbox(
            with_effect(each.kind.change, each),
            value=is_ticked,
            key=widget,
            on_change=forms.callback(widget, partial(_tick, document, base, place)),
        )
    if ticked:
        st.page_link(
            registry.STUDIES_PAGE,
            label=f"Ask what {_counted(len(ticked))} worth",
            query_params={questions.NEW: Question.ABLATION.value, state.PARAMETER: document},
        )


@lru_cache(maxsize=64)
def parts_at(architecture: Architecture, node: str) -> tuple[Part, ...]:
    """What can be taken out of a single node."""
    found = (part(architecture, kind, (node,)) for kind in PartKind)
    return tuple(each for each in found if each is not None and not each.problems)


def _tick(document: str, base: Subject, place: str, is_ticked: bool) -> None:
    changes.attempt(lambda: tick_place(document, base, place, is_ticked))


def _counted(number: int) -> str:
    return "it is" if number == 1 else f"these {number} are"
