"""What is the matter with a network, and what it can be used for where nothing is."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from builder.blocks.types import Shape
from builder.checks.readiness import head_words
from builder.datasets.published import known
from builder.documents.workspace import DocumentState
from builder.network.architecture import Architecture
from builder.network.inference import Inference
from builder.training.settings import TrainingSettings
from builder.transforms.head import adapt_head
from builder.transforms.purpose import Purpose, purpose
from components import state
from components.design import changes
from components.design.labels import literal, sentence
from components.shell import format as fmt
from components.shell import notice
from components.shell.pieces import Level

HEAD_ACTIVATION = "softmax"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a network in one line.

    Attributes:
        level: Chooses sign and colour.
        label: A few words for the line of totals.
        message: A sentence.
        use: What the network can be used for as it is.
    """

    level: Level
    label: str
    message: str
    use: str


def verdict(inference: Inference, settings: TrainingSettings) -> Verdict:
    """Says what a network is fit for; of one with problems only how many there are.

    Args:
        inference: The network.
        settings: What it would be trained with.
    """
    number = len(inference.issues)
    label = fmt.plural(number, "problem")
    if number:
        level = "error" if inference.errors else "warning"
        return Verdict(level, label, f"{label}.", "Show the list")
    data = known(settings.dataset)
    shape: Shape = tuple(inference.output_shapes[0] or ())
    match purpose(inference, data.num_classes if data else 0):
        case Purpose.CLASSES:
            classes = fmt.plural(max(shape[0], 2), "class", "classes")
            use = f"It can be exported, and trained on images of {classes}."
            return Verdict("good", label, "No problems.", use)
        case Purpose.PIXEL_CLASSES:
            use = (
                f"It can be exported. It gives classes for each of {fmt.shape(shape[:2])} pixels; "
                "training here takes one class for an image, so train it by code of your own."
            )
            return Verdict("good", label, "No problems.", use)
        case Purpose.FEATURES:
            return Verdict(
                "info",
                f"{label}, no head yet",
                f"No head yet: it ends in {fmt.shape(shape)}, which are features, not classes.",
                "It can be exported as it is; training needs a head.",
            )
        case _:
            use = (
                "It can be exported. Training here takes one image and gives one output, without "
                "keys, so train it by code of your own."
            )
            return Verdict("good", label, "No problems.", use)


def draw(document: DocumentState, inference: Inference, settings: TrainingSettings) -> None:
    """Draws the list of problems; where there are none, what the network can be used for."""
    if inference.issues:
        _draw_list(document, inference)
        return
    found = verdict(inference, settings)
    notice(found.level, found.message, found.use)
    data = known(settings.dataset)
    if found.level == "info" and data is not None:
        _draw_head(document, data.num_classes)


def _draw_head(document: DocumentState, units: int) -> None:
    """Offers a head for the data that the document is to be trained on."""
    st.button(
        literal(head_words(document.architecture, units, HEAD_ACTIVATION)),
        key="cs-add-head",
        help="A head for the data that are chosen on the Train page; one edit, which can be undone",
        on_click=partial(_add_head, document.document.id, units),
    )


def _add_head(document: str, units: int) -> None:
    def change(architecture: Architecture) -> Architecture:
        return adapt_head(architecture, units, HEAD_ACTIVATION)

    changes.attempt(lambda: changes.apply(document, change))


def _draw_list(document: DocumentState, inference: Inference) -> None:
    with st.container(key="cs-problem-list"):
        for number, issue in enumerate(inference.issues):
            with st.container(
                key=f"cs-problem-{number}", horizontal=True, vertical_alignment="center"
            ):
                level = "error" if issue.level == "error" else "warning"
                found = document.architecture.by_id.get(issue.node)
                if found is not None:
                    st.button(
                        literal(found.label),
                        key=f"cs-problem-select-{number}",
                        help="Select this block",
                        on_click=state.select,
                        args=(document.document.id, found.id),
                    )
                notice(level, sentence(issue.message), sentence(issue.fix))
