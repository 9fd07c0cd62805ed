"""The part of an exported script that loads data, compiles and trains."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from builder.blocks.costs import format_shape
from builder.blocks.declaration import Declared
from builder.codegen.keras.exported_functions import exported_functions, names_read, needed
from builder.codegen.keras.layout import WIDTH, lay_out
from builder.codegen.keras.python_source import literal, quote
from builder.codegen.keras.training_plan import TrainingPlan
from builder.datasets.own_images import shelf
from builder.datasets.own_images.value_range import is_plain, words
from builder.datasets.published import Dataset
from builder.system.errors import cut
from builder.training.best_epoch import mode
from builder.training.losses import LossChoice
from builder.training.settings import TrainingSettings

MAX_NAMED_CLASSES = 10
MAX_CLASS_NAME = 30
"""Characters of a class's name that a comment shows."""

ADAPT_CALL = "adapt_normalization(model, data[0][0])"
"""What gives the Normalization layers of a model the statistics of the training images."""

LAST_TEST = 'print("test:", model.evaluate(*data[2], batch_size=BATCH_SIZE, return_dict=True))'
"""What shows how the trained model does on images that nothing else has seen."""

_WHEN_STARTED = 'if __name__ == "__main__":\n    main()\n'


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """Source text for the three places where a script needs it.

    Attributes:
        imports: Import statements of packages, one each.
        standard_imports: Import statements of the standard library, one each.
        constants: Assignments for the top of the script.
        data: `load_data` and its helpers.
        adapt: `adapt_normalization`; empty where no layer learns statistics from the images.
        compile_model: The function of that name, and what it needs.
        train: The function of that name, and what it needs.
        has_callbacks: Whether `make_callbacks` stands in front of it.
        has_test: Whether `load_data` gives images for a last test as well.
        main: The function of that name, and the call of it.
    """

    imports: tuple[str, ...]
    standard_imports: tuple[str, ...]
    constants: str
    data: str
    adapt: str
    compile_model: str
    train: str
    has_callbacks: bool
    has_test: bool
    main: str

    @property
    def functions(self) -> str:
        """All functions, as they stand behind `build_model`."""
        parts = (self.data, self.adapt, self.compile_model, self.train, self.main)
        return "\n\n\n".join(filter(None, parts))


def training_source(plan: TrainingPlan) -> TrainingSource:
    """Writes the training part of a script."""
    functions = exported_functions(plan)

    def part(*names: str) -> str:
        return "\n\n\n".join(needed(functions, *names).values())

    read = frozenset[str]().union(*map(names_read, functions.values()))
    constants = _constants(plan, read)
    return TrainingSource(
        imports=("import keras", "import numpy as np"),
        standard_imports=("import functools",) if "functools" in names_read(constants) else (),
        constants=constants,
        data=part("load_data"),
        adapt=part("adapt_normalization") if plan.adapts else "",
        compile_model=part("compile_model"),
        train=part("train", *["make_callbacks"] * plan.has_callbacks),
        has_callbacks=plan.has_callbacks,
        has_test=plan.has_test,
        main=f"{functions['main']}\n\n\n{_WHEN_STARTED}",
    )


def _constants(plan: TrainingPlan, read: frozenset[str]) -> str:
    """The assignments of the constants that are read, below what is to be said of them."""
    about = {
        "DATA": _about(plan.dataset) if plan.dataset else "",
        "COMPILE_OPTIONS": "An epoch's batches have to be a multiple of steps_per_execution."
        if plan.settings.steps_per_execution > 1
        else "",
    }
    lines: list[str] = []
    for name, source in constants(plan).items():
        if name in read:
            lines += textwrap.wrap(
                about.get(name, ""), WIDTH, initial_indent="# ", subsequent_indent="# "
            )
            lines.append(lay_out(f"{name} = {source}", depth=0))
    return "\n".join(lines)


def constants(plan: TrainingPlan) -> dict[str, str]:
    """The source of every constant's value, of which a script has those that it reads."""
    settings, data = plan.settings, plan.dataset
    schedule = settings.schedule
    return {
        "NAME": quote(plan.name),
        "DATA": quote(data.folder if data else ""),
        "DATASET": f"keras.datasets.{settings.dataset}",
        "INPUT_SHAPE": literal(plan.input_shape),
        "NUM_IMAGES": literal(plan.num_images),
        "NUM_CLASSES": literal(plan.num_classes),
        "NUM_VALIDATION": literal(data.num_validation_images if data else 0),
        "VALIDATION_SHARE": repr(settings.validation_share),
        "TEST_SHARE": repr(settings.test_share),
        "SEED": literal(settings.seed),
        "EPOCHS": literal(settings.epochs),
        "BATCH_SIZE": literal(settings.batch_size),
        "OPTIMIZER": _optimizer(settings.optimizer),
        "LEARNING_RATE": repr(settings.learning_rate),
        **{one.name.upper(): _plain(getattr(schedule, one.name)) for one in schedule.parameters()},
        "LOSS": _loss(plan.loss),
        "COMPILE_OPTIONS": _compile_options(settings),
        "MONITOR": quote(settings.monitor),
        "MODE": quote(mode(settings.monitor)),
        "PATIENCE": literal(settings.patience),
    }


def _optimizer(optimizer: Declared) -> str:
    """The class, with the arguments that differ from Keras's defaults."""
    kind = f"keras.optimizers.{optimizer.type_name()}"
    values = {
        one.name: (getattr(optimizer, one.name), one.default) for one in optimizer.parameters()
    }
    changed = {name: value for name, (value, default) in values.items() if value != default}
    if not changed:
        return kind
    arguments = ", ".join(f"{name}={_plain(value)}" for name, value in changed.items())
    return f"functools.partial({kind}, {arguments})"


def _loss(loss: LossChoice) -> str:
    """The loss's name, or a call where it has arguments."""
    arguments: list[str] = []
    if loss.from_logits:
        arguments.append("from_logits=True")
    if loss.label_smoothing:
        arguments.append(f"label_smoothing={loss.label_smoothing!r}")
    if not arguments:
        return quote(loss.name)
    return f"keras.losses.{loss.class_name}({', '.join(arguments)})"


def _compile_options(settings: TrainingSettings) -> str:
    """What makes the training faster, as arguments of Keras's `compile`."""
    options: list[str] = []
    if settings.jit_compile != "auto":
        options.append(f'"jit_compile": {settings.jit_compile == "on"}')
    if settings.steps_per_execution > 1:
        options.append(f'"steps_per_execution": {settings.steps_per_execution}')
    return f"{{{', '.join(options)}}}"


def _about(data: Dataset) -> str:
    """Says what stands in the files of a person's own images."""
    return (
        f"{shelf.IMAGES} holds {data.num_images:,} images of {format_shape(data.image_shape)} as "
        f"bytes, {shelf.LABELS} the number of each one's class: {_numbered(data.classes)}."
        f"{_last_ones(data)}{_value_ranges(data)}"
    )


def _numbered(classes: Sequence[str]) -> str:
    """The classes by their numbers: `0 cat, 1 dog`; of many the first ones and the last."""
    named = [f"{number} {cut(name, MAX_CLASS_NAME)}" for number, name in enumerate(classes)]
    if len(named) > MAX_NAMED_CLASSES:
        named = [*named[: MAX_NAMED_CLASSES - 1], "…", named[-1]]
    return ", ".join(named)


def _last_ones(data: Dataset) -> str:
    """Says where the validation set stands that came with the images."""
    if not data.num_validation_images:
        return ""
    return f" The last {data.num_validation_images:,} came as a validation set."


def _value_ranges(data: Dataset) -> str:
    """Says which values of the files became 0 to 255, where that was not all of a byte."""
    return "" if is_plain(data.value_ranges) else f" {words(data.value_ranges)}"


def _plain(value: Any) -> str:
    return repr(value) if isinstance(value, float) else literal(value)
