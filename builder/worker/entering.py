"""Trains by a run's script from any batch of any epoch on.

The script itself trains from its first batch to its last one, by one call of `model.fit` on a
generator of the batches of all epochs in a row. To begin in the middle, the worker answers that
call with calls of its own. With 3 epochs of 10 batches, of which 1 epoch and 4 batches are done:

    the script calls    fit(batches, steps_per_epoch=10, epochs=3)
    the worker calls    fit(batches 14 to 19, steps_per_epoch=6, initial_epoch=1, epochs=2)
                        fit(batches 20 to 29, steps_per_epoch=10, initial_epoch=2, epochs=3)

The epochs of one `fit` are of one length, so what is left of an epoch takes a `fit` of its own. And
the images of batches 0 to 13 are never read: the script's `train` is given images and labels that
are read when a batch comes to its turn. See docs/decisions/0032-the-script-alone.md.
"""

import inspect
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from builder.worker.checkpoints import Place


class Unread:
    """An array that gives no values, but a function that reads them.

    Args:
        array: Images or labels.
    """

    def __init__(self, array: Any) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, chosen: Any) -> Callable[[], Any]:
        return partial(self._array.__getitem__, chosen)


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
    elif place == Place():
        script.train(model, data, callbacks)
    else:
        (images, labels), *others = data
        with _fitting_from(model, place):
            script.train(model, ((Unread(images), Unread(labels)), *others), callbacks)


def _enters_by_itself(script: Any) -> bool:
    """Whether the script is one of version 0.1, whose `train` takes an epoch and a batch."""
    return "batch" in inspect.signature(script.train).parameters


@contextmanager
def _fitting_from(model: Any, place: Place) -> Generator[None]:
    """Has the model's `fit` begin at a place."""
    model.fit = partial(_fit_from, model, model.fit, place)
    try:
        yield
    finally:
        del model.fit


def _fit_from(
    model: Any,
    fit: Callable[..., Any],
    place: Place,
    batches: Iterable[Sequence[Callable[[], Any]]],
    *,
    steps_per_epoch: int,
    epochs: int,
    **others: Any,
) -> Any:
    """Fits the batches behind a place; the arguments from `batches` on are those of `fit`."""
    epoch = place.epoch
    left = islice(batches, epoch * steps_per_epoch + place.batch, None)
    if place.batch:
        num_steps, epoch = steps_per_epoch - place.batch, epoch + 1
        history = fit(
            _read(left, num_steps),
            steps_per_epoch=num_steps,
            initial_epoch=place.epoch,
            epochs=epoch,
            **others,
        )
        if model.stop_training or epoch == epochs:
            return history
    rest = _read(left, (epochs - epoch) * steps_per_epoch)
    return fit(rest, steps_per_epoch=steps_per_epoch, initial_epoch=epoch, epochs=epochs, **others)


def _read(batches: Iterable[Sequence[Callable[[], Any]]], number: int) -> Generator[Any]:
    """So many of the next batches, each read when its turn comes."""
    for batch in islice(batches, number):
        yield tuple(read() for read in batch)
