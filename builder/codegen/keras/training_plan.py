"""The plan of an exported training script: which functions it has, and which of their branches."""

from dataclasses import dataclass

from builder.codegen.keras.python_source import identifier
from builder.datasets.published import Dataset, dataset
from builder.training.losses import LossChoice, choose_loss
from builder.training.settings import CosineDecay, TrainingSettings

NUM_PLACEHOLDER_IMAGES = 64


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The answers to the questions in the branches of `data_functions` and `training_functions`.

    Attributes:
        name: The model's name, a Python identifier.
        settings: The settings of the training.
        dataset: The data set; None for random images.
        input_shape: The model's `(height, width, channels)`.
        units: How many numbers the model outputs for one image.
        loss: The loss that fits the settings and the model's end.
        adapts: Whether layers of the model learn statistics from the training images.
    """

    name: str
    settings: TrainingSettings
    dataset: Dataset | None
    input_shape: tuple[int, int, int]
    units: int
    loss: LossChoice
    adapts: bool = False

    @property
    def is_placeholder(self) -> bool:
        """Whether the images are random placeholders, to be replaced by a person's own."""
        return self.dataset is None

    @property
    def is_digits(self) -> bool:
        """Whether the images are the digits that come with scikit-learn."""
        return self.dataset is not None and self.dataset.name == "digits"

    @property
    def is_own(self) -> bool:
        """Whether the images are a person's own, which are read from their folder."""
        return self.dataset is not None and bool(self.dataset.folder)

    @property
    def has_gray_images(self) -> bool:
        """Whether the images have one channel."""
        return self.dataset is not None and self.dataset.channels == 1

    @property
    def makes_gray(self) -> bool:
        """Whether the images have colors and the model reads one channel."""
        channels = 0 if self.dataset is None else self.dataset.channels
        return channels == 3 and self.input_shape[2] == 1

    @property
    def repeats_gray(self) -> bool:
        """Whether gray images are repeated to several channels; resizing does so as well."""
        return self.has_gray_images and self.input_shape[2] > 1 and not self.resizes

    @property
    def resizes(self) -> bool:
        """Whether the images differ in size from the model's input."""
        return self.dataset is not None and self.dataset.image_shape[:2] != self.input_shape[:2]

    @property
    def shrinks(self) -> bool:
        """Whether resizing shrinks images, so that it needs antialiasing."""
        sizes = self.dataset.image_shape if self.dataset else self.input_shape
        return sizes[0] > self.input_shape[0] or sizes[1] > self.input_shape[1]

    @property
    def one_hot(self) -> bool:
        """Whether the loss expects one-hot labels."""
        return self.loss.one_hot

    @property
    def prepares(self) -> bool:
        """Whether images or labels are converted after the split."""
        changes_channels = (self.makes_gray or self.repeats_gray) and not self.is_own
        return changes_channels or self.resizes or self.one_hot

    @property
    def validates_given(self) -> bool:
        """Whether the validation images are the set that came with the others."""
        return self.settings.uses_given_validation(self.dataset)

    @property
    def splits_stratified(self) -> bool:
        """Whether each class gives the same share of its images to what is drawn."""
        drawn = self.draws_test or not self.validates_given
        return drawn and self.settings.is_stratified

    @property
    def has_own_test(self) -> bool:
        """Whether the images come with a test set that the training uses."""
        return self.dataset is not None and self.dataset.has_own_test

    @property
    def draws_test(self) -> bool:
        """Whether a share of the images is taken for a last test."""
        return self.settings.test_share > 0 and not self.has_own_test

    @property
    def has_test(self) -> bool:
        """Whether there is a last test."""
        return self.has_own_test or self.draws_test

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate changes over the training."""
        return self.settings.schedule.name != "Constant"

    @property
    def warms_up(self) -> bool:
        """Whether the learning rate rises first."""
        schedule = self.settings.schedule
        return isinstance(schedule, CosineDecay) and schedule.warmup_epochs > 0

    @property
    def scales_loss(self) -> bool:
        """Whether gradients are computed in 16 bits that do not hold small numbers."""
        return self.settings.precision == "mixed_float16"

    @property
    def reads_logit(self) -> bool:
        """Whether the model puts out one plain number, positive for the second class."""
        return self.units == 1 and self.loss.from_logits

    @property
    def has_compile_options(self) -> bool:
        """Whether anything that makes the training faster is asked of Keras."""
        return self.settings.jit_compile != "auto" or self.settings.steps_per_execution > 1

    @property
    def ends_early(self) -> bool:
        """Whether the training ends where it does not become better."""
        return self.settings.patience is not None

    @property
    def has_callbacks(self) -> bool:
        """Whether anything is asked for that needs a callback of Keras."""
        return self.ends_early or self.settings.keep_best

    @property
    def num_classes(self) -> int:
        """Classes that the labels tell apart."""
        return self.dataset.num_classes if self.dataset else max(self.units, 2)

    @property
    def num_images(self) -> int:
        """Images to learn from and to validate with."""
        return self.dataset.num_images if self.dataset else NUM_PLACEHOLDER_IMAGES


def training_plan(
    name: str,
    settings: TrainingSettings,
    input_shape: tuple[int, int, int],
    output_shape: tuple[int, ...],
    output_activation: str | None,
    *,
    adapts: bool = False,
) -> TrainingPlan:
    """Plans the training part of a script.

    Args:
        name: Of the model; the trained one is saved under it.
        settings: The settings of the training.
        input_shape: The model's `(height, width, channels)`.
        output_shape: The model's output, `(units,)`.
        output_activation: Of the model's last layer; None for a linear one.
        adapts: Whether layers of the model learn statistics from the training images.

    Raises:
        BuilderError: The data are a person's own and not on this machine.
    """
    units = output_shape[-1]
    activation = None if output_activation == "linear" else output_activation
    loss = choose_loss(settings, units, activation)
    data = None if settings.dataset == "placeholder" else dataset(settings.dataset)
    return TrainingPlan(identifier(name), settings, data, input_shape, units, loss, adapts)
