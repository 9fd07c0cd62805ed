"""What a training begins with: the script's data and model, as its `main()` makes them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builder.training.worker.gradient_norms import GradientNorms


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that a training needs before its first step.

    Attributes:
        script: The run's script, a module.
        data: What its `load_data` returned.
        model: Built and compiled by it.
        norms: Watches the model's gradients.
    """

    script: Any
    data: Any
    model: Any
    norms: GradientNorms

    @property
    def num_images(self) -> int:
        """Images that are trained on."""
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
        enter: Told what is done next; it may raise.
        loading: What loading the data is called.
        is_new: Whether the training begins; the statistics of one that goes on are among the
            weights of its checkpoint.
    """
    keras.utils.set_random_seed(script.SEED)
    enter(loading)
    data = script.load_data()
    enter("building the model")
    model = script.build_model()
    if is_new and hasattr(script, "adapt_normalization"):
        enter("learning mean and variance of the images")
        script.adapt_normalization(model, data[0][0])
    script.compile_model(model)
    norms = GradientNorms(keras, model, _num_batches(script, data))
    return Prepared(script, data, model, norms)


def _num_batches(script: Any, data: Any) -> int:
    return math.ceil(len(data[0][0]) / script.BATCH_SIZE)
