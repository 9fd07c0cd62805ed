"""The Train page, put together from its parts."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from builder.actions.training import Preflight, make_ready
from builder.documents.session import DocumentState
from builder.files.drafts import Draft
from builder.network.inference import infer
from builder.runs.overview import Overview, by_document
from builder.runs.status import RunStatus
from builder.studies.study import Place
from builder.studies.variables import setting_variables
from builder.system.errors import BuilderError, ParameterError
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from components import forms, navigation, state
from components.design import deleted
from components.design.changes import attempting, show_said
from components.live_chart import charts_soon
from components.runs import registry
from components.shell import empty_state, notice
from components.studies import questions
from components.train import data_panel, document_bar, form, run_view, setup, start, watch
from components.train.machine import machine_devices


def draw() -> None:
    """Draw the document's settings, and beside them the run that the address or the disk names."""
    st.html(f"<style>{_style_sheet()}</style>")
    forms.style()
    overviews = registry.overviews()
    asked_run = navigation.asked(registry.PARAMETER) or ""
    shown = next((known for known in overviews if known.run.id == asked_run), None)
    document = _document(shown)
    planned = None
    try:
        opened = state.workspace().open(document)
    except BuilderError as error:
        opened, problem = None, error
    else:
        problem = None
    siblings = by_document(overviews, document)
    if not asked_run:
        shown = _latest(siblings)
    document_bar.draw(opened)
    with st.container(key="cs-train"):
        with st.container(key="cs-setup"):
            if opened is None:
                _draw_missing(document, problem, shown)
            elif opened.document.draft is not None:
                _draw_draft(opened.document.draft)
            else:
                planned = _draw_setup(opened, overviews, shown)
        with st.container(key="cs-run"):
            _draw_run(asked_run, shown, opened, siblings)
    if planned is not None:  # at the end, so that nothing waits for it
        flight, may_start = planned
        make_ready(flight, rehearse=may_start)
    watch.drawn(document)
    watch.watch(document)
    show_said()


def _document(shown: Overview | None) -> str:
    """The document of the address; where it names a run only, that run's document."""
    if shown is not None and navigation.asked(state.PARAMETER) is None:
        own = shown.run.document_id
        if state.workspace().store.exists(own):
            state.show(own)
    return state.document_id()


def _latest(siblings: Sequence[Overview]) -> Overview | None:
    """The run to show where none is asked for: one that trains or waits, else the newest.

    Those that a person has started go before those of a study, which are many.
    """
    by_hand = [known for known in siblings if Place.of(known.run) is None]
    active = [known for known in siblings if known.run.is_active]
    training = [known for known in active if known.run.state.state != RunStatus.QUEUED]
    return next((group[0] for group in (training, active, by_hand, siblings) if group), None)


def _draw_setup(
    opened: DocumentState, overviews: Sequence[Overview], shown: Overview | None
) -> tuple[Preflight, bool] | None:
    """Draws the left column.

    Returns:
        What is known of the training, and whether a press of Start would begin it now; None where
        its settings cannot be read.
    """
    document = opened.document.id
    try:
        settings = setup.settings(opened)
    except ParameterError as error:
        _draw_unreadable(document, error)
        return None
    machine = machine_devices()
    runs = [known.run for known in overviews]
    flight = start.preflight(opened, settings, machine, runs)
    with st.container(key="cs-settings"):
        data_panel.draw(document, settings)
        inference = infer(opened.architecture)
        loss = start.auto_loss(inference, settings)
        memory = start.memory_words(inference, settings, flight.machine)
        form.draw(document, settings, loss, machine, memory)
        questions.draw_vary_menu(document, setting_variables(settings), "the training")
    with st.container(key="cs-ready"):
        refused = form.refused(document, settings)
        may_start = start.draw(opened, flight, runs, shown.run if shown else None, refused)
    return flight, may_start


def _draw_unreadable(document: str, error: ParameterError) -> None:
    notice(Level.ERROR, f"The training settings of this document cannot be read: {error.reasons}.")
    st.button(
        "Use the defaults",
        key="cs-defaults",
        on_click=attempting(setup.keep, document, TrainingSettings()),
    )


def _draw_missing(document: str, error: BuilderError | None, shown: Overview | None) -> None:
    if deleted.draw_restore(document):
        return
    message = deleted.why_not_opened(document, error) if error else ""
    if shown is None:
        notice(Level.ERROR, message, "Open another document from the list above.")
    else:
        notice(Level.WARNING, message, "The run can be opened as a new document.")
    st.button("Open the latest", key="cs-open-latest", type="primary", on_click=state.leave)


def _draw_draft(draft: Draft) -> None:
    """Says why the inside of an own block is not trained, and leads to the network that is."""
    name = draft.before.name
    notice(
        Level.INFO,
        f"This is the inside of the own block {name}, which is not trained by itself.",
        "Save it into its places and train a network that holds it.",
    )
    if draft.document and state.workspace().store.exists(draft.document):
        st.button(
            "Go to the network",
            key="cs-train-network",
            type="primary",
            on_click=state.show,
            args=(draft.document,),
        )


def _draw_run(
    asked_run: str,
    shown: Overview | None,
    opened: DocumentState | None,
    siblings: Sequence[Overview],
) -> None:
    if shown is not None:
        run_view.draw(shown, opened, siblings, machine_devices())
    elif asked_run:
        notice(
            Level.ERROR,
            "This run does not exist, or it was deleted.",
            "Choose one on the Runs page.",
        )
        st.page_link(registry.RUNS_PAGE, label="All runs")
    elif opened is not None and opened.document.draft is None:
        empty_state(
            "No training of this network yet",
            "Check the settings on the left, then press Start training. "
            "The curves grow here, batch by batch.",
        )
        charts_soon()


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "train.css").read_text(encoding="utf-8")
