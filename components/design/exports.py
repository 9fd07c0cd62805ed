"""The Export tab: the network as code, model and file, the diagram as a picture.

What is made in a moment is a link, and written when it is followed. What takes seconds is made
beside the page: the row shows how long it has been going on and how to cancel it, and the download
starts when it is ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from threading import Event

import streamlit as st

from builder.analysis.fresh_model import save_fresh_model
from builder.codegen.diagram import images
from builder.codegen.diagram.dot import to_dot
from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_model_code, to_script
from builder.documents.session import DocumentState
from builder.files.architecture_file import to_json
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.system.atomic import write_atomically
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


@dataclass(frozen=True)
class Subject:
    """What is exported.

    Attributes:
        architecture: The network.
        settings: How it is trained, for script, notebook and seed; None for random images.
        opened: The blocks whose layers the diagram shows.
    """

    architecture: Architecture
    settings: TrainingSettings | None
    opened: tuple[str, ...]

    def dot(self) -> str:
        """The diagram, in the colors for white paper."""
        return to_dot(infer(self.architecture), opened=self.opened)


@dataclass(frozen=True)
class Kind:
    """A format.

    Attributes:
        ending: Of the file.
        title: What it is.
        about: What it is good for, in a few words.
        media_type: Its MIME type.
        text: Gives the content of what is made in a moment.
        write: Writes the file of what takes seconds.
        words: What is going on meanwhile.
    """

    ending: str
    title: str
    about: str
    media_type: str
    text: Callable[[Subject], str] | None = None
    write: Callable[[Subject, Path, Event], None] | None = None
    words: str = ""


def _write_picture(picture: str, subject: Subject, path: Path, cancel: Event) -> None:
    write_atomically(path, images.draw(subject.dot(), picture, cancel=cancel))


def _write_model(subject: Subject, path: Path, cancel: Event) -> None:
    save_fresh_model(subject.architecture, path, subject.settings, cancel=cancel)


def _picture(ending: str, about: str, media_type: str) -> Kind:
    write = partial(_write_picture, ending)
    return Kind(ending, ending.upper(), about, media_type, write=write, words="Drawing")


NETWORK = (
    Kind(
        "py",
        "Script",
        "Keras 3; runs on its own, on the data that are chosen under Code",
        "text/x-python",
        text=lambda subject: script(subject.architecture, subject.settings),
    ),
    Kind(
        "ipynb",
        "Notebook",
        "The same code in cells, for Jupyter",
        "application/x-ipynb+json",
        text=lambda subject: to_notebook(subject.architecture, subject.settings),
    ),
    Kind(
        "keras",
        "Model",
        "Built by Keras, with fresh weights, for keras.models.load_model",
        "application/octet-stream",
        write=_write_model,
        words="Building",
    ),
)
"""What needs a network without errors."""

FILE = Kind(
    "json",
    "Architecture",
    "To open again in Convstack",
    "application/json",
    text=lambda subject: to_json(subject.architecture),
)
DIAGRAM = (
    _picture("svg", "Lines and text, for web pages and for editing", "image/svg+xml"),
    _picture("png", "Pixels on white, twice as fine as the screen", "image/png"),
    _picture("pdf", "Lines and text, for papers", "application/pdf"),
    Kind(
        "dot",
        "DOT",
        "Graphviz's language, to lay it out elsewhere",
        "text/vnd.graphviz",
        text=Subject.dot,
    ),
)


def draw(document: DocumentState, inference: Inference, settings: TrainingSettings) -> None:
    """Draws the tab; while something is in the making it alone is drawn again and again.

    Args:
        document: What is exported.
        inference: Of its network.
        settings: How the code trains it.
    """
    st.html(f"<style>{_style_sheet()}</style>")
    subject = Subject(
        document.architecture,
        settings,
        state.opened(document.document.id),
    )
    stem = file_stem(document.document.name)
    job = st.session_state.get(_JOB)
    live = job is not None and job.state == "running"
    st.fragment(_draw, run_every=EVERY if live else None)(subject, inference, stem, live)


@lru_cache(maxsize=16)
def script(architecture: Architecture, settings: TrainingSettings | None) -> str:
    """The exported script; worked out once for each network and settings."""
    return to_script(architecture, settings)


@lru_cache(maxsize=16)
def model_code(architecture: Architecture) -> str:
    """The code of the model alone; worked out once for each network."""
    return to_model_code(architecture)


def no_code_yet(architecture: Architecture, inference: Inference) -> None:
    """Says what keeps the network from being exported as code."""
    first = inference.errors[0]
    known = architecture.by_id.get(first.node)
    where = f"{known.label}: " if known else ""
    notice(Level.WARNING, f"No code yet. {where}{sentence(first.message)}", sentence(first.fix))


def _draw(subject: Subject, inference: Inference, stem: str, live: bool) -> None:
    job: Job | None = st.session_state.get(_JOB)
    if live != (job is not None and job.state == "running"):
        st.rerun()  # the whole page, as only that can begin or cease to look again and again
    with st.container(key="cs-exports"):
        with st.container(key="cs-exports-network"):
            st.html("<h6>Network</h6>")
            if inference.ok:
                for kind in NETWORK:
                    _draw_row(kind, subject, stem, job)
            else:
                no_code_yet(subject.architecture, inference)
            _draw_row(FILE, subject, stem, job)
        with st.container(key="cs-exports-diagram"):
            st.html("<h6>Diagram</h6>")
            for kind in DIAGRAM:
                _draw_row(kind, subject, stem, job)


def _draw_row(kind: Kind, subject: Subject, stem: str, job: Job | None) -> None:
    name = f"{stem}.{kind.ending}"
    with st.container(key=f"cs-export-{kind.ending}", horizontal=True, vertical_alignment="center"):
        if kind.text is not None:
            made = Offer(name, kind.media_type, partial(kind.text, subject))
            draw_link(f"Download .{kind.ending}", subject, made)
            _say(kind)
        else:
            _draw_slow(kind, subject, name, job)


def _draw_slow(kind: Kind, subject: Subject, name: str, job: Job | None) -> None:
    mine = job if job is not None and job.kind == kind.ending else None
    if mine is not None and mine.state == "running":
        st.button("Cancel", key=f"cs-export-{kind.ending}-cancel", on_click=mine.cancel)
        waits = "waits for two others" if mine.ahead else f"{mine.seconds:.0f} s"
        _say(kind, f"{kind.words} {mine.name} … {waits}")
        return
    busy = job is not None and job.state == "running"
    st.button(
        f"Download .{kind.ending}",
        key=f"cs-export-{kind.ending}-make",
        disabled=busy,
        help="After the one in the making" if busy else None,
        on_click=_start,
        args=(kind, subject, name),
    )
    if mine is None:
        _say(kind)
    elif mine.state == "failed" and mine.error is not None:
        notice(Level.ERROR, sentence(mine.error.message), sentence(mine.error.fix))
    elif mine.state == "done":
        _say(kind, _link(mine) if mine.subject == subject else "", plain=False)
        download(export_url(mine.id), mine.id)
    else:
        _say(kind)


def _start(kind: Kind, subject: Subject, name: str) -> None:
    if kind.write is not None:
        make = partial(kind.write, subject)
        st.session_state[_JOB] = Job(make, name, kind.media_type, kind.ending, subject)


def _say(kind: Kind, text: str = "", *, plain: bool = True) -> None:
    words = (escape(text) if plain else text) if text else escape(kind.about)
    st.html(f'<p class="cs-export"><b>{escape(kind.title)}</b> <span>{words}</span></p>')


def _link(job: Job) -> str:
    """For where the browser does not start the download by itself."""
    size = fmt.size(job.path.stat().st_size)
    return f'Ready: <a href="{escape(export_url(job.id))}" download>{escape(job.name)}</a>, {size}'


@lru_cache(maxsize=1)
def _style_sheet() -> str:
    return (Path(__file__).parent / "exports.css").read_text(encoding="utf-8")
