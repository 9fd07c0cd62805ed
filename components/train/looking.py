"""Shared by the parts that use a trained model: the choice of model, and waiting for Keras."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from builder.analysis.prediction import TrainedFile, trained_files
from builder.analysis.prediction_work import LookWork
from builder.runs.run_folder import Run
from builder.system.background import JobState
from builder.system.level import Level
from components.design.labels import sentence
from components.shell import notice

EVERY = 0.3
"""Seconds between two looks at the work."""


PATIENCE = 0.4
"""Seconds that the page waits for an answer before it says that it waits."""


def draw_folded(run: Run, title: str, key: str, draw_open: Callable[[Run], None]) -> None:
    """Draws a part of the page that is folded at first; nothing without a model.

    Args:
        run: The run.
        title: What the part is called.
        key: What tells it from others.
        draw_open: Draws what is inside.
    """
    if trained_files(run):
        st.fragment(_draw_folded)(run, title, key, draw_open)


def _draw_folded(run: Run, title: str, key: str, draw_open: Callable[[Run], None]) -> None:
    panel = st.expander(title, key=f"cs-fold-{key}-{run.id}", on_change="rerun", type="compact")
    if panel.open:
        with panel:
            draw_open(run)


def style() -> None:
    """Brings the parts' style sheet."""
    st.html(f"<style>{_style_sheet()}</style>")


def choose_model(files: Sequence[TrainedFile], key: str) -> TrainedFile:
    """Draws the choice between the last model and the best, where both are kept."""
    by_name = {file.which: file for file in files}
    if len(by_name) == 1:
        return files[0]
    which = st.segmented_control(
        "Model",
        list(by_name),
        default=files[0].which,
        required=True,
        format_func=str.capitalize,
        key=key,
        help="; ".join(file.about for file in files),
    )
    return by_name[which or files[0].which]


def draw_state(work: LookWork, key: str) -> bool:
    """Says what keeps the answer away: that it takes a while, or what went wrong.

    Args:
        work: The look.
        key: In front of the keys of what is drawn.

    Returns:
        Whether the person asks for another try.
    """
    if work.state == JobState.RUNNING:
        st.fragment(_draw_wait, run_every=EVERY)(work, key)
    elif work.error is not None:
        level = Level.INFO if work.state == JobState.CANCELLED else Level.ERROR
        notice(level, sentence(work.error.message), sentence(work.error.fix))
        return st.button("Try again", key=f"{key}-again")
    return False


def _draw_wait(work: LookWork, key: str) -> None:
    if work.state != JobState.RUNNING:
        st.rerun()  # the whole page, as only that ceases to look again and again
    with st.container(key=f"{key}-wait", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<p class="cs-hint" role="status">Keras starts and looks … {work.seconds:.0f} s</p>'
        )
        st.button("Cancel", key=f"{key}-cancel", type="tertiary", on_click=work.cancel)


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "looking.css").read_text(encoding="utf-8")
