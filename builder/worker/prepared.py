"""What a training begins with: the script's data and model, as its `main()` makes them."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.worker.gradient_norms import GradientNorms

log = logging.getLogger("convstack.worker")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that a training needs before its first step.

    Attributes:
        script: The run's script, a module.
        data: What its `load_data` returned.
        model: Built and compiled by it.
        norms: Watches the model's gradients.
        validation: Which images of the data set validate, by their numbers from 0; None where
            the script does not say.
    """

    script: Any
    data: Any
    model: Any
    norms: GradientNorms
    validation: NDArray[np.int64] | None = None

    @property
    def num_images(self) -> int:
        """The number of training images."""
        return len(self.data[0][0])

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return _num_batches(self.script, self.data)


def prepare(
    keras: Any,
    script: Any,
    enter: Callable[[str], None],
    loading: str = "loading data",
    *,
    is_new: bool = True,
) -> Prepared:
    """Does what a script does before it trains, in the same order and with the same seed.

    Args:
        keras: The module.
        script: Of the run.
        enter: Called with what is done next; it may raise.
        loading: The name of the stage that loads the data.
        is_new: Whether the training starts from the beginning; a resumed one has its statistics
            among the weights of its checkpoint.
    """
    keras.utils.set_random_seed(script.SEED)
    enter(loading)
    data, validation = load_noting(script)
    enter("building the model")
    model = script.build_model()
    if is_new and hasattr(script, "adapt_normalization"):
        enter("learning mean and variance of the images")
        script.adapt_normalization(model, data[0][0])
    script.compile_model(model)
    make_variables(model, data[0][1])
    norms = GradientNorms(keras, model, _num_batches(script, data))
    return Prepared(script, data, model, norms, validation)


def make_variables(model: Any, labels: Any) -> None:
    """Makes the variables of the optimizer and the metrics, at their first values.

    Keras makes them in the first step else, and TensorFlow traces a step twice that makes any.

    Args:
        model: Compiled.
        labels: The labels of a few images.
    """
    model.optimizer.build(model.trainable_variables)
    outputs = np.zeros((1, *model.output_shape[1:]), "float32")
    model.compute_metrics(None, labels[:1], outputs)
    model.reset_metrics()


def load_noting(script: Any) -> tuple[Any, NDArray[np.int64] | None]:
    """Loads a script's data and finds out which images of the data set are for validation.

    To find out, the script's own `split` is called once more, with the images' numbers instead of
    images.

    Returns:
        What `load_data` returned, and the numbers; None where the script has another `split`.
    """
    split = getattr(script, "split", None)
    if split is None:
        return script.load_data(), None
    noted: list[NDArray[np.int64] | None] = []

    def noting(images: Any, labels: Any) -> Any:
        noted.append(_validation_numbers(script, split, len(images), labels))
        return split(images, labels)

    script.split = noting
    try:
        data = script.load_data()
    finally:
        script.split = split
    found = noted[0] if len(noted) == 1 else None
    return data, found if found is not None and len(found) == len(data[1][0]) else None


def _validation_numbers(
    script: Any, split: Any, num_images: int, labels: Any
) -> NDArray[np.int64] | None:
    selection = getattr(script, "Selection", None)
    if selection is not None:  # it would bring the numbers to the model's colors
        script.Selection = _chosen
    try:
        return np.asarray(split(np.arange(num_images), labels)[1][0], np.int64)
    except Exception:  # a script that was edited by hand may still be trained
        log.debug("which images validate is not known", exc_info=True)
        return None
    finally:
        if selection is not None:
            script.Selection = selection


def _chosen(numbers: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers[chosen]


def _num_batches(script: Any, data: Any) -> int:
    return math.ceil(len(data[0][0]) / script.BATCH_SIZE)
