"""Evaluates a trained model on the validation images: which classes it confuses.

The worker works it out when the training is done and leaves it in the run's folder; the app reads
it without Keras.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.analysis.array_files import read_arrays, write_arrays
from builder.system.formats import Content, Format, NewerVersionError, declare


def _with_places(arrays: Content) -> Content:
    """Version 1 did not record the places of the worst mistakes among the validation images."""
    return {"places": np.empty(0, np.int64), **arrays}


EVALUATION = "evaluation.npz"
EVALUATION_FORMAT = declare(
    Format("evaluation", (f"runs/*/{EVALUATION}",), version=2, migrations=(_with_places,))
)
NUM_MISTAKES = 24
MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Counts over the validation images, and the mistakes that the model was most certain of.

    Attributes:
        confusion: Images by their class (rows) and by the class that the model chose (columns).
        images: The worst mistakes, the worst first, `(count, height, width, channels)`, 0 to 255.
        true: Their classes.
        chosen: The classes that the model predicted.
        certainty: The predicted probability of those, 0 to 1.
        places: The places of the worst mistakes among the validation images, from 0; empty in an
            evaluation of version 1.
    """

    confusion: NDArray[np.int64]
    images: NDArray[np.uint8]
    true: NDArray[np.int64]
    chosen: NDArray[np.int64]
    certainty: NDArray[np.float64]
    places: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.confusion)

    @property
    def num_images(self) -> int:
        """How many images were evaluated."""
        return int(self.confusion.sum())

    @property
    def num_mistakes(self) -> int:
        """How many images were misclassified."""
        return self.num_images - int(np.trace(self.confusion))


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is told from the others.

    Attributes:
        precision: The share of the images predicted as this class that are of it, 0 to 1; None
            where no image was predicted so.
        recall: The share of the images of this class that were predicted so, 0 to 1; None without
            any.
        f1: The harmonic mean of the two; None where there is neither an image nor a prediction.
        support: The number of images of this class.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True, slots=True, eq=False)
class Judgment:
    """What a model says of each image, beside what is true.

    Attributes:
        true: The classes, `(count,)`.
        chosen: The classes that the model took the images for.
        certainty: The predicted probability of those, 0 to 1.
        num_classes: How many classes there are.
    """

    true: NDArray[np.int64]
    chosen: NDArray[np.int64]
    certainty: NDArray[np.float64]
    num_classes: int


@dataclass(frozen=True, slots=True)
class OneClass:
    """A model that predicts the same class for every image.

    Attributes:
        chosen: That class.
        majority: The class that most images are of.
        share: The share of images of `majority`, 0 to 1, which is the accuracy of always guessing
            it.
    """

    chosen: int
    majority: int
    share: float


def judge(scores: NDArray[Any], labels: NDArray[Any], *, from_logits: bool) -> Judgment:
    """Interprets a model's outputs as classes.

    Args:
        scores: The model's outputs, `(count, classes)`, or `(count, 1)` for two classes.
        labels: Class numbers, `(count,)` or `(count, 1)`, or one-hot, `(count, classes)`.
        from_logits: Whether the scores are not yet probabilities.
    """
    probabilities = _probabilities(np.asarray(scores, np.float64), from_logits)
    chosen = probabilities.argmax(axis=1)
    certainty = probabilities[np.arange(len(chosen)), chosen]
    true = class_numbers(np.asarray(labels))
    return Judgment(true, chosen, certainty, probabilities.shape[1])


def evaluate(
    judged: Judgment, images: NDArray[Any], *, num_mistakes: int = NUM_MISTAKES
) -> Evaluation:
    """Counts which classes a model confuses.

    Args:
        judged: What it says of each image.
        images: Its inputs, `(count, height, width, channels)`, values 0 to 255.
        num_mistakes: How many mistakes to keep at most.
    """
    true, chosen, certainty = judged.true, judged.chosen, judged.certainty
    confusion = np.zeros((judged.num_classes, judged.num_classes), np.int64)
    np.add.at(confusion, (true, chosen), 1)
    wrong = np.flatnonzero(chosen != true)
    worst = wrong[np.argsort(-certainty[wrong], kind="stable")][:num_mistakes]
    return Evaluation(
        confusion,
        np.clip(np.round(np.asarray(images[worst], np.float64)), 0, 255).astype(np.uint8),
        true[worst],
        chosen[worst],
        certainty[worst],
        worst,
    )


def one_class_only(confusion: NDArray[np.int64]) -> OneClass | None:
    """Whether a model predicts one class for images of several classes."""
    guessed, there = confusion.sum(axis=0), confusion.sum(axis=1)
    if np.count_nonzero(guessed) != 1 or np.count_nonzero(there) < 2:
        return None
    majority = int(there.argmax())
    return OneClass(int(guessed.argmax()), majority, float(there[majority] / there.sum()))


def one_class_words(found: OneClass, names: Sequence[str]) -> str:
    """Says that a model predicts one class only, with the accuracy of always guessing one."""
    chosen, majority = names[found.chosen], names[found.majority]
    if found.chosen == found.majority:
        rest = f"the most frequent class, which {found.share:.1%} of them are"
    else:
        rest = f"always guessing {majority}, the most frequent class, would get {found.share:.1%}"
        rest += " right"
    return f"The model takes every image for {chosen}: {rest}. It tells no classes apart."


def class_figures(confusion: NDArray[np.int64]) -> list[ClassFigures]:
    """Precision, recall and F1 of every class, in the order of their numbers."""
    right = np.diag(confusion)
    guessed, there = confusion.sum(axis=0), confusion.sum(axis=1)
    return [
        ClassFigures(
            _share(right[index], guessed[index]),
            _share(right[index], there[index]),
            _share(2 * right[index], guessed[index] + there[index]),
            int(there[index]),
        )
        for index in range(len(confusion))
    ]


def frequent_confusions(confusion: NDArray[np.int64], most: int) -> list[tuple[int, int, int]]:
    """The most frequent confusions: true class, predicted class, number of images."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [(int(index) // len(wrong), int(index) % len(wrong)) for index in order]
    return [
        (true, chosen, int(wrong[true, chosen])) for true, chosen in pairs if wrong[true, chosen]
    ]


def class_numbers(labels: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers of classes, from numbers or from one-hot rows."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        return labels.argmax(axis=1)
    return labels.reshape(len(labels)).astype(np.int64)


def save(folder: Path, evaluation: Evaluation) -> None:
    """Writes an evaluation to a run's folder, completely or not at all.

    Raises:
        OSError: It cannot be written.
    """
    arrays = {each.name: getattr(evaluation, each.name) for each in fields(evaluation)}
    write_arrays(folder / EVALUATION, EVALUATION_FORMAT, arrays)


def load(folder: Path) -> Evaluation | None:
    """The evaluation of a run; None where there is none, or its file cannot be read."""
    try:
        return _read(folder)
    except NewerVersionError:
        return None


def why_unreadable(folder: Path) -> str:
    """Why the evaluation of a run cannot be read although its file exists; empty otherwise."""
    try:
        damaged = _read(folder) is None and (folder / EVALUATION).exists()
    except NewerVersionError as error:
        return str(error)
    return "it is damaged or too large" if damaged else ""


def _read(folder: Path) -> Evaluation | None:
    """The same as `load`.

    Raises:
        NewerVersionError: A later version of Convstack wrote it.
    """
    names = [each.name for each in fields(Evaluation)]
    arrays = read_arrays(folder / EVALUATION, EVALUATION_FORMAT, names, MAX_BYTES)
    if arrays is None:
        return None
    found = Evaluation(**arrays)
    return found if _is_whole(found) else None


def _is_whole(found: Evaluation) -> bool:
    """Whether the arrays are consistent, so that drawing them needs no checks."""
    numbers = (found.confusion, found.true, found.chosen, found.places)
    if not all(np.issubdtype(array.dtype, np.integer) for array in numbers):
        return False
    shape, pictures = found.confusion.shape, found.images.shape
    return (
        len(shape) == 2
        and shape[0] == shape[1] > 0
        and bool((found.confusion >= 0).all())
        and found.images.dtype == np.uint8
        and len(pictures) == 4
        and min(pictures[1:]) > 0
        and pictures[3] in (1, 3, 4)
        and found.true.shape == found.chosen.shape == found.certainty.shape == pictures[:1]
        and found.places.shape in (pictures[:1], (0,))
        and bool((found.places >= 0).all())
        and all(
            ((classes >= 0) & (classes < shape[0])).all() for classes in (found.true, found.chosen)
        )
        and np.issubdtype(found.certainty.dtype, np.floating)
        and bool(np.isfinite(found.certainty).all())
    )


def _probabilities(scores: NDArray[np.float64], from_logits: bool) -> NDArray[np.float64]:
    """Scores as probabilities of all classes; a single score is that of the second of two."""
    if scores.shape[1] == 1:
        second = 1 / (1 + np.exp(-np.clip(scores, -700, 700))) if from_logits else scores
        return np.concatenate([1 - second, second], axis=1)
    if not from_logits:
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _share(part: np.int64, whole: np.int64) -> float | None:
    return float(part / whole) if whole else None
