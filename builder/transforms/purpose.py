"""The purpose of a network, as its outputs show."""

from enum import StrEnum

from builder.blocks.probabilities import OF_CLASSES
from builder.network.inference import Inference
from builder.transforms.head import gives_classes, head


class Purpose(StrEnum):
    """What a network's outputs can be used for."""

    CLASSES = "classes"
    """One number for each class of an image: it can be trained on the Train page."""
    PIXEL_CLASSES = "pixel classes"
    """Probabilities for each pixel, as in a segmentation."""
    FEATURES = "features"
    """Neither: nothing turns the outputs into classes, so no classification loss fits."""
    SEVERAL = "several"
    """Several inputs or outputs, or one with a key: needs a script of one's own."""


def purpose(inference: Inference, num_classes: int = 0) -> Purpose | None:
    """Finds the purpose of a network.

    Args:
        inference: The network.
        num_classes: The classes of the data that it is meant for; as many outputs are classes,
            whatever layer they come from.

    Returns:
        None where the network has errors.
    """
    if not inference.ok:
        return None
    end = head(inference)
    if end is None or len(inference.input_shapes) != 1 or inference.input_keys:
        return Purpose.SEVERAL
    shape = end.output_shape
    if len(shape) == 1:
        fits = gives_classes(inference) or shape[0] == num_classes
        return Purpose.CLASSES if fits else Purpose.FEATURES
    is_image = len(shape) == 3 and end.activation in OF_CLASSES
    return Purpose.PIXEL_CLASSES if is_image else Purpose.FEATURES
