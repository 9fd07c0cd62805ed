"""The functions of an exported script that load data and bring them to the model's input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.training.datasets import Dataset
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
    def num_classes(self) -> int:
        return self.dataset.num_classes if self.dataset else max(self.units, 2)

    @property
    def num_images(self) -> int:
        return self.dataset.num_images if self.dataset else NUM_PLACEHOLDER_IMAGES


_LOAD_DOCSTRING = (
    '    """Returns training and validation data: images (values 0 to 255) and classes."""'
)


def data_functions(plan: TrainingPlan) -> list[str]:
    """Writes `load_data` and the helpers that it needs."""
    load_data = _LOADERS[plan.settings.dataset](plan) if plan.dataset else _load_placeholder(plan)
    functions = [load_data, _SPLIT]
    if plan.resizes:
        functions.append(_resize(plan))
    return functions


def _load_placeholder(plan: TrainingPlan) -> str:
    return source_lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        "    # Random images and classes: replace these two arrays by your own data.",
        "    rng = np.random.default_rng(SEED)",
        '    images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")',
        "    labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)",
        *_finish(plan, "labels"),
    )


def _load_digits(plan: TrainingPlan) -> str:
    return source_lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        "    from sklearn.datasets import load_digits  # from the package scikit-learn",
        "",
        "    digits = load_digits()",
        "    # The pixels of this set go from 0 to 16.",
        '    images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]',
        *_finish(plan, "digits.target"),
    )


def _load_keras(plan: TrainingPlan) -> str:
    """Through Keras's loader; the test set stays untouched for a last test."""
    grey = plan.dataset is not None and plan.dataset.channels == 1
    return source_lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        f"    (images, labels), _ = keras.datasets.{plan.settings.dataset}.load_data()",
        *(["    images = images[..., np.newaxis]"] if grey else []),
        *_finish(plan, "labels" if grey or plan.loss.one_hot else "labels[:, 0]"),
    )


_LOADERS: Mapping[str, Callable[[TrainingPlan], str]] = MappingProxyType(
    {
        "digits": _load_digits,
        "mnist": _load_keras,
        "fashion_mnist": _load_keras,
        "cifar10": _load_keras,
        "cifar100": _load_keras,
    }
)


def _finish(plan: TrainingPlan, labels: str) -> list[str]:
    """The end of `load_data`: colours, labels from their source, the split, the size."""
    lines: list[str] = []
    channels = plan.dataset.channels if plan.dataset else plan.input_shape[2]
    if channels == 3 and plan.input_shape[2] == 1:
        lines += [
            "    # Grey as the eye sees it: the weights of ITU-R BT.601.",
            '    images = images @ np.array([0.299, 0.587, 0.114], dtype="float32")',
            '    images = np.round(images).astype("uint8")[..., np.newaxis]',
        ]
    elif channels == 1 and plan.input_shape[2] > 1 and not plan.resizes:
        lines += [f"    images = np.repeat(images, {plan.input_shape[2]}, axis=-1)"]
    if plan.loss.one_hot:
        lines += [f"    labels = keras.utils.to_categorical({labels}, NUM_CLASSES)"]
    elif labels != "labels":
        lines += [f"    labels = {labels}"]
    if not plan.resizes:
        return [*lines, "    return split(images, labels)"]
    return [
        *lines,
        "    (x_train, y_train), (x_val, y_val) = split(images, labels)",
        "    return (resize(x_train), y_train), (resize(x_val), y_val)",
    ]


_SPLIT = '''\
def split(images, labels):
    """Keeps a share of the images for validation, drawn by the seed."""
    order = np.random.default_rng(SEED).permutation(len(images))
    num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))
    validation, training = order[:num_validation], order[num_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])'''


def _resize(plan: TrainingPlan) -> str:
    grey_to_colour = plan.dataset is not None and plan.dataset.channels == 1 < plan.input_shape[2]
    channels = "every channel gets the grey value" if grey_to_colour else ""
    options = ["part", "INPUT_SHAPE[:2]"] + (["antialias=True"] if plan.shrinks else [])
    return source_lines(
        "def resize(images, chunk_size=256):",
        f'    """Resizes images to the model\'s input{"; " if channels else ""}{channels}."""',
        '    resized = np.empty((len(images), *INPUT_SHAPE), dtype="uint8")',
        "    for start in range(0, len(images), chunk_size):  # not all at once, to save memory",
        '        part = images[start : start + chunk_size].astype("float32")',
        f"        part = keras.ops.image.resize({', '.join(options)})",
        "        part = np.round(keras.ops.convert_to_numpy(part))",
        "        resized[start : start + chunk_size] = part",
        "    return resized",
    )


def source_lines(*parts: str) -> str:
    """Joins lines of source."""
    return "\n".join(parts)
