"""The request of a new study while it is filled in: one for each question and document of a tab."""

from typing import Any

import streamlit as st

from builder.actions.study_request import StudyRequest, first_request
from builder.studies.asked import Question
from builder.studies.factor import Subject


def request_key(question: Question, document: str) -> str:
    """The name of a request, with which the keys of its fields begin."""
    return f"cs-study:{question}:{document}"


def current(key: str) -> StudyRequest:
    """The request as it is now."""
    return st.session_state[key]


def begin(key: str, question: Question, subject: Subject) -> StudyRequest:
    """The request that was filled in so far, else the usual one."""
    if key not in st.session_state:
        st.session_state[key] = first_request(question, subject)
    return st.session_state[key]


def change(key: str, **values: Any) -> None:
    """Gives the request other values, each as a plain one.

    Raises:
        ParameterError: One is refused; nothing has changed.
    """
    st.session_state[key] = StudyRequest.create(current(key).values() | values)
