"""The settings of a training: data, optimizer, schedule, loss, lengths, device.

Forms, help texts, JSON and validation are all derived from the declarations here. Names, defaults
and ranges are Keras's own.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from builder.blocks.declaration import Declared, declaration
from builder.blocks.parameter import MORE, Applies
from builder.datasets.names import OWN, PUBLISHED
from builder.datasets.published import Dataset, known
from builder.system.formats import Format, declare
from builder.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from builder.training.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    Schedule,
)
from builder.training.setting_types import (
    DATA_SET,
    OPTIMIZER,
    SCHEDULE,
    SPEED,
    Count,
    Flag,
    Real,
)

__all__ = [
    "LOCAL",
    "MAX_EPOCHS",
    "MAX_LEARNING_RATE",
    "SGD",
    "Adam",
    "AdamW",
    "Constant",
    "CosineDecay",
    "ExponentialDecay",
    "Monitor",
    "PiecewiseConstantDecay",
    "Precision",
    "RMSprop",
    "Split",
    "TrainingSettings",
]

SETTINGS = declare(Format("training settings"))
"""The stamped values of `TrainingSettings`, in documents, runs and files written by hand."""
MAX_EPOCHS = 100_000
MAX_LEARNING_RATE = 100.0

LOCAL = "local"
"""The setting `run_on` for this machine."""

LossName = Literal[
    "auto",
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
]

Monitor = Literal["val_loss", "val_accuracy"]
Split = Literal["auto", "random", "stratified"]
ValidationSet = Literal["given", "share"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
JitCompile = Literal["auto", "on", "off"]


_CLUSTER = re.compile(r"ray://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}")


def _device(name: str) -> str:
    if not re.fullmatch("auto|cpu|gpu:[0-9]{1,3}", name):
        raise ValueError("auto, cpu, or a GPU by its number such as gpu:0")
    return name


def _run_on(place: str) -> str:
    if place != LOCAL and not _CLUSTER.fullmatch(place):
        raise ValueError(
            f"{LOCAL}, or a Ray cluster's address such as ray://head.example.org:10001"
        )
    return place


def _dataset(name: str) -> str:
    if name not in PUBLISHED and not re.fullmatch(f"{OWN}[0-9a-f]{{16}}", name):
        raise ValueError(f"one of {', '.join(PUBLISHED)}, or {OWN} and the id of your own images")
    return name


@declaration
class TrainingSettings(Declared):
    """All settings of a training, as one frozen value.

    The form shows the settings section by section, in the order of their declaration.
    """

    dataset: Annotated[
        str, AfterValidator(_dataset), Field(description="What the model learns from."), DATA_SET
    ] = "digits"
    optimizer: Annotated[
        Optimizer, Field(description="How the weights are changed."), OPTIMIZER
    ] = Adam()
    learning_rate: Annotated[
        Real,
        Field(gt=0, le=MAX_LEARNING_RATE, description="Size of the optimizer's steps."),
        OPTIMIZER,
    ] = 0.001
    schedule: Annotated[
        Schedule, Field(description="How the learning rate changes over the epochs."), SCHEDULE
    ] = Constant()
    loss: Annotated[
        LossName,
        Field(description="What is minimized; auto chooses by the model's last activation."),
    ] = "auto"
    epochs: Annotated[Count, Field(le=MAX_EPOCHS, description="Passes over the data.")] = 10
    batch_size: Annotated[Count, Field(le=65_536, description="Images in one step.")] = 32
    validation_set: Annotated[
        ValidationSet,
        Field(
            description="Which images validate: given is the validation set that came with your "
            "own images, where one did; share draws a share anew from all but the test images, "
            "which can put pictures of one patient, scene or video on both sides."
        ),
        Applies(lambda settings: settings.has_given_validation),
    ] = "given"
    validation_share: Annotated[
        Real,
        Field(
            gt=0,
            le=0.9,
            description="Share of the images kept for validation, 0 to 1, where no validation "
            "set is used that came with them.",
        ),
        Applies(lambda settings: settings.draws_validation),
    ] = 0.2
    test_share: Annotated[
        Real,
        Field(
            ge=0,
            le=0.5,
            description="Share of the images kept apart for one last test, 0 to 0.5; 0 means none.",
        ),
    ] = 0.0
    split: Annotated[
        Split,
        Field(
            description="Which images are kept for validation: drawn from all at random, or "
            "stratified, the same share of each class. auto means stratified for your own images."
        ),
    ] = "auto"
    seed: Annotated[
        int,
        Strict(),
        Field(ge=0, le=2**32 - 1, description="Same seed, same split, weights and order."),
    ] = 0
    device: Annotated[
        str,
        AfterValidator(_device),
        Field(
            description="Where to train: auto, cpu, or one GPU such as gpu:0. auto is the first "
            "GPU, else the CPU."
        ),
    ] = "auto"
    precision: Annotated[
        Precision,
        Field(
            description="Numbers that the layers compute with; weights and the last block stay "
            "float32. The mixed ones are for GPUs with tensor cores: half the memory for what "
            "layers put out, and less time. mixed_bfloat16 has the range of float32; mixed_float16 "
            "is for cards before Ampere; its loss is scaled so that no small gradient becomes 0."
        ),
        SPEED,
    ] = "float32"
    jit_compile: Annotated[
        JitCompile,
        Field(
            description="Whether XLA compiles the training step: it joins small operations, and "
            "takes longer to begin. auto uses it on a GPU and leaves it off on a CPU."
        ),
        SPEED,
    ] = "auto"
    steps_per_execution: Annotated[
        Count,
        Field(
            le=10_000,
            description="Batches that run in one go, before curves, Pause and Stop get their turn. "
            "Meant for small networks on a GPU, whose short steps are held up by Python; on a CPU "
            "nothing was gained. It has to divide the batches of an epoch.",
        ),
        SPEED,
    ] = 1
    run_on: Annotated[
        str,
        AfterValidator(_run_on),
        Field(
            description="The machine that trains: local is this one; the address of a Ray cluster, "
            "such as ray://head.example.org:10001, has one of its machines train."
        ),
        MORE,
    ] = LOCAL
    patience: Annotated[
        Annotated[int, Strict(), Field(ge=1, le=10_000)] | None,
        Field(description="Ends after so many epochs without a better value; empty means never."),
        MORE,
    ] = None
    monitor: Annotated[
        Monitor, Field(description="Which metric patience and keep_best go by."), MORE
    ] = "val_loss"
    keep_best: Annotated[
        Flag,
        Field(description="Also keeps the model of the best epoch, not only the last one."),
        MORE,
    ] = False
    resume_if_lost: Annotated[
        Flag,
        Field(
            description="Resumes the run automatically, once, if its process was killed or "
            "crashed, as when memory ran out. Runs that wait for the device go first. Off, the run "
            "stays as it is: the kill may have been intended."
        ),
        MORE,
    ] = False
    label_smoothing: Annotated[
        Real,
        Field(ge=0, lt=1, description="Share of each label spread over all classes; 0 is none."),
        MORE,
    ] = 0.0

    @classmethod
    def type_name(cls) -> str:
        return "training settings"

    @property
    def is_local(self) -> bool:
        """Whether this machine trains, rather than one of a cluster."""
        return self.run_on == LOCAL

    @property
    def place(self) -> str:
        """What a training waits for: a device of this machine, or a cluster by its address."""
        return self.device if self.is_local else self.run_on

    @property
    def is_stratified(self) -> bool:
        """Whether the same share of each class's images is kept for validation."""
        if self.split == "auto":
            return self.dataset.startswith(OWN)
        return self.split == "stratified"

    @property
    def has_given_validation(self) -> bool:
        """Whether a validation set came with the images."""
        data = known(self.dataset)
        return data is not None and data.num_validation_images > 0

    @property
    def draws_validation(self) -> bool:
        """Whether a share of the images is kept for validation."""
        return not self.uses_given_validation(known(self.dataset))

    def uses_given_validation(self, data: Dataset | None) -> bool:
        """Whether the validation set that came with the images is used."""
        given = data is not None and data.num_validation_images > 0
        return given and self.validation_set == "given"
