"""The estimate of a training's memory: by hand, against Keras, and against what a process takes."""

import subprocess
import sys
from typing import Any

import pytest

from builder.checks.memory_need import BASE_BYTES, MemoryNeed, in_words, memory_need, slots
from builder.gallery import TEMPLATES
from builder.network.inference import infer
from builder.training.optimizers import SGD, Adam, AdamW, RMSprop
from builder.training.settings import TrainingSettings
from tests.broken import net

OPTIMIZERS = (
    SGD(),
    SGD(momentum=0.9),
    Adam(),
    Adam(amsgrad=True),
    AdamW(),
    RMSprop(),
    RMSprop(momentum=0.9, centered=True),
)


def test_it_is_counted_by_hand() -> None:
    """An image of 256 numbers, flattened, and a layer of 10 that has 2,570 weights."""
    image = ("image", "Input", {"shape": (8, 8, 4)})
    inference = infer(net(image, ("flat", "Flatten"), ("dense", "Dense", {"units": 10})))
    assert inference.total_params == 2_570
    need = memory_need(inference, TrainingSettings())
    assert need.fixed == BASE_BYTES + 4 * 2_570 + 4 * 2_570 * 3
    assert need.per_image == 1.25 * inference.activation_bytes
    assert need.at(10) == need.fixed + 10 * need.per_image
    mixed = memory_need(inference, TrainingSettings(precision="mixed_float16", optimizer=SGD()))
    assert mixed.fixed == BASE_BYTES + 6 * 2_570 + 4 * 2_570
    assert mixed.per_image == need.per_image / 2


@pytest.mark.parametrize(
    ("free", "images", "expected"),
    [(1_000, 9_999, 64), (799, 9_999, 32), (1_000, 50, 32), (10**9, 10**6, 512), (130, 99, None)],
)
def test_the_largest_power_of_two_that_leaves_a_fifth_free(
    free: int, images: int, expected: int | None
) -> None:
    assert MemoryNeed(100, 10).largest(free, images) == expected


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 MB"), (31e7, "310 MB"), (0.9996e9, "1.0 GB"), (1.24e9, "1.2 GB")]
)
def test_sizes_are_written_short(size: float, words: str) -> None:
    assert in_words(size) == words


@pytest.mark.keras
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_slots_are_those_of_keras(optimizer: Any) -> None:
    keras = pytest.importorskip("keras")
    chosen = {name: getattr(optimizer, name) for name in optimizer.__dataclass_fields__}
    made = getattr(keras.optimizers, chosen.pop("name"))(**chosen)
    made.build([keras.Variable([[1.0, 2.0], [3.0, 4.0]])])
    assert sum(variable.shape == (2, 2) for variable in made.variables) == slots(optimizer)


MEASURE = """
import re, sys
from pathlib import Path
import numpy as np
space = {"__name__": "script"}
exec(compile(sys.stdin.read(), "train.py", "exec"), space)
model = space["build_model"]()
space["compile_model"](model)
images = np.zeros((BATCH, 32, 32, 3), "uint8")
model.train_on_batch(images, np.zeros((BATCH, 10))[:, :1].astype(int))  # the next ones: 3 % more
# Not `getrusage`: that of a child begins at what its parent holds.
kilobytes = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(int(kilobytes) * 1024)
"""


@pytest.mark.keras
def test_a_real_training_takes_as_much_within_a_factor_of_one_and_a_half() -> None:
    from builder.codegen.keras.script import to_script

    architecture = TEMPLATES["small_residual"].architecture
    settings = TrainingSettings(dataset="digits")
    batch = 1_024
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.replace("BATCH", str(batch))],
        input=to_script(architecture, settings),
        capture_output=True,
        text=True,
        check=True,
    )
    need = memory_need(infer(architecture), settings)
    assert need.at(batch) > 2 * need.fixed, "most of it depends on the batch"
    assert 1 / 1.5 < int(done.stdout) / need.at(batch) < 1.5
