"""Chooses the loss of a training by the settings and the end of the model."""

from dataclasses import dataclass

from builder.blocks.probabilities import Probabilities
from builder.training.settings import TrainingSettings

_ONE_HOT = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
_SMOOTHABLE = _ONE_HOT | {"binary_crossentropy", "binary_focal_crossentropy"}
_PROBABILITIES = frozenset(kind.value for kind in Probabilities)


@dataclass(frozen=True, slots=True)
class LossChoice:
    """A loss with the arguments of its call.

    Attributes:
        name: Keras's name, in snake case.
        from_logits: Whether the model outputs logits rather than probabilities.
        one_hot: Whether the labels are one-hot rows.
        label_smoothing: Share of each label that is spread over all classes.
    """

    name: str
    from_logits: bool
    one_hot: bool
    label_smoothing: float

    @property
    def class_name(self) -> str:
        """The class in `keras.losses`."""
        return "".join(part.capitalize() for part in self.name.split("_"))


def choose_loss(settings: TrainingSettings, units: int, activation: str | None) -> LossChoice:
    """Chooses the loss.

    Args:
        settings: The settings of the training.
        units: How many numbers the model outputs for one image.
        activation: The activation of the network's head; None for logits.
    """
    name = settings.loss if settings.loss != "auto" else _fitting(units, activation)
    if name == "sparse_categorical_crossentropy" and settings.label_smoothing:
        name = "categorical_crossentropy"  # class numbers cannot be smoothed, rows can
    return LossChoice(
        name=name,
        from_logits=name.endswith("crossentropy") and activation not in _PROBABILITIES,
        one_hot=name in _ONE_HOT or (not name.startswith("sparse") and units > 1),
        label_smoothing=settings.label_smoothing if name in _SMOOTHABLE else 0.0,
    )


def can_smooth(name: str) -> bool:
    """Whether label smoothing has an effect on a loss of the settings."""
    return name in _SMOOTHABLE or name in ("auto", "sparse_categorical_crossentropy")


def _fitting(units: int, activation: str | None) -> str:
    if units == 1 or activation == "sigmoid":
        return "binary_crossentropy"
    return "sparse_categorical_crossentropy"
