"""The server's list of runs, and the moves of a person between runs."""

from pathlib import Path

import streamlit as st

from builder.runs.overview import Overview, RunList
from builder.system.home import home
from components import navigation

PARAMETER = "run"
"""The name of the query parameter that holds the run's id."""

QUEUE_PATIENCE = 0.2
"""Seconds that a page waits for the queue's lock; it looks again soon anyway."""

TRAIN_PAGE = "components/pages/train.py"
DESIGN_PAGE = "components/pages/design.py"
RUNS_PAGE = "components/pages/runs.py"
STUDIES_PAGE = "components/pages/studies.py"


def overviews() -> tuple[Overview, ...]:
    """All runs as they are now, the newest first."""
    return _run_list(str(home())).overviews()


@st.cache_resource(show_spinner=False)
def _run_list(folder: str) -> RunList:
    return RunList(Path(folder))


def address(run_id: str, document_id: str) -> dict[str, str]:
    """The query parameters under which the Train page shows a run."""
    return {"doc": document_id, PARAMETER: run_id} if document_id else {PARAMETER: run_id}


def show_run(run_id: str) -> None:
    """Shows a run on this page; takes effect when it is drawn next."""
    navigation.go(**{PARAMETER: run_id})
