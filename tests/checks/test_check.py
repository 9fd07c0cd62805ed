from dataclasses import replace
from typing import Any

import pytest

from builder.checks import wording
from builder.checks.finding import Finding, FindingCode
from builder.checks.machine_check import memory_words, precisions
from builder.checks.memory_need import MemoryNeed, estimate_on
from builder.checks.training_check import Check, check
from builder.datasets.availability import Availability, Reach
from builder.network.inference import infer
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.system.level import Level
from builder.training.counts import data_counts
from builder.training.settings import (
    SGD,
    CosineDecay,
    PiecewiseConstantDecay,
    TrainingSettings,
)
from builder.transforms.fixes import AdaptHead, ChangeSetting
from builder.transforms.network_fixes import AddRescaling
from tests.broken import net

GOOD: dict[str, Any] = {
    "input_shape": (32, 32, 3),
    "output_shape": (10,),
    "output_activation": "softmax",
    "of_layers": (),
    "settings": TrainingSettings(),
}


def cpu(free: int) -> tuple[Device, ...]:
    return (Device("auto", "Automatic"), Device("cpu", "CPU", free + 7, 7))


CPU = cpu(free=64 * 10**9)
AVX512 = (CPU[0], replace(CPU[1], is_fast_in_bfloat16=True))
CARD = (*CPU, Device("gpu:0", "GPU", 10 * 10**9, 2 * 10**9))


def checked(**changes: Any) -> Check:
    names = TrainingSettings.__dataclass_fields__
    changed = {name: changes.pop(name) for name in list(changes) if name in names}
    return check(**{**GOOD, "settings": replace(GOOD["settings"], **changed), **changes})


def test_a_good_model_is_ready() -> None:
    assert checked().findings == ()
    assert checked().sentence == (
        "Ready: 1,437 training images and 360 for validation, 45 batches an epoch. "
        "Images are resized from 8×8×1 to 32×32×3."
    )


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"input_shape": (8, 8, 1)}, "45 batches an epoch."),
        ({"input_shape": (8, 8, 3)}, "Gray images are repeated to 3 channels."),
        ({"dataset": "cifar10", "input_shape": (32, 32, 1)}, "Color images are turned to gray."),
        (
            {"dataset": "cifar10"},
            "40,000 training images, 10,000 for validation and 10,000 for one last test, "
            "1,250 batches an epoch.",
        ),
        ({"batch_size": 1437, "input_shape": (8, 8, 1)}, "1 batch an epoch."),
    ],
)
def test_the_sentence_says_what_happens_to_the_images(changes: dict[str, Any], end: str) -> None:
    found = checked(**changes)
    assert found.findings == ()
    assert found.sentence.endswith(end)


RANGE = Finding(
    FindingCode.DATA_WARNING, Level.WARNING, {"warning": "Pixels reach it."}, AddRescaling()
)
HEAD = AdaptHead(10, "softmax")
EMPTY = net()
BROKEN = net(("image", "Input", {"shape": (1, 1, 3)}), ("pool", "MaxPooling2D"))


@pytest.mark.parametrize(
    ("changes", "level", "words", "fix"),
    [
        ({"output_shape": (1,), "output_activation": "sigmoid"}, "error", "has 1 unit;", HEAD),
        ({"output_shape": (1000,)}, "error", "has 1,000 units;", HEAD),
        ({"output_shape": (4, 4, 10)}, "error", "puts out 4×4×10", HEAD),
        ({"output_activation": "sigmoid"}, "info", "softmax fits better", HEAD),
        ({"output_activation": "relu"}, "warning", "taken as logits", HEAD),
        ({"output_activation": "shares"}, "warning", "no longer add up to 1", HEAD),
        ({"of_layers": (RANGE,)}, "warning", "Pixels reach it.", AddRescaling()),
        ({"input_shape": (64,)}, "error", "expected an image", None),
        ({"dataset": "cifar10", "input_shape": (32, 32, 4)}, "error", "takes 4 channels", None),
        ({"batch_size": 2000}, "warning", "only 1,437 training images", "batch_size"),
        ({"loss": "binary_crossentropy"}, "warning", "categorical_crossentropy fits", "loss"),
        (
            {"loss": "mean_squared_error", "label_smoothing": 0.1},
            "warning",
            "no effect",
            "label_smoothing",
        ),
        ({"schedule": CosineDecay(warmup_epochs=10)}, "error", "only 10 epochs", None),
        (
            {"schedule": PiecewiseConstantDecay(boundaries=(5, 12))},
            "warning",
            "after epoch 12,",
            None,
        ),
        ({"optimizer": SGD(nesterov=True)}, "warning", "momentum is 0", None),
        ({"dataset": "placeholder"}, "error", "no data to train on", None),
        ({"errors": infer(BROKEN).errors}, "error", "a broken node: pool. Mend", None),
        ({"errors": infer(EMPTY).errors}, "error", "The network is empty. Add an Input", None),
        ({"output_shape": None}, "error", "The network has errors", None),
        (
            {"device": "gpu:3", "machine": CPU},
            "error",
            "gpu:3 is not on this machine",
            "device",
        ),
        ({"machine": cpu(free=1_000_000)}, "error", "memory, 1 MB are free", None),
        (
            {"machine": cpu(free=1_020_000_000), "need": MemoryNeed(200_000_000, 10**8)},
            "error",
            "Batches of 32 images need about 3.4 GB of memory, 1.0 GB are free. Up to 4 would fit.",
            "batch_size",
        ),
        (
            {"machine": cpu(free=1_006_000_000), "need": MemoryNeed(10**9, 10**8)},
            "error",
            "Use fewer filters",
            None,
        ),
        (
            {"machine": CPU, "precision": "mixed_float16"},
            "warning",
            "several times slower on this CPU",
            "precision",
        ),
        (
            {"machine": AVX512, "precision": "mixed_bfloat16"},
            "info",
            "0.7 to 1.3 times as much",
            None,
        ),
        (
            {"machine": AVX512, "precision": "mixed_bfloat16", "breaks_onednn": True},
            "warning",
            "several times slower on this CPU",
            "precision",
        ),
        ({"machine": CPU, "jit_compile": "on"}, "info", "On a CPU XLA takes seconds more", None),
        (
            {"steps_per_execution": 10},
            "error",
            "expected a divisor of the 45 batches of an epoch",
            "steps_per_execution",
        ),
        (
            {"availability": Availability(Reach.UNAVAILABLE, BuilderError("no network").problem)},
            "error",
            "No network.",
            None,
        ),
        (
            {"availability": Availability(Reach.DOWNLOAD, BuilderError("11 MB").problem)},
            "info",
            "11 MB.",
            None,
        ),
    ],
)
def test_findings(changes: dict[str, Any], level: str, words: str, fix: Any) -> None:
    found = checked(**changes)
    assert [finding.level for finding in found.findings] == [level]
    assert words in found.findings[0].message
    actual = found.findings[0].fix
    assert getattr(actual, "setting", None) == fix if isinstance(fix, str) else actual == fix
    assert found.ok == (level != "error")
    assert found.sentence.startswith("Ready: " if found.ok else "Not ready: ")


def test_every_code_has_its_sentence() -> None:
    assert {code.value for code in FindingCode} == wording.CODES


def test_errors_come_first() -> None:
    found = checked(of_layers=(RANGE,), output_shape=(3,), optimizer=SGD(nesterov=True))
    assert [finding.level for finding in found.findings] == ["error", "warning", "warning"]
    assert found.findings[0].message in found.sentence


def test_where_no_image_is_left_nothing_is_said_of_their_number() -> None:
    (found,) = checked(validation_share=0.5, test_share=0.5).findings
    assert "none is left to learn from" in found.message


def test_linear_outputs_are_logits() -> None:
    assert checked(output_activation=None).findings == ()
    assert checked(output_activation="linear").findings == ()


def test_every_fix_that_sets_something_mends_its_finding() -> None:
    scarce = {"machine": cpu(free=10**9), "need": MemoryNeed(10**8, 10**8)}
    for changes in (
        {"batch_size": 2000},
        {"validation_share": 0.9, "test_share": 0.09},
        {"loss": "binary_crossentropy"},
        {"steps_per_execution": 44},
        {"machine": CPU, "precision": "mixed_bfloat16"},
        {"machine": CPU, "device": "gpu:1"},
        scarce,
    ):
        fix = checked(**changes).findings[0].fix
        assert isinstance(fix, ChangeSetting)
        assert checked(**{**changes, fix.setting: fix.value}).findings == ()


def test_what_is_slow_on_a_cpu_is_not_said_of_a_gpu() -> None:
    fast = {"precision": "mixed_float16", "jit_compile": "on"}
    assert checked(machine=CARD, **fast).findings == ()
    assert len(checked(machine=CARD, device="cpu", **fast).findings) == 2


def test_why_a_run_takes_one_of_several_gpus_is_said() -> None:
    cards = (*CARD, Device("gpu:1", "GPU", 10**10))
    for device, named in (("auto", "gpu:0"), ("gpu:1", "gpu:1")):
        (found,) = checked(machine=cards, device=device).findings
        assert found.level == "info"
        assert found.message.startswith(f"This run trains on {named}, one of 2 GPUs;")
    assert checked(machine=cards, device="cpu").findings == ()


def test_a_batch_is_measured_by_the_memory_of_its_device() -> None:
    need = MemoryNeed(0, 10**8)
    assert checked(machine=CARD, need=need, batch_size=80).findings == ()
    (found,) = checked(machine=CARD, need=need, batch_size=81).findings
    assert "8.1 GB of memory, 8.0 GB are free. Up to 64 would fit." in found.message
    assert checked(machine=CARD, need=need, batch_size=81, device="cpu").findings == ()


def test_a_person_may_insist_on_too_little_memory_and_on_nothing_else() -> None:
    need = MemoryNeed(0, 10**8)
    assert checked(machine=cpu(free=10**9), need=need).can_be_forced
    assert checked(machine=cpu(free=10**6)).can_be_forced
    assert not checked(machine=cpu(free=10**9), need=need, output_shape=(3,)).can_be_forced
    assert not checked(output_shape=(3,)).can_be_forced
    assert not checked().can_be_forced


def test_keras_copies_of_the_images_that_it_evaluates_are_counted() -> None:
    """Of 1,797 digits, the larger of the two sets that Keras evaluates counts three times."""
    need, free = MemoryNeed(0, 0), cpu(free=10**9)
    one = 8 * 8
    tenth = replace(GOOD["settings"], validation_share=0.1, test_share=0.0)
    counts = data_counts(tenth)
    found = estimate_on(free, need, (8, 8, 1), tenth)
    assert (found.num_images, found.images) == (1_797, (1_797 + 2 * counts.val_images) * one)
    more = replace(tenth, test_share=0.4)
    counts = data_counts(more)
    assert counts.test_images > counts.val_images
    found = estimate_on(free, need, (8, 8, 1), more)
    assert found.images == (1_797 + 2 * counts.test_images) * one


def test_every_number_of_steps_that_divides_an_epoch_is_ready() -> None:
    for steps in (1, 3, 5, 9, 15, 45):
        assert checked(steps_per_execution=steps).ok
    fix = checked(steps_per_execution=100).findings[0].fix
    assert fix == ChangeSetting("steps_per_execution", 45)


@pytest.mark.parametrize(
    ("machine", "asked", "words"),
    [
        (CARD, {}, "3.2 GB to train at batch B, of 8.0 GB free; up to 64 fits"),
        (
            CARD,
            {"validation_share": 0.9, "test_share": 0.07},
            "3.2 GB to train at batch B, of 8.0 GB free",
        ),
        (
            CARD,
            {"batch_size": 4, "validation_share": 0.9, "test_share": 0.07},
            "400 MB to train at batch B, of 8.0 GB free; 32 would fit too",
        ),
        (CARD, {"batch_size": 64}, "6.4 GB to train at batch B, of 8.0 GB free"),
        (
            cpu(free=8 * 10**10),
            {"device": "cpu"},
            "3.2 GB to train at batch B, of 80.0 GB free; 512 would fit too",
        ),
        (CARD, {"device": "gpu:7"}, "3.2 GB to train at batch B"),
        (cpu(free=10**9), {"device": "cpu"}, "3.2 GB to train at batch B, of 999 MB free"),
    ],
)
def test_memory_is_put_into_words(machine: Any, asked: dict[str, Any], words: str) -> None:
    need = MemoryNeed(0, 10**8)
    settings = replace(GOOD["settings"], **asked)
    found = memory_words(estimate_on(machine, need, (24, 24, 1), settings))
    assert found == words.replace("batch B", f"batch {asked.get('batch_size', 32)}")


def test_float16_is_offered_where_there_is_a_gpu() -> None:
    assert precisions("auto", CPU) == precisions("cpu", CARD) == ("float32", "mixed_bfloat16")
    assert "mixed_float16" in precisions("auto", CARD)
    assert "mixed_float16" in precisions("gpu:0", CARD)
