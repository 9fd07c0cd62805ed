"""The problems of a network, or what it can be used for if there are none."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from builder.blocks.types import Shape
from builder.datasets.published import Dataset, known
from builder.documents.session import DocumentState
from builder.network.inference import Inference
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import AdaptHead, Fix
from builder.transforms.purpose import Purpose, purpose
from components import state
from components.design import fixes, problem_list
from components.shell import format as fmt
from components.shell import notice

HEAD_ACTIVATION = "softmax"
_HEAD_HELP = "A head for the data that are chosen on the Train page; one edit, which can be undone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A summary of a network in one line.

    Attributes:
        level: Chooses sign and color.
        label: A few words for the line of totals.
        message: A sentence.
        use: What the network can be used for as it is.
        fix: What would make it usable for more.
    """

    level: Level
    label: str
    message: str
    use: str
    fix: Fix | None = None


_EMPTY = Verdict(
    Level.INFO,
    "begin with an Input",
    "No blocks yet.",
    "Add an Input, then layers below it; or begin with one of the Templates.",
)
"""A network that is not begun is not wrong yet; that it cannot be trained is said on Train."""


def verdict(inference: Inference, settings: TrainingSettings, *, is_draft: bool = False) -> Verdict:
    """Says what a network can be used for, or how many problems it has.

    Args:
        inference: The network.
        settings: What it would be trained with.
        is_draft: Whether it is the inside of an own block, which needs no head.
    """
    if not inference.architecture.nodes:
        return _EMPTY
    errors, number = len(inference.errors), len(inference.issues)
    label = fmt.plural(errors, "problem")
    if number:
        if number > errors:
            label += f", {fmt.plural(number - errors, 'hint')}"
        level = Level.ERROR if errors else Level.WARNING
        return Verdict(level, label, f"{label}.", "Show the list")
    if is_draft:
        return Verdict(Level.GOOD, label, "No problems.", "It can be saved into the own block.")
    data = known(settings.dataset)
    shape: Shape = tuple(inference.output_shapes[0] or ())
    match purpose(inference, data.num_classes if data else 0):
        case Purpose.CLASSES:
            return _of_classes(label, max(shape[0], 2), data)
        case Purpose.PIXEL_CLASSES:
            use = (
                f"It can be exported. It gives classes for each of {fmt.shape(shape[:2])} pixels; "
                "training here takes one class for an image, so train it by code of your own."
            )
            return Verdict(Level.GOOD, label, "No problems.", use)
        case Purpose.FEATURES:
            return Verdict(
                Level.INFO,
                f"{label}, no head yet",
                f"No head yet: it ends in {fmt.shape(shape)}, which are features, not classes.",
                "It can be exported as it is; training needs a head.",
                AdaptHead(data.num_classes, HEAD_ACTIVATION) if data else None,
            )
        case _:
            use = (
                "It can be exported. Training here takes one image and gives one output, without "
                "keys, so train it by code of your own."
            )
            return Verdict(Level.GOOD, label, "No problems.", use)


def _of_classes(label: str, classes: int, data: Dataset | None) -> Verdict:
    """Of a network that can be trained: on images of so many classes, which the data may not be."""
    use = f"It can be exported, and trained on images of {fmt.plural(classes, 'class', 'classes')}."
    if data is None or data.num_classes == classes:
        return Verdict(Level.GOOD, label, "No problems.", use)
    use += f" The data that are chosen on the Train page ({data.title}) have {data.num_classes:,}."
    head = AdaptHead(data.num_classes, HEAD_ACTIVATION)
    return Verdict(Level.GOOD, label, "No problems.", use, head)


def draw(document: DocumentState, inference: Inference, settings: TrainingSettings) -> None:
    """Draws the list of problems; where there are none, what the network can be used for."""
    fixes.draw_applied(document)
    if inference.issues and inference.architecture.nodes:
        select = partial(_select, document.document.id)
        problem_list.draw(document, inference, select, "Select this block")
        return
    found = verdict(inference, settings, is_draft=document.document.draft is not None)
    notice(found.level, found.message, found.use)
    if found.fix is not None:
        fixes.offer(document, found.fix, key="cs-add-head", help=_HEAD_HELP)


def _select(document: str, node: str) -> None:
    state.select(document, node)
    st.rerun()
