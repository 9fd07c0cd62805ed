"""The pictures that a model is tried on: a person's own, and images of the data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from builder.analysis.examples import Example, examples
from builder.analysis.given_pictures import (
    ENDINGS,
    MAX_FILES,
    MAX_MEGABYTES,
    Picture,
    Refused,
    inverted,
    read_pictures,
    target_for,
)
from builder.datasets.own_images.target import Fit, Target
from builder.runs.run_folder import Run
from builder.system.distinct import distinct
from components import forms
from components.server import uploads

_FITS: dict[Fit, str] = {
    "stretch": "Stretch",
    "crop": "Crop to the middle",
    "pad": "Pad with black",
}
_NONE = -1

_Read = dict[tuple[Target, tuple[str, ...]], tuple[list[Picture], list[Refused]]]


@dataclass
class Known:
    """What was read already, so that it is not read whenever the page is drawn.

    Attributes:
        read: Decoded files, by what they are and what they were brought to.
        examples: Images of the data; None until they were read.
    """

    read: _Read = field(default_factory=_Read)
    examples: list[Example] | None = None


def draw(
    run: Run, known: Known, target: Target, names: Sequence[str]
) -> tuple[list[Picture], list[Refused]]:
    """Draws where pictures are dropped and images are chosen; gives both, and what is refused.

    Args:
        run: The run whose model is tried.
        known: What was read already.
        target: What the model takes, and how other shapes are brought to it as a rule.
        names: Of the classes.
    """
    with st.container(key="cs-try-given"):
        own, refused = _draw_own(run, known, target)
        return own + _draw_example(run, known, target, names), refused


def _draw_own(run: Run, known: Known, target: Target) -> tuple[list[Picture], list[Refused]]:
    """Draws where pictures are dropped; gives what was."""
    with st.container(key="cs-try-own"):
        files = st.file_uploader(
            f"Pictures of yours, {MAX_FILES} at most",
            type=ENDINGS,
            accept_multiple_files=True,
            key=f"cs-try-files-{run.id}",
            max_upload_size=MAX_MEGABYTES,
        )
        if not files:
            return [], []
        fit, exchange = _draw_fitting(run, target)
    target = target_for(target.shape, fit, target.ranges)
    given = [(file.name, uploads.opened(file).read()) for file in files]
    key = target, tuple(file.file_id for file in files)
    if key not in known.read:
        known.read = {key: read_pictures(given, target)}  # those of before are not needed again
    pictures, refused = known.read[key]
    return [inverted(one) for one in pictures] if exchange else pictures, refused


def _draw_fitting(run: Run, target: Target) -> tuple[Fit, bool]:
    """Draws how pictures of another kind are brought to the network's."""
    with st.container(key="cs-try-fitting", horizontal=True, vertical_alignment="bottom"):
        fit = st.segmented_control(
            "Of another shape than the network's input",
            list(_FITS),
            default=target.fit,
            required=True,
            format_func=lambda one: _FITS[one],
            key=f"cs-try-fit-{run.id}",
        )
        exchange = st.toggle(
            "Exchange light and dark",
            key=f"cs-try-exchange-{run.id}",
            help="For dark writing on light paper, where the data are light on dark",
        )
    return cast(Fit, fit or target.fit), exchange


def _draw_example(run: Run, known: Known, target: Target, names: Sequence[str]) -> list[Picture]:
    """Draws the choice of an image of the data; gives it."""
    if known.examples is None:
        known.examples = examples(run, target.shape, len(names))
    if not known.examples:
        return []
    titles = {number: _title(number, one, names) for number, one in enumerate(known.examples)}
    words = distinct({_NONE: "none", **titles})
    chosen = st.selectbox(
        "Or an image of the data",
        list(words),
        index=1,
        format_func=forms.writer(words),
        key=f"cs-try-example-{run.id}",
        help="The worst mistakes, and images of each class that were kept for validation",
    )
    if chosen == _NONE:
        return []
    example = known.examples[chosen]
    about = (
        "one of the validation images"
        if example.is_validation
        else "of the data set; the training may have learned from it"
    )
    return [Picture(titles[chosen], example.image, about)]


def _title(number: int, example: Example, names: Sequence[str]) -> str:
    """What an image shows: `mistake 1: 8 taken for 7`, `validation image of 3`."""
    true = names[example.true]
    if example.chosen is not None:
        return f"mistake {number + 1}: {true} taken for {names[example.chosen]}"
    return f"{'validation' if example.is_validation else 'data'} image of {true}"
