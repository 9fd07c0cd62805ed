"""Trains by a run's script from any batch of any epoch on.

The script itself trains from its first batch to its last one, by one call of `model.fit` on a data
set that holds the batches of all epochs in a row. To begin in the middle, the worker answers that
call with calls of its own. With 3 epochs of 10 batches, of which 1 epoch and 4 batches are done:

    the script calls    fit(batches, steps_per_epoch=10, epochs=3)
    the worker calls    fit(batches 14 to 19, steps_per_epoch=6, initial_epoch=1, epochs=2)
                        fit(batches 20 to 29, steps_per_epoch=10, initial_epoch=2, epochs=3)

The epochs of one `fit` are of one length, so what is left of an epoch takes a `fit` of its own. See
docs/decisions/0032-the-script-alone.md. Imports Keras, so it is itself imported late.
"""

import importlib
import inspect
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from builder.worker.checkpoints import Place

keras: Any = importlib.import_module("keras")  # it carries no types


class Part(keras.utils.PyDataset):
    """Some batches of a data set, one after another.

    Args:
        batches: The data set.
        start: The first batch.
        stop: The first batch that is left out.
    """

    def __init__(self, batches: Any, start: int, stop: int) -> None:
        keras.utils.PyDataset.__init__(
            self, batches.workers, batches.use_multiprocessing, batches.max_queue_size
        )
        self._batches = batches
        self._indices = range(start, stop)

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> Any:
        return self._batches[self._indices[index]]


def train(script: Any, model: Any, data: Any, callbacks: Sequence[Any], place: Place) -> None:
    """Calls the script's `train`, and has it begin at a place.

    Args:
        script: Of the run, a module.
        model: Compiled; in the state that belongs to the place.
        data: What the script's `load_data` returned.
        callbacks: Of Keras.
        place: How far the training is.
    """
    if _enters_by_itself(script):
        script.train(model, data, callbacks, place.epoch, place.batch)
        return
    with _fitting_from(model, place):
        script.train(model, data, callbacks)


def _enters_by_itself(script: Any) -> bool:
    """Whether the script is one of version 0.1, whose `train` takes an epoch and a batch."""
    return "batch" in inspect.signature(script.train).parameters


@contextmanager
def _fitting_from(model: Any, place: Place) -> Generator[None]:
    """Has the model's `fit` begin at a place; at the very beginning it is Keras's own."""
    if place == Place():
        yield
        return
    model.fit = partial(_fit_from, model, model.fit, place)
    try:
        yield
    finally:
        del model.fit


def _fit_from(
    model: Any,
    fit: Callable[..., Any],
    place: Place,
    batches: Any,
    *,
    steps_per_epoch: int,
    epochs: int,
    **others: Any,
) -> Any:
    """Fits the batches behind a place; the arguments from `batches` on are those of `fit`."""
    epoch = place.epoch
    if place.batch:
        start, epoch = epoch * steps_per_epoch + place.batch, epoch + 1
        rest = Part(batches, start, epoch * steps_per_epoch)
        history = fit(
            rest, steps_per_epoch=len(rest), initial_epoch=place.epoch, epochs=epoch, **others
        )
        if model.stop_training or epoch == epochs:
            return history
    whole = Part(batches, epoch * steps_per_epoch, epochs * steps_per_epoch)
    return fit(whole, steps_per_epoch=steps_per_epoch, initial_epoch=epoch, epochs=epochs, **others)
