"""Predictions of a trained model: which models a run has, and what their outputs mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from builder.blocks.probabilities import OF_CLASSES, Probabilities, made_by
from builder.datasets.names import OWN
from builder.datasets.own_images.target import FITS, Fit
from builder.datasets.own_images.value_range import PREPARED_BEFORE, Ranges
from builder.datasets.published import known
from builder.network.inference import Inference, infer
from builder.runs.run_folder import Run, RunError
from builder.runs.run_state import BEST, CHECKPOINTS, MODEL
from builder.runs.trained_network import trained_network
from builder.system.errors import BuilderError
from builder.training.losses import LossChoice, choose_loss
from builder.transforms.head import last_activation, probabilities

_PLACE = re.compile(r"epoch-(\d{6})(?:-batch-(\d{7}))?")


@dataclass(frozen=True, slots=True)
class TrainedFile:
    """A trained model of a run.

    Attributes:
        which: `last` or `best`.
        path: Its `.keras` file.
        about: Which one it is, in words: `last, after epoch 3`.
        changed: When the file changed, in nanoseconds.
    """

    which: str
    path: Path
    about: str
    changed: int


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Interpreted scores.

    Attributes:
        values: `(images, classes)`: probabilities, or plain scores.
        are_probabilities: Whether they are.
        about: What they are, in a sentence.
    """

    values: NDArray[np.float64]
    are_probabilities: bool
    about: str

    def check_finite(self) -> None:
        """Refuses values that are not numbers.

        Raises:
            BuilderError: The training has diverged.
        """
        if not np.isfinite(self.values).all():
            raise BuilderError(
                "the model's outputs are no numbers (NaN): its training has diverged",
                "train it once more with a smaller learning rate",
            )

    def top(self, image: int, most: int) -> list[tuple[int, float]]:
        """The likeliest classes of an image with their values, the likeliest first."""
        values = self.values[image]
        order = np.argsort(-values, kind="stable")[:most]
        return [(int(number), float(values[number])) for number in order]


def trained_files(run: Run) -> list[TrainedFile]:
    """The models of a run: the newest one, and the best epoch's if it is kept.

    The newest is that of the newest checkpoint, even if the run was interrupted.
    """
    checkpoint = _newest_checkpoint(run)
    if checkpoint is not None:
        last = _file("last", checkpoint / MODEL, f"last, {_place(checkpoint.name)}")
    else:
        last = _file("last", run.folder / MODEL, "last, as the training left it")
    monitor = run.settings.monitor if run.settings else "val_loss"
    best = _file("best", run.folder / BEST, f"best, of the epoch with the best {monitor}")
    return [file for file in (last, best) if file is not None]


def _file(which: str, path: Path, about: str) -> TrainedFile | None:
    try:
        return TrainedFile(which, path, about, path.stat().st_mtime_ns)
    except OSError:
        return None


def trained_file(run: Run, which: str = "") -> TrainedFile:
    """One model of a run.

    Args:
        run: The run.
        which: `last` or `best`; empty takes the last.

    Raises:
        RunError: There is none.
    """
    found = {file.which: file for file in trained_files(run)}
    if not found:
        raise RunError(f"{run.name} has no trained model yet", "let it train an epoch first")
    if which not in ("", *found):
        fix = "ask for the last" if which == "best" else "ask for last or best"
        raise RunError(f"{run.name} has no {which} model, expected {' or '.join(found)}", fix)
    return found[which] if which else next(iter(found.values()))


def network(run: Run) -> Inference:
    """The network that a run trained.

    Raises:
        BuilderError: Its file cannot be read, or it does not take one picture.
    """
    found = infer(trained_network(run.folder))
    if not found.ok or len(found.input_shapes) != 1:
        raise BuilderError("the run's network does not take one picture")
    return found


def num_classes(found: Inference) -> int:
    """How many classes a network's outputs distinguish; a single output distinguishes two."""
    shape = found.output_shapes[0]
    return max(shape[-1], 2) if shape else 2


def gives_probabilities(found: Inference) -> bool:
    """Whether a network's outputs are probabilities, whatever its last layer is."""
    return _at_end(found) is not None


def class_names(run: Run, count: int) -> list[str]:
    """The names of a run's classes; their numbers where the names are not known."""
    data = known(run.settings.dataset) if run.settings else None
    names = data.classes if data else _kept_classes(run)
    return [str(name) for name in names] if len(names) == count else [*map(str, range(count))]


def usual_fit(run: Run) -> Fit:
    """How images of another shape were converted for the data that the run learned from."""
    kept = _kept(run).get("fit")
    if kept in FITS:
        return kept
    data = known(run.settings.dataset) if run.settings else None
    return data.fit if data else "stretch"


def usual_ranges(run: Run) -> Ranges:
    """Which values became 0 to 255 in the data that the run learned from.

    Empty for published data, which have 8 bits from the start.
    """
    name = run.settings.dataset if run.settings else ""
    if not name.startswith(OWN):
        return ()
    try:
        kept = TypeAdapter(Ranges).validate_python(_kept(run).get("value_ranges", ()))
    except ValidationError:  # changed by hand
        kept = ()
    data = known(name)
    return kept or (data.value_ranges if data else ()) or PREPARED_BEFORE


def _kept_classes(run: Run) -> Sequence[object]:
    """A run's record of the classes of a person's own images, which may be gone."""
    classes = _kept(run).get("classes")
    return cast(Sequence[object], classes) if isinstance(classes, (list, tuple)) else ()


def _kept(run: Run) -> Mapping[str, Any]:
    """A run's record of the person's own images that it learned from."""
    kept = run.facts.get("data")
    return cast(Mapping[str, Any], kept) if isinstance(kept, dict) else {}


def read_scores(scores: NDArray[np.float64], activation: str, run: Run) -> Reading:
    """Interprets a model's scores according to its last layer and the run's loss.

    Args:
        scores: `(images, units)`, from before softmax and sigmoid where `activation` is one of the
            two, else the outputs.
        activation: Of the last layer.
        run: The run that trained it.
    """
    if activation not in OF_CLASSES:  # otherwise the scores are from before it
        kind = made_by(activation) or _probabilities(run)
        if kind is not None:
            return _of_probabilities(scores, kind)
    units = scores.shape[1]
    loss = None
    if run.settings is not None:
        loss = choose_loss(run.settings, units, None if activation == "linear" else activation)
    return reading(scores, activation, loss)


def reading(scores: NDArray[np.float64], activation: str, loss: LossChoice | None) -> Reading:
    """Interprets scores by the loss; without one, plain outputs stay plain."""
    takes_logits = loss is not None and loss.from_logits
    if scores.shape[1] == 1 and (activation == "sigmoid" or takes_logits):
        second = _sigmoid(scores)
        about = "One output, read as the probability of the second class (sigmoid)"
        return Reading(np.concatenate([1 - second, second], axis=1), True, f"{about}.")
    if activation == "softmax" and scores.shape[1] == 1:
        about = "A softmax over one output is always 1: this network cannot tell classes apart."
        return Reading(np.ones_like(scores), True, about)
    if activation == "softmax":
        return Reading(_softmax(scores), True, "Probabilities by softmax; they add up to 1.")
    if activation == "sigmoid":
        about = "Probabilities by sigmoid, each class by itself: they need not add up to 1."
        return Reading(_sigmoid(scores), True, about)
    if takes_logits and loss is not None and loss.name.startswith("binary"):
        about = "The outputs are logits; shown is the sigmoid of each, which need not add up to 1."
        return Reading(_sigmoid(scores), True, about)
    if takes_logits:
        return Reading(
            _softmax(scores),
            True,
            "The outputs are logits; shown is their softmax, which adds to 1.",
        )
    about = f"Plain outputs of the last layer ({activation}), which are no probabilities."
    return Reading(scores, False, about)


def _probabilities(run: Run) -> Probabilities | None:
    """What the outputs of a run's network are, made in front of its last layer; else None."""
    try:
        found = network(run)
    except BuilderError:
        return None
    output = found.nodes[found.architecture.output_ids[0]]
    if made_by(last_activation(output)):
        return None
    return _at_end(found)


def _at_end(found: Inference) -> Probabilities | None:
    return probabilities(found)[found.architecture.output_ids[0]]


def _of_probabilities(values: NDArray[np.float64], kind: Probabilities) -> Reading:
    """Outputs that are probabilities already, as after the average of a softmax."""
    if values.shape[1] == 1 and kind is not Probabilities.DISTRIBUTION:
        values = np.clip(values, 0, 1)  # as the loss does it with a sum of probabilities
        about = "One output, which is the probability of the second class."
        return Reading(np.concatenate([1 - values, values], axis=1), True, about)
    if kind is Probabilities.INDEPENDENT:
        about = "Probabilities, each class by itself: they need not add up to 1."
        return Reading(values, True, about)
    if kind is Probabilities.DISTRIBUTION:
        return Reading(values, True, "Probabilities by softmax; they add up to 1.")
    about = "Shares of the classes, divided by their sum, as the loss does it."
    sums = np.maximum(values.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return Reading(values / sums, True, about)


def _sigmoid(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(scores, -700, 700)))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _newest_checkpoint(run: Run) -> Path | None:
    """The folder of the newest checkpoint, where its model is there."""
    try:
        name = (run.folder / CHECKPOINTS / "LATEST").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    folder = run.folder / CHECKPOINTS / name
    return folder if _PLACE.fullmatch(name) and (folder / MODEL).is_file() else None


def _place(name: str) -> str:
    """The progress of a checkpoint, by its name: `after epoch 3`, `in epoch 4, after batch 12`."""
    place = _PLACE.fullmatch(name)
    assert place is not None
    if place[2]:
        return f"in epoch {int(place[1]) + 1:,}, after batch {int(place[2]):,}"
    return f"after epoch {int(place[1]):,}"
