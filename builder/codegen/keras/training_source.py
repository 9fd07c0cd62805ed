"""The part of an exported script that loads data, compiles and trains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from builder.codegen.keras.data_source import data_functions
from builder.codegen.keras.fit_source import callbacks_function, model_path
from builder.codegen.keras.function_text import function_text
from builder.codegen.keras.python_source import call, literal, quote, source_lines
from builder.codegen.keras.training_plan import TrainingPlan
from builder.datasets.published import dataset
from builder.training.losses import LossChoice, choose_loss
from builder.training.settings import (
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    TrainingSettings,
)

ADAPT_CALL = "adapt_normalization(model, data[0][0])"
"""What gives the Normalization layers of a model the statistics of the training images."""

LAST_TEST = 'print("test:", model.evaluate(*data[2], batch_size=BATCH_SIZE, return_dict=True))'
"""What shows how the trained model does on images that nothing else has seen."""


_SCALED = (
    "    # Gradients too small for 16 bits would become 0: the loss is scaled up for them.",
    "    optimizer = keras.optimizers.LossScaleOptimizer(optimizer)",
)
_FIT = ("order_of_images", "Batches", "train")
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
        compile_model: The function of that name.
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


def training_source(
    name: str,
    settings: TrainingSettings,
    input_shape: tuple[int, int, int],
    output_shape: tuple[int, ...],
    output_activation: str | None,
    *,
    adapts: bool = False,
) -> TrainingSource:
    """Writes the training part of a script.

    Args:
        name: Of the model; the trained one is saved under it.
        settings: What is trained, and how.
        input_shape: The model's `(height, width, channels)`.
        output_shape: The model's output, `(units,)`.
        output_activation: Of the model's last layer; None for a linear one.
        adapts: Whether layers of the model learn statistics from the training images.

    Raises:
        BuilderError: The data are a person's own and not on this machine.
    """
    activation = None if output_activation == "linear" else output_activation
    loss = choose_loss(settings, output_shape[-1], activation)
    data = None if settings.dataset == "placeholder" else dataset(settings.dataset)
    plan = TrainingPlan(settings, data, input_shape, output_shape[-1], loss)
    callbacks = callbacks_function(name, settings)
    main = _main(name, bool(callbacks), plan.has_test, adapts)
    return TrainingSource(
        imports=("import keras", "import numpy as np"),
        standard_imports=("import functools",),
        constants=_constants(name, plan),
        data="\n\n\n".join(data_functions(plan)),
        adapt=function_text("adapt_normalization") if adapts else "",
        compile_model=_compile_model(plan),
        train="\n\n\n".join((*callbacks, *map(function_text, _FIT))),
        has_callbacks=bool(callbacks),
        has_test=plan.has_test,
        main=f"{main}\n\n\n{_WHEN_STARTED}",
    )


def _has_schedule(plan: TrainingPlan) -> bool:
    return plan.settings.schedule.name in _SCHEDULES


def _constants(name: str, plan: TrainingPlan) -> str:
    settings = plan.settings
    values: dict[str, Any] = {"NAME": name}
    if plan.dataset is not None and plan.dataset.folder:
        values["DATA"] = plan.dataset.folder
    if plan.resizes or plan.dataset is None:
        values["INPUT_SHAPE"] = plan.input_shape
    if _has_schedule(plan) or plan.dataset is None:
        values["NUM_IMAGES"] = plan.num_images
    if plan.loss.one_hot or plan.dataset is None:
        values["NUM_CLASSES"] = plan.num_classes
    values |= {
        **_validation(plan),
        **({"TEST_SHARE": settings.test_share} if plan.test_share else {}),
        "SEED": settings.seed,
        "EPOCHS": settings.epochs,
        "BATCH_SIZE": settings.batch_size,
        "LEARNING_RATE": settings.learning_rate,
    }
    if isinstance(settings.schedule, CosineDecay) and settings.schedule.warmup_epochs:
        values["WARMUP_EPOCHS"] = settings.schedule.warmup_epochs
    if settings.steps_per_execution > 1:
        values["STEPS_PER_EXECUTION"] = settings.steps_per_execution
    if settings.patience is not None:
        values["PATIENCE"] = settings.patience
    if isinstance(settings.schedule, PiecewiseConstantDecay):
        values["DROP_EPOCHS"] = settings.schedule.boundaries
    return "\n".join(f"{key} = {_plain(value)}" for key, value in values.items())


def _validation(plan: TrainingPlan) -> dict[str, Any]:
    """How many images validate: so many that came for that, or a share."""
    if plan.dataset is not None and plan.validates_given:
        return {"NUM_VALIDATION": plan.dataset.num_validation_images}
    return {"VALIDATION_SHARE": plan.settings.validation_share}


def _compile_model(plan: TrainingPlan) -> str:
    optimizer = plan.settings.optimizer
    rate = "learning_rate" if _has_schedule(plan) else "LEARNING_RATE"
    arguments = [f"learning_rate={rate}", *_changed(optimizer)]
    lines = ["def compile_model(model):", '    """Sets the optimizer, the loss and the metric."""']
    if _has_schedule(plan):
        lines += [
            "    num_training = NUM_IMAGES - NUM_VALIDATION"
            if plan.validates_given
            else "    num_training = NUM_IMAGES - int(np.ceil(NUM_IMAGES * VALIDATION_SHARE))",
            *(
                ["    num_training -= int(np.ceil(NUM_IMAGES * TEST_SHARE))"]
                if plan.test_share
                else []
            ),
            "    steps_per_epoch = int(np.ceil(num_training / BATCH_SIZE))",
            _SCHEDULES[plan.settings.schedule.name](plan.settings.schedule),
        ]
    together = plan.settings.steps_per_execution > 1
    jit_compile = plan.settings.jit_compile
    metric = '"accuracy"'
    if plan.units == 1 and plan.loss.from_logits:
        metric = 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'
    return source_lines(
        *lines,
        call(f"optimizer = keras.optimizers.{optimizer.name}", arguments),
        *(_SCALED if plan.settings.precision == "mixed_float16" else ()),
        *(["    # An epoch's batches have to be a multiple of this number."] if together else []),
        call(
            "model.compile",
            [
                "optimizer=optimizer",
                f"loss={_loss(plan.loss)}",
                f"metrics=[{metric}]",
                *([f"jit_compile={jit_compile == 'on'}"] if jit_compile != "auto" else []),
                *(["steps_per_execution=STEPS_PER_EXECUTION"] if together else []),
            ],
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


def _main(name: str, has_callbacks: bool, has_test: bool, adapts: bool) -> str:
    callbacks = ", make_callbacks()" if has_callbacks else ""
    return source_lines(
        "def main():",
        '    """Trains the model from its beginning and saves it."""',
        "    keras.utils.set_random_seed(SEED)",
        "    data = load_data()",
        "    model = build_model()",
        *([f"    {ADAPT_CALL}"] if adapts else []),
        "    compile_model(model)",
        f"    train(model, data{callbacks})",
        f"    model.save({model_path(name)})",
        *([f"    {LAST_TEST}"] if has_test else []),
    )


def _plain(value: Any) -> str:
    return repr(value) if isinstance(value, float) else literal(value)
