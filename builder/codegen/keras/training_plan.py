"""What the functions of an exported script that trains are written from."""

from dataclasses import dataclass

from builder.datasets.published import Dataset
from builder.training.losses import LossChoice
from builder.training.settings import TrainingSettings

NUM_PLACEHOLDER_IMAGES = 64


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What the functions are written from; `dataset` is None for random images."""

    settings: TrainingSettings
    dataset: Dataset | None
    input_shape: tuple[int, int, int]
    units: int
    loss: LossChoice

    @property
    def resizes(self) -> bool:
        return self.dataset is not None and self.dataset.image_shape[:2] != self.input_shape[:2]

    @property
    def shrinks(self) -> bool:
        """Whether pixels are lost, so that they have to be averaged to avoid false patterns."""
        sizes = self.dataset.image_shape if self.dataset else self.input_shape
        return sizes[0] > self.input_shape[0] or sizes[1] > self.input_shape[1]

    @property
    def is_own(self) -> bool:
        """Whether the images are a person's own, which are read from their folder."""
        return self.dataset is not None and bool(self.dataset.folder)

    @property
    def validates_given(self) -> bool:
        """Whether the validation images are the set that came with the others."""
        return self.settings.uses_given_validation(self.dataset)

    @property
    def splits_stratified(self) -> bool:
        """Whether each class gives the same share of its images to what is drawn."""
        drawn = bool(self.test_share) or not self.validates_given
        return drawn and self.settings.is_stratified

    @property
    def has_own_test(self) -> bool:
        """Whether the images come with a test set that the training uses."""
        return self.dataset is not None and self.dataset.has_own_test

    @property
    def test_share(self) -> float:
        """The share of the images that is taken for a last test."""
        return 0.0 if self.has_own_test else self.settings.test_share

    @property
    def has_test(self) -> bool:
        """Whether there is a last test."""
        return self.has_own_test or self.test_share > 0

    @property
    def num_classes(self) -> int:
        return self.dataset.num_classes if self.dataset else max(self.units, 2)

    @property
    def num_images(self) -> int:
        return self.dataset.num_images if self.dataset else NUM_PLACEHOLDER_IMAGES
