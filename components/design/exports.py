"""The Export tab: the network as code, model and file, the diagram as a picture.

What is made in a moment is a link, and written when it is followed. What takes seconds is made
beside the page: the row shows how long it has been going on and how to cancel it, and the download
starts when it is ready.
"""

from functools import lru_cache, partial
from html import escape
from pathlib import Path

import streamlit as st

from builder.actions.exports import FORMATS, ExportFormat, Shows, Subject
from builder.documents.session import DocumentState
from builder.network.architecture import Architecture
from builder.network.inference import Inference
from builder.network.issues import Issue
from builder.system.background import JobState
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from components import state
from components.design.document_bar import file_stem
from components.design.labels import sentence
from components.export_jobs import Job
from components.offers import Offer, draw_link
from components.routes import export_url
from components.shell import download, notice
from components.shell import format as fmt

EVERY = 0.3
"""Seconds between two looks at an export in the making."""

_JOB = "cs-export-job"


def draw(document: DocumentState, inference: Inference, settings: TrainingSettings) -> None:
    """Draws the tab; while something is in the making it alone is drawn again and again.

    Args:
        document: What is exported.
        inference: Of its network.
        settings: How the code trains it.
    """
    st.html(f"<style>{_style_sheet()}</style>")
    opened = frozenset(state.opened(document.document.id))
    subject = Subject(document.architecture, settings, opened)
    stem = file_stem(document.document.name)
    job = st.session_state.get(_JOB)
    live = job is not None and job.state == JobState.RUNNING
    st.fragment(_draw, run_every=EVERY if live else None)(subject, inference, stem, live)


@lru_cache(maxsize=16)
def content(name: str, subject: Subject) -> str:
    """What is made in a moment; worked out once for each network and settings."""
    make = FORMATS[name].text
    assert make is not None, f"{name} takes seconds"
    return make(subject)


def no_code_yet(architecture: Architecture, first: Issue) -> None:
    """Says what keeps the network from being exported as code."""
    known = architecture.by_id.get(first.node)
    where = f"{known.label}: " if known else ""
    notice(Level.WARNING, f"No code yet. {where}{sentence(first.message)}", sentence(first.fix))


def _draw(subject: Subject, inference: Inference, stem: str, live: bool) -> None:
    job: Job | None = st.session_state.get(_JOB)
    if live != (job is not None and job.state == JobState.RUNNING):
        st.rerun()  # the whole page, as only that can begin or cease to look again and again
    with st.container(key="cs-exports"):
        for shows in Shows:
            with st.container(key=f"cs-exports-{shows}"):
                st.html(f"<h6>{shows.capitalize()}</h6>")
                _draw_rows(shows, subject, inference, stem, job)


def _draw_rows(
    shows: Shows, subject: Subject, inference: Inference, stem: str, job: Job | None
) -> None:
    """The formats that can be had, below what keeps the others from it."""
    formats = [one for one in FORMATS.values() if one.shows is shows]
    obstacles = [obstacle for one in formats if (obstacle := one.obstacle(inference))]
    if obstacles:
        no_code_yet(subject.architecture, obstacles[0])
    for one in formats:
        if one.obstacle(inference) is None:
            _draw_row(one, subject, stem, job)


def _draw_row(kind: ExportFormat, subject: Subject, stem: str, job: Job | None) -> None:
    with st.container(key=f"cs-export-{kind.name}", horizontal=True, vertical_alignment="center"):
        if kind.text is not None:
            made = Offer(kind.file_name(stem), kind.media_type, partial(kind.text, subject))
            draw_link(_label(kind), subject, made)
            _say(kind)
        else:
            _draw_slow(kind, subject, kind.file_name(stem), job)


def _label(kind: ExportFormat) -> str:
    return f"Download {kind.suffix}.{kind.ending}"


def _draw_slow(kind: ExportFormat, subject: Subject, name: str, job: Job | None) -> None:
    mine = job if job is not None and job.kind == kind.name else None
    if mine is not None and mine.state == JobState.RUNNING:
        st.button("Cancel", key=f"cs-export-{kind.name}-cancel", on_click=mine.cancel)
        waits = "waits for two others" if mine.ahead else f"{mine.seconds:.0f} s"
        _say(kind, f"{kind.doing} {mine.name} … {waits}")
        return
    busy = job is not None and job.state == JobState.RUNNING
    st.button(
        _label(kind),
        key=f"cs-export-{kind.name}-make",
        disabled=busy,
        help="After the one in the making" if busy else None,
        on_click=_start,
        args=(kind, subject, name),
    )
    if mine is None:
        _say(kind)
    elif mine.state == JobState.FAILED and mine.error is not None:
        notice(Level.ERROR, sentence(mine.error.message), sentence(mine.error.fix))
    elif mine.state == JobState.DONE:
        _say(kind, _link(mine) if mine.subject == subject else "", plain=False)
        download(export_url(mine.id), mine.id)
    else:
        _say(kind)


def _start(kind: ExportFormat, subject: Subject, name: str) -> None:
    make = partial(kind.save, subject)
    st.session_state[_JOB] = Job(make, name, kind.media_type, kind.name, subject)


def _say(kind: ExportFormat, text: str = "", *, plain: bool = True) -> None:
    words = (escape(text) if plain else text) if text else escape(kind.about)
    st.html(f'<p class="cs-export"><b>{escape(kind.title)}</b> <span>{words}</span></p>')


def _link(job: Job) -> str:
    """For where the browser does not start the download by itself."""
    size = fmt.size(job.path.stat().st_size)
    return f'Ready: <a href="{escape(export_url(job.id))}" download>{escape(job.name)}</a>, {size}'


@lru_cache(maxsize=1)
def _style_sheet() -> str:
    return (Path(__file__).parent / "exports.css").read_text(encoding="utf-8")
