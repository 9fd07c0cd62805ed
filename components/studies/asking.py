"""A study that is asked: what it varies on the left, what it would train on the right."""

from collections.abc import Hashable
from functools import lru_cache, partial
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.actions import studies as actions
from builder.actions.study_memory import StudyMemory, largest, memory_of
from builder.actions.study_request import StudyRequest, plan
from builder.actions.training import Preflight
from builder.checks import speeds
from builder.documents.session import DocumentState
from builder.studies.factor import Subject
from builder.studies.study import Question, Study
from builder.studies.variants import Variant
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from components import navigation, state
from components.design import changes, deleted, fixes
from components.design.labels import sentence
from components.runs import registry
from components.runs.words import settings_line
from components.shell import notice, top_bar
from components.studies import asking_form, asking_values, plan_view, questions, request_state
from components.studies.request_state import begin, change, current, request_key
from components.train import setup, start
from components.train.machine import machine_devices

_ABOUT = {
    Question.ABLATION: "Each part is taken out of the network, and both are trained with the same "
    "seeds. The difference is what the part is worth.",
    Question.DEGRADATION: "The network is trained at several depths, with and without its "
    "shortcuts: deep plain networks have a larger training error than shallow ones, residual "
    "ones do not.",
    Question.SWEEP: "The network is trained with all combinations of the values.",
    Question.SEARCH: "Candidates are proposed while the study runs, each from what those before it "
    "came to. The best is trained again on other seeds: that figure counts.",
    Question.SCALING: "All α, β, γ with α·β²·γ² near 2 are tried at φ = 1, as for EfficientNet. "
    "The best ones go into Scale.",
}


def draw(question: Question) -> None:
    """Draws the page of a new study about the document in the address."""
    document = state.document_id()
    try:
        opened = state.workspace().open(document)
        base = Subject(opened.architecture, setup.settings(opened))
    except BuilderError as error:
        _draw_missing(document, error)
        return
    _draw_bar(opened)
    if opened.document.draft is not None:
        notice(
            Level.INFO,
            "This is the inside of an own block, which is not trained by itself.",
            "Ask about a network that holds it.",
        )
        return
    key = request_key(question, document)
    begin(key, question, opened, base)
    asking_values.take_asked(key, base, navigation.take(questions.VARY))
    request = current(key)
    with st.container(key="cs-study-new"):
        with st.container(key="cs-study-setup"):
            with st.container(key="cs-study-fields"):
                _draw_question(request, base)
                with st.container(key="cs-study-ways", horizontal=True):
                    _draw_way_to_train(opened)
                    _draw_begin_anew(key)
                asking_form.draw(request, base, key)
            foot = st.container(key="cs-study-foot")
        with st.container(key="cs-study-plan"):
            _draw_plan(opened, base, key, foot)


def _draw_missing(document: str, error: BuilderError) -> None:
    """Says that the document cannot be opened, and offers to restore it where it was deleted."""
    if not deleted.draw_restore(document):
        notice(Level.ERROR, deleted.why_not_opened(document, error), sentence(error.fix))
        st.page_link(registry.DESIGN_PAGE, label="Open another document")


def _draw_bar(opened: DocumentState) -> None:
    """Draws the way back to the document."""
    address = {state.PARAMETER: opened.document.id}
    with top_bar():
        st.html(f'<b class="cs-study-document">{escape(opened.document.name)}</b>')
        st.page_link(registry.DESIGN_PAGE, label="Edit", query_params=address)


def _draw_question(request: StudyRequest, base: Subject) -> None:
    title = escape(questions.QUESTIONS[request.question])
    line = settings_line(request.subject(base).settings)
    st.html(
        f'<h3 class="cs-study-title">{title}</h3><p class="cs-study-about">'
        f'{escape(_ABOUT[request.question])}</p><p class="cs-study-settings">{escape(line)}</p>'
    )


def _draw_way_to_train(opened: DocumentState) -> None:
    st.page_link(
        registry.TRAIN_PAGE,
        label="Change data and settings on Train",
        query_params={state.PARAMETER: opened.document.id},
    )


def _draw_begin_anew(key: str) -> None:
    """Draws how what was filled in is dropped, and how that is undone."""
    if request_state.is_changed(key):
        st.button(
            "Start again",
            key="cs-study-anew",
            type="tertiary",
            help="Drops what was filled in here: it is kept with the network until then",
            on_click=changes.attempting(request_state.begin_anew, key),
        )
    elif request_state.was_dropped(key):
        st.button(
            "Undo",
            key="cs-study-take-back",
            type="tertiary",
            help="Brings back what was filled in",
            on_click=changes.attempting(request_state.take_back, key),
        )


def _draw_plan(opened: DocumentState, base: Subject, key: str, foot: DeltaGenerator) -> None:
    """Draws what would be trained, and in the left column's foot what it takes, and Start."""
    request = current(key)
    runs = [known.run for known in registry.overviews()]
    subject = request.subject(base)
    machine = machine_devices()
    flight = start.preflight(opened, subject.settings, machine, runs)
    try:
        with st.spinner("Making the variants"):
            study = _planned(request, base, opened.document.id)
    except BuilderError as error:
        notice(Level.INFO, sentence(error.message), sentence(error.fix))
        study = None
    memory = None
    if study is not None:
        st.html(_table(request, base, opened.document.id))
    with foot:
        if study is not None:
            seconds = _seconds(request, base, opened.document.id, speeds.stamp(home()))
            memory = memory_of(_largest(request, base, opened.document.id), machine, runs)
            plan_view.draw_cost(study, seconds, memory, partial(_choose_seeds, key))
        _draw_errors(opened, flight)
        fits = _draw_obstacle(memory) if flight.check.ok else not flight.check.can_be_forced
        _draw_start(flight, study, is_refused=asking_form.is_refused(request, key), fits=fits)


def _choose_seeds(key: str, number: int) -> None:
    request = current(key)
    chosen = {"seeds": number}
    if request.question is Question.SEARCH:
        chosen = {"strategy": request.strategy.values() | {"fresh_seeds": number}}
    changes.attempt(lambda: change(key, **chosen))


def _draw_errors(opened: DocumentState, flight: Preflight) -> None:
    """Draws what keeps the base from being trained, each with its fix where there is one."""
    fixes.draw_applied(opened)
    for number, finding in enumerate(flight.check.errors):
        notice(Level.ERROR, finding.message, "" if finding.fix else "Put it right on Train first.")
        if finding.fix is not None:
            fixes.offer(opened, finding.fix, key=f"cs-fix-{number}")


def _draw_obstacle(memory: StudyMemory | None) -> bool:
    """Draws that the largest variant does not fit the memory; returns whether it does."""
    if memory is None or memory.finding is None:
        return True
    notice(Level.ERROR, memory.obstacle)
    return False


def _draw_start(flight: Preflight, study: Study | None, *, is_refused: bool, fits: bool) -> None:
    may_start = flight.may_start(force=True) and study is not None and not is_refused
    if flight.occupant is not None and study is not None:
        notice(Level.INFO, f"{flight.occupant.name} is training: the study waits for its end.")
    pressed = st.button(
        "Start the study" if fits else "Start anyway",
        key="cs-study-start",
        type="primary" if fits else "secondary",
        width="stretch",
        disabled=not may_start,
    )
    if pressed and may_start and study is not None:
        _start(study)


def _start(study: Study) -> None:
    try:
        made = actions.start(home(), study)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return
    st.switch_page(registry.STUDIES_PAGE, query_params={questions.STUDY: made.id})


@lru_cache(maxsize=16)
def _planned(request: StudyRequest, base: Subject, document: str) -> Study:
    """A plan, whose variants are made once however often the page is drawn."""
    return plan(request, base, document)


@lru_cache(maxsize=16)
def _seconds(request: StudyRequest, base: Subject, document: str, _stamp: Hashable) -> float | None:
    """How long the study will take; asked for anew once another speed was measured."""
    return actions.seconds_of(home(), _planned(request, base, document), machine_devices())


@lru_cache(maxsize=16)
def _largest(request: StudyRequest, base: Subject, document: str) -> Variant | None:
    return largest(_planned(request, base, document))


@lru_cache(maxsize=16)
def _table(request: StudyRequest, base: Subject, document: str) -> str:
    return plan_view.to_html(_planned(request, base, document))
