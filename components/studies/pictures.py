"""The pictures of a study: the one of its question, and the learning curves of some variants."""

from functools import lru_cache

import streamlit as st

from builder.runs.metrics import EpochMetrics
from builder.runs.status import ACTIVE
from builder.studies.answers import answer
from builder.studies.curves import CURVES_HEIGHT, MOST_CURVES, curves, histories
from builder.studies.figure_themes import dark_theme, to_page
from builder.studies.figures import pictures
from builder.studies.study import Objective
from components import forms
from components.live_chart import Figure, figure
from components.runs.words import metric_name
from components.studies.reading import Reading


def draw_pictures(reading: Reading) -> str:
    """Draws the pictures of the study's question.

    Returns:
        The key of the variant whose point was pressed; empty for none.
    """
    known = reading.known
    if known is None or not any(row.values for row in known.variants.values()):
        return ""
    said = " ".join(answer(reading.study, known))
    opened = ""
    for place, made in enumerate(_pictures(reading)):
        key = f"cs-study-picture-{place}-{reading.study.id}"
        opened = figure(made, description=f"{made.title}. {said}", key=key) or opened
    return opened


@lru_cache(maxsize=32)
def _pictures(reading: Reading) -> tuple[Figure, ...]:
    assert reading.known is not None
    return tuple(
        Figure(title, to_page(made), dark_theme(), int(made.layout.height))
        for title, made in pictures(reading.study, reading.known).items()
        if any(trace.x is not None and len(trace.x) for trace in made.data)
    )


def draw_nothing() -> None:
    """Makes a picture of nothing: the first one costs Plotly a tenth of a second more."""
    to_page(curves({"": [[EpochMetrics(1, 0.0, {"loss": 0.0})]]}, "loss"))
    dark_theme()


def draw_curves(reading: Reading) -> None:
    """Draws the learning curves of the variants that a person chooses, the base first."""
    known = reading.known
    if known is None or not any(row.runs for row in known.variants.values()):
        return
    study = reading.study
    with st.container(key="cs-study-curves-head", horizontal=True, vertical_alignment="top"):
        titles = {key: row.title for key, row in known.variants.items() if not row.problem}
        chosen = st.multiselect(
            "Learning curves",
            list(titles),
            default=list(titles)[:MOST_CURVES],
            max_selections=MOST_CURVES,
            format_func=forms.writer(titles),
            key=f"cs-study-curves-of-{study.id}",
        )
        metrics = next(one for one in Objective.parameters() if one.name == "metric").choices
        metric = st.selectbox(
            "Metric",
            metrics,
            index=metrics.index(study.objective.metric),
            format_func=metric_name,
            key=f"cs-study-curves-metric-{study.id}",
            width=220,
        )
    title = f"Learning curves: {metric_name(metric)}"
    grows = any(run.state in ACTIVE for key in chosen for run in known.variants[key].runs.values())
    draw = _curves.__wrapped__ if grows else _curves
    made = draw(reading, tuple(chosen), metric)
    if not made:
        st.html('<p class="cs-study-awaited">The curves begin with the end of the first epoch.</p>')
        return
    shown = Figure(title, made, dark_theme(), CURVES_HEIGHT)
    said = f"{metric_name(metric)} by epoch of {', '.join(titles[key] for key in chosen)}"
    figure(shown, description=said, key=f"cs-study-curves-{study.id}")


@lru_cache(maxsize=32)
def _curves(reading: Reading, keys: tuple[str, ...], metric: str) -> str:
    """The curves of some variants as JSON, empty for none; they may grow without new results."""
    assert reading.known is not None
    found = histories(reading.study, reading.known, keys)
    has_epochs = any(epochs for of_seeds in found.values() for epochs in of_seeds)
    return to_page(curves(found, metric)) if has_epochs else ""
