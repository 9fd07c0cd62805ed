"""The functions of an exported script that load data and bring them to the model's input."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from builder.blocks.costs import format_shape
from builder.codegen.keras.function_text import function_text
from builder.codegen.keras.python_source import source_lines
from builder.codegen.keras.split_source import split_function
from builder.codegen.keras.training_plan import TrainingPlan
from builder.datasets.own_images import shelf
from builder.datasets.own_images.value_range import is_plain, words
from builder.datasets.published import Dataset
from builder.system.errors import cut

MAX_NAMED_CLASSES = 10
MAX_CLASS_NAME = 30
"""Characters of a class's name that a comment shows."""


def _docstring(plan: TrainingPlan) -> str:
    which = "training, validation and test" if plan.has_test else "training and validation"
    return f'    """Returns {which} data: images (values 0 to 255) and classes."""'


def data_functions(plan: TrainingPlan) -> list[str]:
    """Writes `load_data` and the helpers that it needs."""
    load = _load_own if plan.is_own else _LOADERS.get(plan.settings.dataset, _load_placeholder)
    functions = [load(plan), split_function(plan)]
    if plan.is_own:
        functions.insert(0, _selection(plan))
    if plan.test_share and plan.splits_stratified:
        functions.append(function_text("spread"))
    if plan.resizes:
        functions.append(_resize(plan))
    return functions


def _load_placeholder(plan: TrainingPlan) -> str:
    return source_lines(
        "def load_data():",
        _docstring(plan),
        "    # Random images and classes: replace these two arrays by your own data.",
        "    rng = np.random.default_rng(SEED)",
        '    images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")',
        "    labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)",
        *_finish(plan, "labels"),
    )


def _load_digits(plan: TrainingPlan) -> str:
    return source_lines(
        "def load_data():",
        _docstring(plan),
        "    from sklearn.datasets import load_digits  # from the package scikit-learn",
        "",
        "    digits = load_digits()",
        "    # The pixels of this set go from 0 to 16.",
        '    images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]',
        *_finish(plan, "digits.target"),
    )


def _load_keras(plan: TrainingPlan) -> str:
    """Through Keras's loader; the authors' test set is for a last test."""
    assert plan.dataset is not None
    grey = plan.dataset.channels == 1
    parts = "(images, labels), (x_test, y_test)"
    lines = [f"    {parts} = keras.datasets.{plan.settings.dataset}.load_data()"]
    if grey:
        lines += [f"    {name} = {name}[..., np.newaxis]" for name in ("images", "x_test")]
    flat = not grey and not plan.loss.one_hot
    return source_lines(
        "def load_data():",
        _docstring(plan),
        *lines,
        *_finish(plan, "labels[:, 0]" if flat else "labels", _published_test(plan, flat)),
    )


def _published_test(plan: TrainingPlan, flat: bool) -> list[str]:
    """Brings the authors' test set to the model's colours and labels, as the other images."""
    code = [line for line in _colours(plan) if not line.lstrip().startswith("#")]
    lines = [line.replace("images", "x_test") for line in code]
    if plan.loss.one_hot:
        return [*lines, "    y_test = keras.utils.to_categorical(y_test, NUM_CLASSES)"]
    return [*lines, *["    y_test = y_test[:, 0]"] * flat]


def _load_own(plan: TrainingPlan) -> str:
    """From the arrays in the folder of the data set."""
    assert plan.dataset is not None
    return source_lines(
        "def load_data():",
        _docstring(plan),
        *comment(
            f"{shelf.IMAGES} holds {plan.dataset.num_images:,} images of "
            f"{format_shape(plan.dataset.image_shape)} as bytes, {shelf.LABELS} the number of each "
            f"one's class: {_numbered(plan.dataset.classes)}.{_last_ones(plan.dataset)}"
            f"{_values(plan.dataset)}"
        ),
        f'    images = np.load(f"{{DATA}}/{shelf.IMAGES}", mmap_mode="r")  # stays on the disk',
        f'    labels = np.load(f"{{DATA}}/{shelf.LABELS}")',
        *_finish(plan, "labels", _own_test(plan) if plan.has_own_test else []),
    )


def _last_ones(data: Dataset) -> str:
    """Says where the validation set stands that came with the images."""
    if not data.num_validation_images:
        return ""
    return f" The last {data.num_validation_images:,} came as a validation set."


def _values(data: Dataset) -> str:
    """Says which values of the files became 0 to 255, where that was not all of a byte."""
    return "" if is_plain(data.value_ranges) else f" {words(data.value_ranges)}"


def _selection(plan: TrainingPlan) -> str:
    """Images that stay on the disk until a batch of them is asked for."""
    read = "self.images[self.chosen[index]]"
    lines = [f"        return {read}"]
    colours = _colours(plan, read)
    if colours:
        *before, last = colours
        lines = [f"    {line}" for line in before]
        lines += [f"        return {last.removeprefix('    images = ')}"]
    return source_lines(
        "class Selection:",
        '    """Some images of an array on the disk; they are read when they are asked for."""',
        "",
        "    def __init__(self, images, chosen):",
        "        self.images, self.chosen = images, chosen",
        "",
        "    def __len__(self):",
        "        return len(self.chosen)",
        "",
        "    def __getitem__(self, index):",
        *lines,
    )


def comment(text: str) -> list[str]:
    """Writes a comment inside of a function, over as many lines as it needs."""
    return textwrap.wrap(text, 100, initial_indent="    # ", subsequent_indent="    # ")


def _numbered(classes: Sequence[str]) -> str:
    """The classes by their numbers: `0 cat, 1 dog`; of many the first ones and the last."""
    named = [f"{number} {cut(name, MAX_CLASS_NAME)}" for number, name in enumerate(classes)]
    if len(named) > MAX_NAMED_CLASSES:
        named = [*named[: MAX_NAMED_CLASSES - 1], "…", named[-1]]
    return ", ".join(named)


_LOADERS: Mapping[str, Callable[[TrainingPlan], str]] = MappingProxyType(
    {
        "digits": _load_digits,
        "mnist": _load_keras,
        "fashion_mnist": _load_keras,
        "cifar10": _load_keras,
        "cifar100": _load_keras,
    }
)


def _finish(plan: TrainingPlan, labels: str, test: Sequence[str] = ()) -> list[str]:
    """The end of `load_data`: colours, labels from their source, the split, the size.

    Args:
        plan: What is trained on what.
        labels: The source of the labels.
        test: Lines that make `x_test` and `y_test` of a test set that came with the images.
    """
    lines = [] if plan.is_own else _colours(plan)  # of one's own they are changed as they are read
    if plan.loss.one_hot:
        lines += [f"    labels = keras.utils.to_categorical({labels}, NUM_CLASSES)"]
    elif labels != "labels":
        lines += [f"    labels = {labels}"]
    parts = "split(images, labels)"
    if plan.has_own_test:
        lines += test
        parts = "(*split(images, labels), (x_test, y_test))"
    if not plan.resizes:
        return [*lines, f"    return {parts}"]
    if plan.has_test:
        return [*lines, f"    return tuple((resize(x), y) for x, y in {parts})"]
    return [
        *lines,
        "    (x_train, y_train), (x_val, y_val) = split(images, labels)",
        "    return (resize(x_train), y_train), (resize(x_val), y_val)",
    ]


def _colours(plan: TrainingPlan, images: str = "images") -> list[str]:
    """Brings images to the model's colours; nothing where they have them.

    Args:
        plan: What is trained on what.
        images: The source of the images, which the last line gives back under `images`.
    """
    channels = plan.dataset.channels if plan.dataset else plan.input_shape[2]
    if channels == 3 and plan.input_shape[2] == 1:
        return [
            "    # Grey as the eye sees it: the weights of ITU-R BT.601.",
            f'    images = {images} @ np.array([0.299, 0.587, 0.114], dtype="float32")',
            '    images = np.round(images).astype("uint8")[..., np.newaxis]',
        ]
    if channels == 1 and plan.input_shape[2] > 1 and not plan.resizes:
        return [f"    images = np.repeat({images}, {plan.input_shape[2]}, axis=-1)"]
    return []


def _own_test(plan: TrainingPlan) -> list[str]:
    """The test set that came with the images."""
    lines = [
        f'    x_test = np.load(f"{{DATA}}/{shelf.TEST_IMAGES}", mmap_mode="r")',
        "    x_test = Selection(x_test, np.arange(len(x_test)))[:]",
        f'    y_test = np.load(f"{{DATA}}/{shelf.TEST_LABELS}")',
    ]
    if plan.loss.one_hot:
        lines += ["    y_test = keras.utils.to_categorical(y_test, NUM_CLASSES)"]
    return lines


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
