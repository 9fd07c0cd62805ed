"""A training is entered at any batch: what `fit` is called with then, and by which scripts."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.worker.checkpoints import Place

pytestmark = pytest.mark.keras

EPOCHS, STEPS = 3, 10


class Fit:
    """Notes what a model is fitted with, as one that may end early.

    Attributes:
        calls: The numbers of the batches by epoch, `(initial_epoch, epochs, numbers)`.
    """

    def __init__(self, ends_in: int | None = None) -> None:
        self.calls: list[tuple[int, int, list[list[int]]]] = []
        self.stop_training = False
        self._ends_in = ends_in

    def fit(
        self, batches: Any, *, steps_per_epoch: int, epochs: int, initial_epoch: int = 0, **_: Any
    ) -> str:
        numbers = np.array([images for images, labels in batches if images == -labels])
        by_epoch = numbers.reshape(epochs - initial_epoch, steps_per_epoch).tolist()
        self.calls.append((initial_epoch, epochs, by_epoch))
        self.stop_training = self._ends_in in range(initial_epoch, epochs)
        return "history"


class Images:
    """Each is its own number, and notes that it is read."""

    def __init__(self, sign: int = 1) -> None:
        self.read: list[int] = []
        self._sign = sign

    def __len__(self) -> int:
        return EPOCHS * STEPS

    def __getitem__(self, index: int) -> int:
        self.read.append(index)
        return self._sign * index


def train(model: Any, data: Any, callbacks: Any = ()) -> Any:
    """As a script has it, with one image a batch."""
    (images, labels), _ = data
    batches = ((images[index], labels[index]) for index in range(len(images)))
    return model.fit(batches, steps_per_epoch=STEPS, epochs=EPOCHS, callbacks=callbacks)


def train_by_data_set(model: Any, data: Any, callbacks: Any = ()) -> Any:
    """As scripts had it between version 0.1 and the generator: the batches in a row, by number."""
    import keras

    (images, labels), _ = data

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return len(images)

        def __getitem__(self, index: int) -> Any:
            return images[index], labels[index]

    return model.fit(Batches(), steps_per_epoch=STEPS, epochs=EPOCHS, callbacks=callbacks)


def entered(
    model: Fit, epoch: int, batch: int, train: Any = train
) -> list[tuple[int, int, list[list[int]]]]:
    from builder.worker import entering

    place = Place(epoch, batch, epoch * STEPS + batch)
    script: Any = SimpleNamespace(train=train)
    images, labels = Images(), Images(-1)
    entering.train(script, model, ((images, labels), None), (), place)
    assert "fit" not in vars(model), "the model's own again"
    fitted = [number for _, _, epochs in model.calls for epoch in epochs for number in epoch]
    assert images.read == labels.read == fitted, "nothing else is read"
    return model.calls


def numbers(start: int, stop: int) -> list[int]:
    return list(range(start, stop))


def test_at_its_beginning_the_script_is_left_alone() -> None:
    assert entered(Fit(), 0, 0) == [(0, 3, [numbers(0, 10), numbers(10, 20), numbers(20, 30)])]


def test_the_rest_of_an_epoch_has_a_fit_of_its_own() -> None:
    assert entered(Fit(), 1, 4) == [(1, 2, [numbers(14, 20)]), (2, 3, [numbers(20, 30)])]
    assert entered(Fit(), 2, 9) == [(2, 3, [[29]])]
    assert entered(Fit(), 1, 0) == [(1, 3, [numbers(10, 20), numbers(20, 30)])]


def test_a_script_that_trains_by_a_data_set_is_entered_as_well() -> None:
    in_a_row = entered(Fit(), 1, 4, train_by_data_set)
    assert in_a_row == [(1, 2, [numbers(14, 20)]), (2, 3, [numbers(20, 30)])]


def test_a_training_that_a_callback_ends_in_the_rest_of_an_epoch_is_over() -> None:
    assert entered(Fit(ends_in=1), 1, 4) == [(1, 2, [numbers(14, 20)])]
