"""The part of an exported script that loads data, compiles and trains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from builder.codegen.python_source import call, literal, quote
from builder.training.datasets import Dataset, catalogue
from builder.training.losses import LossChoice, choose_loss
from builder.training.settings import (
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    TrainingSettings,
)

NUM_PLACEHOLDER_IMAGES = 64


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """Source text for the three places where a script needs it.

    Attributes:
        imports: Import statements, one each.
        constants: Assignments for the top of the script.
        functions: `load_data` and its helpers, `compile_model`, `train`, `main`, and the call.
    """

    imports: tuple[str, ...]
    constants: str
    functions: str


def training_source(
    name: str,
    settings: TrainingSettings,
    input_shape: tuple[int, int, int],
    output_shape: tuple[int, ...],
    output_activation: str | None,
) -> TrainingSource:
    """Writes the training part of a script.

    Args:
        name: Of the model; the trained one is saved under it.
        settings: What is trained, and how.
        input_shape: The model's `(height, width, channels)`.
        output_shape: The model's output, `(units,)`.
        output_activation: Of the model's last layer; None for a linear one.
    """
    activation = None if output_activation == "linear" else output_activation
    loss = choose_loss(settings, output_shape[-1], activation)
    plan = _Plan(settings, catalogue().get(settings.dataset), input_shape, output_shape[-1], loss)
    functions = [
        *_data_functions(plan),
        _compile_model(plan),
        _TRAIN,
        _main(name),
        'if __name__ == "__main__":\n    main()\n',
    ]
    return TrainingSource(
        imports=("import keras", "import numpy as np"),
        constants=_constants(name, plan),
        functions="\n\n\n".join(functions),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
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

    @property
    def has_schedule(self) -> bool:
        return self.settings.schedule.name in _SCHEDULES


def _constants(name: str, plan: _Plan) -> str:
    settings = plan.settings
    values: dict[str, Any] = {"NAME": name}
    if plan.resizes or plan.dataset is None:
        values["INPUT_SHAPE"] = plan.input_shape
    if plan.has_schedule or plan.dataset is None:
        values["NUM_IMAGES"] = plan.num_images
    if plan.loss.one_hot or plan.dataset is None:
        values["NUM_CLASSES"] = plan.num_classes
    values |= {
        "VALIDATION_SHARE": settings.validation_share,
        "SEED": settings.seed,
        "EPOCHS": settings.epochs,
        "BATCH_SIZE": settings.batch_size,
        "LEARNING_RATE": settings.learning_rate,
    }
    if isinstance(settings.schedule, CosineDecay) and settings.schedule.warmup_epochs:
        values["WARMUP_EPOCHS"] = settings.schedule.warmup_epochs
    if isinstance(settings.schedule, PiecewiseConstantDecay):
        values["DROP_EPOCHS"] = settings.schedule.boundaries
    return "\n".join(f"{key} = {_plain(value)}" for key, value in values.items())


_LOAD_DOCSTRING = (
    '    """Returns training and validation data: images (values 0 to 255) and classes."""'
)


def _data_functions(plan: _Plan) -> list[str]:
    load_data = _LOADERS[plan.settings.dataset](plan) if plan.dataset else _load_placeholder(plan)
    functions = [load_data, _SPLIT]
    if plan.resizes:
        functions.append(_resize(plan))
    return functions


def _load_placeholder(plan: _Plan) -> str:
    return _lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        "    # Random images and classes: replace these two arrays by your own data.",
        "    rng = np.random.default_rng(SEED)",
        '    images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")',
        "    labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)",
        *_finish(plan, "labels"),
    )


def _load_digits(plan: _Plan) -> str:
    return _lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        "    from sklearn.datasets import load_digits  # from the package scikit-learn",
        "",
        "    digits = load_digits()",
        "    # The pixels of this set go from 0 to 16.",
        '    images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]',
        *_finish(plan, "digits.target"),
    )


def _load_keras(plan: _Plan) -> str:
    """Through Keras's loader; the test set stays untouched for a last test."""
    grey = plan.dataset is not None and plan.dataset.channels == 1
    return _lines(
        "def load_data():",
        _LOAD_DOCSTRING,
        f"    (images, labels), _ = keras.datasets.{plan.settings.dataset}.load_data()",
        *(["    images = images[..., np.newaxis]"] if grey else []),
        *_finish(plan, "labels" if grey or plan.loss.one_hot else "labels[:, 0]"),
    )


_LOADERS: Mapping[str, Callable[[_Plan], str]] = MappingProxyType(
    {
        "digits": _load_digits,
        "mnist": _load_keras,
        "fashion_mnist": _load_keras,
        "cifar10": _load_keras,
        "cifar100": _load_keras,
    }
)


def _finish(plan: _Plan, labels: str) -> list[str]:
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


def _resize(plan: _Plan) -> str:
    grey_to_colour = plan.dataset is not None and plan.dataset.channels == 1 < plan.input_shape[2]
    channels = "every channel gets the grey value" if grey_to_colour else ""
    options = ["part", "INPUT_SHAPE[:2]"] + (["antialias=True"] if plan.shrinks else [])
    return _lines(
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


def _compile_model(plan: _Plan) -> str:
    optimizer = plan.settings.optimizer
    rate = "learning_rate" if plan.has_schedule else "LEARNING_RATE"
    arguments = [f"learning_rate={rate}", *_changed(optimizer)]
    lines = ["def compile_model(model):", '    """Sets the optimizer, the loss and the metric."""']
    if plan.has_schedule:
        lines += [
            "    num_training = NUM_IMAGES - int(np.ceil(NUM_IMAGES * VALIDATION_SHARE))",
            "    steps_per_epoch = int(np.ceil(num_training / BATCH_SIZE))",
            _SCHEDULES[plan.settings.schedule.name](plan.settings.schedule),
        ]
    metric = '"accuracy"'
    if plan.units == 1 and plan.loss.from_logits:
        metric = 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'
    return _lines(
        *lines,
        call(f"optimizer = keras.optimizers.{optimizer.name}", arguments),
        call(
            "model.compile",
            ["optimizer=optimizer", f"loss={_loss(plan.loss)}", f"metrics=[{metric}]"],
        ),
    )


def _loss(loss: LossChoice) -> str:
    arguments: list[str] = []
    if loss.from_logits:
        arguments.append("from_logits=True")
    if loss.label_smoothing:
        arguments.append(f"label_smoothing={loss.label_smoothing!r}")
    if not arguments:
        return quote(loss.name)
    return f"keras.losses.{loss.class_name}({', '.join(arguments)})"


def _changed(declared: Any) -> list[str]:
    """The arguments that differ from Keras's defaults."""
    default = type(declared)()
    return [
        f"{field.name}={_plain(getattr(declared, field.name))}"
        for field in fields(declared)
        if getattr(declared, field.name) != getattr(default, field.name)
    ]


def _cosine(schedule: CosineDecay) -> str:
    arguments = ["LEARNING_RATE", "decay_steps=EPOCHS * steps_per_epoch"]
    if schedule.warmup_epochs:
        arguments = ["0.0", "decay_steps=(EPOCHS - WARMUP_EPOCHS) * steps_per_epoch"]
    if schedule.alpha:
        arguments.append(f"alpha={schedule.alpha!r}")
    if schedule.warmup_epochs:
        arguments.append("warmup_target=LEARNING_RATE")
        arguments.append("warmup_steps=WARMUP_EPOCHS * steps_per_epoch")
    return _schedule("CosineDecay", arguments)


def _exponential(schedule: ExponentialDecay) -> str:
    factor = f"{schedule.decay_epochs} * " if schedule.decay_epochs > 1 else ""
    arguments = [
        "LEARNING_RATE",
        f"decay_steps={factor}steps_per_epoch",
        f"decay_rate={schedule.decay_rate!r}",
    ]
    return _schedule("ExponentialDecay", arguments + ["staircase=True"] * schedule.staircase)


def _piecewise(schedule: PiecewiseConstantDecay) -> str:
    values = f"LEARNING_RATE * {schedule.factor!r}**drop for drop in range(len(DROP_EPOCHS) + 1)"
    arguments = [
        # Keras's boundary is the last step that still has the value before it.
        "boundaries=[epoch * steps_per_epoch - 1 for epoch in DROP_EPOCHS]",
        f"values=[{values}]",
    ]
    return _schedule("PiecewiseConstantDecay", arguments)


def _schedule(name: str, arguments: list[str]) -> str:
    return call(f"learning_rate = keras.optimizers.schedules.{name}", arguments)


_SCHEDULES: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "CosineDecay": _cosine,
        "ExponentialDecay": _exponential,
        "PiecewiseConstantDecay": _piecewise,
    }
)

_TRAIN = '''\
def train(model, data, callbacks=()):
    """Trains the model and returns Keras's history."""
    (x_train, y_train), validation_data = data
    return model.fit(
        x_train,
        y_train,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        validation_data=validation_data,
        callbacks=list(callbacks),
    )'''


def _main(name: str) -> str:
    # A name may hold anything; a file's name may not.
    safe = name.replace("_", "").replace("-", "").isalnum()
    path = 'f"{NAME}.keras"' if safe else '"model.keras"'
    return _lines(
        "def main():",
        '    """Trains the model from its beginning and saves it."""',
        "    keras.utils.set_random_seed(SEED)",
        "    data = load_data()",
        "    model = build_model()",
        "    compile_model(model)",
        "    train(model, data)",
        f"    model.save({path})",
    )


def _plain(value: Any) -> str:
    return repr(value) if isinstance(value, float) else literal(value)


def _lines(*lines: str) -> str:
    return "\n".join(lines)
