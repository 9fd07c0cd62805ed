"""Looks at the validation images with the trained model, when the training is done."""

import importlib
import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from builder.training import examples
from builder.training.evaluation import evaluate, save

_BATCHES_AT_ONCE = 64

log = logging.getLogger("convstack.worker")


def leave_evaluation(folder: Path, model: Any, validation_data: Any, batch_size: int) -> None:
    """Writes what the model makes of the validation images into the run's folder, and some of them.

    A training that went well must not fail by it: what goes wrong is said in the log.

    Args:
        folder: The run's folder.
        model: A compiled and trained Keras model.
        validation_data: Images and labels.
        batch_size: Images in a batch.
    """
    images, labels = validation_data
    if len(images) == 0:
        return
    try:
        scores = _predict(model, images, batch_size)
        from_logits = bool(getattr(model.loss, "from_logits", False))
        save(folder, evaluate(scores, labels, images, from_logits=from_logits))
        examples.save(folder, images, labels)
    except (OSError, ValueError, MemoryError) as error:
        log.warning("the validation images could not be evaluated: %s", error)


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
