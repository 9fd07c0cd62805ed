"""What a trained model makes of the validation images: which classes it takes for which.

The worker works it out when the training is done and leaves it in the run's folder; the app reads
it without Keras.
"""

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVALUATION = "evaluation.npz"
NUM_MISTAKES = 24
MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Counts over the validation images, and the mistakes that the model was surest of.

    Attributes:
        confusion: Images by their class (rows) and by the class that the model chose (columns).
        images: The worst mistakes, the worst first, `(count, height, width, channels)`, 0 to 255.
        true: Their classes.
        chosen: The classes that the model took them for.
        certainty: The probability that it gave to those, 0 to 1.
    """

    confusion: NDArray[np.int64]
    images: NDArray[np.uint8]
    true: NDArray[np.int64]
    chosen: NDArray[np.int64]
    certainty: NDArray[np.float64]

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.confusion)

    @property
    def num_images(self) -> int:
        """How many images were looked at."""
        return int(self.confusion.sum())

    @property
    def num_mistakes(self) -> int:
        """How many images were taken for another class."""
        return self.num_images - int(np.trace(self.confusion))


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is told from the others.

    Attributes:
        precision: Of the images taken for this class, the share that is of it, 0 to 1; None where
            no image was taken for it.
        recall: Of the images of this class, the share taken for it, 0 to 1; None without any.
        f1: The harmonic mean of the two; None where there is neither an image nor a guess.
        support: The images of this class.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def evaluate(
    scores: NDArray[Any],
    labels: NDArray[Any],
    images: NDArray[Any],
    *,
    from_logits: bool,
    num_mistakes: int = NUM_MISTAKES,
) -> Evaluation:
    """Compares what a model says with what is true.

    Args:
        scores: The model's outputs, `(count, classes)`, or `(count, 1)` for two classes.
        labels: Class numbers, `(count,)` or `(count, 1)`, or one-hot, `(count, classes)`.
        images: What the model saw, `(count, height, width, channels)`, values 0 to 255.
        from_logits: Whether the scores are not yet probabilities.
        num_mistakes: How many mistakes to keep at most.
    """
    probabilities = _probabilities(np.asarray(scores, np.float64), from_logits)
    num_classes = probabilities.shape[1]
    true = class_numbers(np.asarray(labels))
    chosen = probabilities.argmax(axis=1)
    confusion = np.zeros((num_classes, num_classes), np.int64)
    np.add.at(confusion, (true, chosen), 1)
    certainty = probabilities[np.arange(len(chosen)), chosen]
    wrong = np.flatnonzero(chosen != true)
    worst = wrong[np.argsort(-certainty[wrong], kind="stable")][:num_mistakes]
    return Evaluation(
        confusion,
        np.clip(np.round(np.asarray(images[worst], np.float64)), 0, 255).astype(np.uint8),
        true[worst],
        chosen[worst],
        certainty[worst],
    )


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
    """The pairs of classes that are confused most: true class, chosen class, how many images."""
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
    """Leaves an evaluation in a run's folder, whole or not at all."""
    temporary = folder / f".{EVALUATION}"
    with temporary.open("wb") as file:
        np.savez_compressed(
            file, **{field.name: getattr(evaluation, field.name) for field in fields(evaluation)}
        )
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / EVALUATION)


def load(folder: Path) -> Evaluation | None:
    """The evaluation of a run; None where there is none, or its file is damaged."""
    names = [field.name for field in fields(Evaluation)]
    arrays = read_arrays(folder / EVALUATION, names, MAX_BYTES)
    if arrays is None:
        return None
    found = Evaluation(**arrays)
    return found if _is_whole(found) else None


def read_arrays(path: Path, names: Iterable[str], max_bytes: int) -> dict[str, NDArray[Any]] | None:
    """Arrays of an `.npz`; None where there is none, or it is damaged or too large.

    Args:
        path: Of the file.
        names: Of the arrays.
        max_bytes: What all of it may take when it is unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > max_bytes:
                return None
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _is_whole(found: Evaluation) -> bool:
    """Whether the arrays fit together, so that what draws them need not look."""
    shape, count = found.confusion.shape, len(found.images)
    return (
        len(shape) == 2
        and shape[0] == shape[1]
        and found.images.ndim == 4
        and found.true.shape == found.chosen.shape == found.certainty.shape == (count,)
        and all(
            ((classes >= 0) & (classes < shape[0])).all() for classes in (found.true, found.chosen)
        )
    )


def _probabilities(scores: NDArray[np.float64], from_logits: bool) -> NDArray[np.float64]:
    """Scores as probabilities of all classes; one score is that of the second of two classes."""
    if scores.shape[1] == 1:
        second = 1 / (1 + np.exp(-np.clip(scores, -700, 700))) if from_logits else scores
        return np.concatenate([1 - second, second], axis=1)
    if not from_logits:
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _share(part: np.int64, whole: np.int64) -> float | None:
    return float(part / whole) if whole else None
