"""The dialog in which a person adds their own images: upload, inspect, choose, store."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from builder.datasets.names import OWN
from builder.datasets.own_images.opening import ENDINGS
from builder.datasets.own_images.reasons import TAKEN
from builder.datasets.own_images.roles import Roles
from builder.datasets.own_images.shelf import MAX_TITLE
from builder.datasets.own_images.storing import Stored
from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.work import Brought, Work
from builder.network.inference import infer
from builder.system.background import JobState
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from components import state
from components.design import changes, dialogs
from components.design.labels import sentence
from components.server import uploads
from components.shell import notice
from components.train import own_choices, own_shelf, own_splits, own_survey, setup

NAME = "own-data"
"""The dialog's name, as `dialogs.ask` takes it."""

MAX_UPLOAD = 200
"""Megabytes: what the server takes."""

EVERY = 0.3
"""Seconds between two looks at the work."""

_STEP = "cs-own-step"
_FILE = "cs-own-file"
_PATH = "cs-own-path"


@dataclass
class _Step:
    """How far the dialog is.

    Attributes:
        brought: What the person brought.
        work: What is done with it, beside the page.
        survey: What was found.
        roles: What the person said that the folders of a split are for, when it was looked at;
            None for nothing.
        error: Why it was not stored.
        path: What was typed last.
        uploads: A number that makes an uploader forget its file.
    """

    brought: Brought | None = None
    work: Work | None = None
    survey: Survey | None = None
    roles: Roles | None = None
    error: BuilderError | None = None
    path: str = ""
    uploads: int = 0


def ask() -> None:
    """Opens the dialog when the page is drawn next."""
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        st.html(f"<style>{_style_sheet()}</style>")
        _dialog(document)
    elif _is_begun():
        _start_over()


def _is_begun() -> bool:
    step: _Step | None = st.session_state.get(_STEP)
    return step is not None and step.brought is not None


def _dismiss() -> None:
    _start_over()
    dialogs.close()


@st.dialog("Your images", width="large", on_dismiss=_dismiss)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    step: _Step = st.session_state.setdefault(_STEP, _Step())
    if step.work is not None and step.work.state == JobState.RUNNING:
        st.fragment(_draw_progress, run_every=EVERY)(step, step.work)
        return
    _take_result(document, step)
    if step.error is not None:
        notice(Level.ERROR, sentence(step.error.message), sentence(step.error.fix))
    if step.survey is None or step.brought is None:
        _draw_bring(step)
        own_shelf.draw(document)
        return
    _draw_choices(step, step.survey, step.brought.folder, _input_shape(document))


def _draw_bring(step: _Step) -> None:
    st.caption(
        "A .zip with a folder of images for each class (folders of a split are recognized and "
        f"kept), or an .npz with images and labels. Images are {TAKEN}. "
        f"What is larger than {MAX_UPLOAD} MB is given by its path."
    )
    file = st.file_uploader(
        "A .zip or an .npz",
        type=ENDINGS,
        key=f"{_FILE}-{step.uploads}",
        max_upload_size=MAX_UPLOAD,
        label_visibility="collapsed",
    )
    if file is not None:
        _bring(step, lambda: _from_upload(file))
    with st.container(key="cs-own-path-row", horizontal=True, vertical_alignment="bottom"):
        path = st.text_input(
            "Or a folder, .zip or .npz on this machine, by its path",
            value=step.path,
            key=f"{_PATH}-{step.uploads}",
            placeholder="/home/me/flowers",
        )
        if st.button("Look at it", key="cs-own-look", disabled=not path.strip()):
            step.path = path.strip()
            _bring(step, lambda: Brought(home(), path=Path(step.path)))


def _from_upload(file: UploadedFile) -> Brought:
    brought = Brought(home(), upload=uploads.opened(file), name=file.name)
    uploads.done(file)
    return brought


def _bring(step: _Step, make: Callable[[], Brought]) -> None:
    """Begins to look at what was brought."""
    try:
        step.brought = make()
        step.work = Work(step.brought)
    except (OSError, ValueError, RuntimeError) as error:  # also a path that is none
        step.error = BuilderError(f"it cannot be read: {reason(error)}")
    else:
        step.error = None
    step.uploads += 1
    st.rerun()


def _draw_progress(step: _Step, work: Work) -> None:
    if work.state != JobState.RUNNING:
        st.rerun()  # the whole page, as only that draws what comes next
    done, total = work.brought.progress()
    doing = "Looking at" if work.target is None else "Storing"
    of = f"{done:,} of {total:,} images" if total else "the images"
    text = f"{doing} {of}"
    if work.ahead:
        before = f"{work.ahead - 1:,} more, then yours" if work.ahead > 1 else "then yours"
        text = f"Waiting: two sets of images are being read, {before}"
    st.progress(min(1.0, done / total) if total else 0.0, text=text)
    st.button("Cancel", key="cs-own-cancel", on_click=work.cancel)


def _take_result(document: str, step: _Step) -> None:
    """Goes on from a piece of work that is over."""
    work, step.work = step.work, None
    if work is None:
        return
    if isinstance(work.result, Survey):
        step.survey, step.roles = work.result, work.roles
    elif isinstance(work.result, Stored):
        _use(document, work.result)
    else:
        step.error = work.error if work.state == JobState.FAILED else None
    if step.survey is None and step.brought is not None:
        step.brought.close()
        step.brought = None


def _use(document: str, stored: Stored) -> None:
    """Chooses what was stored, and closes the dialog."""
    title = stored.dataset.title
    if not changes.attempt(lambda: setup.change(document, ("dataset",), OWN + stored.dataset.id)):
        return
    if stored.was_there:
        changes.say(f"These images were here already, as {title}")
    elif stored.left_out.count:
        changes.say(f"Added {title}; left out: {stored.left_out}")
    _dismiss()
    st.rerun()


def _draw_choices(step: _Step, found: Survey, folder: Path, shape: tuple[int, ...]) -> None:
    own_survey.draw_found(found)
    answer = own_splits.draw(found)
    if answer.is_new:
        st.button("Look again", key="cs-own-again", on_click=_look_again, args=(step, answer.roles))
    title = st.text_input(
        "Name",
        value=own_choices.last("cs-own-title", found.title),
        key="cs-own-title",
        max_chars=MAX_TITLE,
    )
    target = own_survey.draw_target(found, folder, shape)
    leave_out = False
    if found.bad.count or step.error is not None:
        leave_out = st.checkbox(
            "Leave out what is no image",
            value=own_choices.last("cs-own-leave-out", False),
            key="cs-own-leave-out",
        )
    with st.container(key="cs-own-buttons", horizontal=True):
        if st.button(
            "Add and use them",
            key="cs-own-add",
            type="primary",
            disabled=target is None
            or not title.strip()
            or not answer.is_settled
            or bool(found.bad.count and not leave_out),
        ):
            _store(step, target, title, leave_out=leave_out)
        st.button("Choose others", key="cs-own-back", on_click=_start_over)


def _look_again(step: _Step, roles: Roles) -> None:
    """Looks at the images once more, with folders for what the person has said."""
    if step.brought is not None:
        own_choices.keep(with_values=False)
        step.error = None
        step.work = Work(step.brought, roles=roles)


def _store(step: _Step, target: Target | None, title: str, *, leave_out: bool) -> None:
    if step.brought is not None and target is not None:
        own_choices.keep(with_values=True)
        step.error = None
        step.work = Work(step.brought, target, title, leave_out=leave_out, roles=step.roles)
        st.rerun()


def _start_over() -> None:
    """Forgets what was brought; the next uploader is a fresh one."""
    own_choices.forget()
    step: _Step | None = st.session_state.pop(_STEP, None)
    if step is None:
        return
    if step.work is not None:
        step.work.cancel()
        step.work.wait(2)
    if step.brought is not None:
        step.brought.close()
    st.session_state[_STEP] = _Step(uploads=step.uploads + 1)


def _input_shape(document: str) -> tuple[int, ...]:
    """The network's own `(height, width, channels)`; empty where it takes no single image."""
    try:
        shapes = infer(state.workspace().open(document).architecture).input_shapes
    except BuilderError:
        return ()
    return shapes[0] if len(shapes) == 1 and len(shapes[0]) == 3 else ()


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "own_data.css").read_text(encoding="utf-8")
