"""Looks at the validation images with the trained model, when the training is done."""

import importlib
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.analysis import examples
from builder.analysis.evaluation import evaluate, judge, save
from builder.analysis.prediction import class_names
from builder.analysis.predictions import write_predictions
from builder.datasets.own_images.file_names import file_names
from builder.datasets.published import known
from builder.runs.metrics import MetricsReader
from builder.runs.outcome import kept_epoch
from builder.runs.run_folder import Run
from builder.runs.run_state import BEST

_BATCHES_AT_ONCE = 64

log = logging.getLogger("convstack.worker")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Which model is looked at in the end.

    Attributes:
        model: `last` or `best`.
        epoch: The epoch that it comes from, counted from 1.
    """

    model: str
    epoch: int


def take_best(run: Run, model: Any) -> Evaluated:
    """Gives a trained model the weights of the best epoch, where these are kept.

    Nothing else uses the model after this: its own weights are in the last checkpoint.

    Args:
        run: Its run.
        model: The Keras model as the last epoch has left it.
    """
    epochs = MetricsReader(run.folder).epochs()
    last = Evaluated("last", epochs[-1].epoch if epochs else 0)
    best = kept_epoch(run, epochs)
    if best is None:
        return last
    try:
        model.load_weights(run.folder / BEST)
    except (OSError, ValueError, KeyError) as error:
        log.warning("the best model cannot be read, the last one is looked at: %s", error)
        return last
    return Evaluated("best", best)


def leave_evaluation(
    run: Run,
    model: Any,
    validation_data: Any,
    batch_size: int,
    numbers: NDArray[np.int64] | None = None,
) -> None:
    """Writes what the model makes of the validation images into the run's folder, and some of them.

    A training that went well must not fail by it: what goes wrong is said in the log.

    Args:
        run: The run.
        model: A compiled and trained Keras model.
        validation_data: Images and labels.
        batch_size: Images in a batch.
        numbers: Of the images in the data set; None where these are not known.
    """
    images, labels = validation_data
    if len(images) == 0:
        return
    try:
        scores = _predict(model, images, batch_size)
        from_logits = bool(getattr(model.loss, "from_logits", False))
        judged = judge(scores, labels, from_logits=from_logits)
        save(run.folder, evaluate(judged, images))
        examples.save(run.folder, images, labels)
        names = class_names(run, judged.num_classes)
        write_predictions(run.folder, judged, names, numbers, _files(run))
    except (OSError, ValueError, MemoryError) as error:
        log.warning("the validation images could not be evaluated: %s", error)


def _files(run: Run) -> Sequence[str]:
    """The names of the files of a person's own images."""
    data = known(run.settings.dataset) if run.settings else None
    return file_names(Path(data.folder)) if data and data.folder else ()


def _predict(model: Any, images: Any, batch_size: int) -> Any:
    """The model's outputs; of images in a file on disk only a part is in memory at a time."""
    step = batch_size * _BATCHES_AT_ONCE
    with _without_xla(model):
        return np.concatenate(
            [
                model.predict(np.asarray(images[start : start + step]), batch_size, verbose=0)
                for start in range(0, len(images), step)
            ]
        )


@contextmanager
def _without_xla(model: Any) -> Generator[None]:
    """Has TensorFlow predict uncompiled: the images are seen once, for which XLA takes longer.

    It compiles for each size of a batch, seconds at a time. JAX knows no other way than XLA.
    """
    keras: Any = importlib.import_module("keras")
    compiles = model.jit_compile
    if keras.backend.backend() == "tensorflow":
        model.jit_compile = False
    try:
        yield
    finally:
        model.jit_compile = compiles
        model.predict_function = None
