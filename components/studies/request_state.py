"""The request of a new study while it is filled in.

It is kept with its document, as what was changed of the usual one: a reload, another tab and a
visit next week find it, and what was not changed follows the network.
"""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from builder.actions.study_request import StudyRequest, changed_values, first_request, kept_request
from builder.documents.session import DocumentState
from builder.studies.factor import Subject
from builder.studies.study import Question
from components import state


@dataclass(frozen=True)
class _Form:
    """A request, and what it is about.

    Attributes:
        document: The id of the document that keeps it.
        base: The network, and how it is trained by itself.
        request: What is filled in.
        dropped: What was changed before the form was begun anew; empty for nothing.
    """

    document: str
    base: Subject
    request: StudyRequest
    dropped: dict[str, Any]


def request_key(question: Question, document: str) -> str:
    """The name of a request, with which the keys of its fields begin."""
    return f"cs-study:{question}:{document}"


def current(key: str) -> StudyRequest:
    """The request as it is now."""
    return _form(key).request


def begin(key: str, question: Question, opened: DocumentState, base: Subject) -> StudyRequest:
    """The request that was filled in so far, else the usual one."""
    request = kept_request(question, base, opened.document.requests.get(question, {}))
    dropped = _form(key).dropped if key in st.session_state else {}
    st.session_state[key] = _Form(opened.document.id, base, request, dropped)
    return request


def change(key: str, **values: Any) -> None:
    """Gives the request other values, each as a plain one, and keeps it.

    Raises:
        BuilderError: One is refused or cannot be saved; nothing has changed.
    """
    form, workspace = _form(key), state.workspace()
    question = form.request.question
    with workspace.transaction(form.document):  # another tab may change another value
        kept = workspace.open(form.document).document.requests.get(question, {})
        before = kept_request(question, form.base, kept)
        request = StudyRequest.create(before.values() | values)
        workspace.set_request(form.document, question, changed_values(request, form.base))
    st.session_state[key] = replace(form, request=request, dropped={})


def ticked_places(document: str, base: Subject) -> tuple[str, ...]:
    """The parts of single nodes that an ablation of a document takes out."""
    kept = state.workspace().open(document).document.requests.get(Question.ABLATION, {})
    return kept_request(Question.ABLATION, base, kept).places


def tick_place(document: str, base: Subject, place: str, is_ticked: bool) -> None:
    """Has an ablation of a document take a part out of a single node, or not.

    With the first one nothing else is taken out any more; with the last one gone it is as usual.

    Raises:
        BuilderError: That cannot be saved; nothing has changed.
    """
    workspace = state.workspace()
    with workspace.transaction(document):
        kept = workspace.open(document).document.requests.get(Question.ABLATION, {})
        request = kept_request(Question.ABLATION, base, kept)
        places = tuple(each for each in request.places if each != place) + (place,) * is_ticked
        changed = replace(request, places=places)
        if places and not request.places:
            changed = replace(changed, parts=())
        elif request.places and not places and not request.parts:
            changed = replace(changed, parts=first_request(Question.ABLATION, base).parts)
        workspace.set_request(document, Question.ABLATION, changed_values(changed, base))


def is_changed(key: str) -> bool:
    """Whether anything differs from the usual request."""
    return bool(changed_values(current(key), _form(key).base))


def was_dropped(key: str) -> bool:
    """Whether the form was begun anew, and not changed since."""
    return bool(_form(key).dropped)


def begin_anew(key: str) -> None:
    """Drops all that was changed, and what a field has refused.

    Raises:
        BuilderError: That cannot be saved; nothing has changed.
    """
    form = _form(key)
    dropped = changed_values(form.request, form.base)
    change(key, **first_request(form.request.question, form.base).values())
    st.session_state[key] = replace(_form(key), dropped=dropped)
    for name in [str(each) for each in st.session_state]:
        if name.startswith(f"{key}:") and name.endswith(":refused"):
            del st.session_state[name]


def take_back(key: str) -> None:
    """Brings back what `begin_anew` dropped.

    Raises:
        BuilderError: That cannot be saved; nothing has changed.
    """
    change(key, **_form(key).dropped)


def _form(key: str) -> _Form:
    return st.session_state[key]
