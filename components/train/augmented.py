"""The network's augmentation on images of the data set, made by Keras in the background."""

from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import streamlit as st

from builder.analysis.augmentation import augment, leading
from builder.datasets.published import Dataset
from builder.datasets.samples import samples
from builder.network.architecture import Architecture
from builder.system.background import JobState
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state
from components.design.labels import sentence
from components.export_jobs import Job
from components.shell import notice
from components.train.pictures import NUM_PICTURES, data_url

EVERY = 0.3
"""Seconds between two checks of the work."""

_JOB = "cs-augment-job"
_SEED = "cs-augment-seed"


def draw(document: str, data: Dataset) -> None:
    """Draws a button, and the pictures once they are made; nothing for a network without any.

    Args:
        document: The network's document.
        data: A data set that is on this machine.
    """
    try:
        front = leading(state.workspace().open(document).architecture)
    except BuilderError:
        return
    if front is None:
        return
    job = _job(front, data)
    live = job is not None and job.state == JobState.RUNNING
    st.fragment(_draw, run_every=EVERY if live else None)(front, data, live)


def _draw(front: Architecture, data: Dataset, live: bool) -> None:
    job = _job(front, data)
    running = job is not None and job.state == JobState.RUNNING
    if live != running:
        st.rerun()  # the whole page, since only that can start or stop the regular checks
    with st.container(key="cs-augment", horizontal=True, vertical_alignment="center"):
        if job is not None and running:
            st.html(f'<p class="cs-hint">Keras augments them … {job.seconds:.0f} s</p>')
            st.button("Cancel", key="cs-augment-cancel", type="tertiary", on_click=job.cancel)
            return
        made = job is not None and job.state == JobState.DONE and job.path.exists()
        if made:
            st.html('<p class="cs-hint">Augmented as in training</p>')
        st.button(
            "Others" if made else "Show augmented",
            key="cs-augment-make",
            type="tertiary",
            help="What the network's own augmentation layers make of these images in training.",
            on_click=_start,
            args=(front, data),
        )
    if job is not None and made:
        st.html(f'<div class="cs-samples">{_pictures(job.path)}</div>')
    elif job is not None and job.error is not None and job.state == JobState.FAILED:
        notice(Level.WARNING, sentence(job.error.message), sentence(job.error.fix))


def _job(front: Architecture, data: Dataset) -> Job | None:
    """The work on just these layers and images, if it was begun."""
    job: Job | None = st.session_state.get(_JOB)
    return job if job is not None and job.subject == (front, data.name) else None


def _start(front: Architecture, data: Dataset) -> None:
    seed = st.session_state.get(_SEED, 0)
    st.session_state[_SEED] = seed + 1_000
    before: Job | None = st.session_state.get(_JOB)
    if before is not None:
        before.cancel()
    st.session_state[_JOB] = Job(
        partial(_make, front, data.name, seed), "augmented.npy", "", "augmented", (front, data.name)
    )


def _make(front: Architecture, name: str, seed: int, path: Path, cancel: Event) -> None:
    found = samples(name, NUM_PICTURES)
    if found is None:
        raise BuilderError("the images are not on this machine")
    augment(front, found.images, path, seed, cancel=cancel)


def _pictures(path: Path) -> str:
    """Each image below its original, one row for each draw."""
    rows = np.load(path, allow_pickle=False)
    return "".join(
        f'<img src="{data_url(image)}" alt="augmented">' for row in rows for image in row
    )
