"""A training through the app against plain `model.fit` under Keras's defaults, taking turns."""

import os
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.report import heading, line
from benchmarks.training import epochs_in_worker, epochs_of
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.edits import set_parameters
from builder.network.inference import infer
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from builder.transforms.head_edits import adapt_head

PAIRS = 5
"""Many short trainings: how glibc hands out memory differs from process to process."""
EPOCHS = 5
NOISE = 1.05
"""How much longer an epoch of the app's may seem to take on a machine that others use too."""

# What a person would write around the model and the data, on arrays in memory.
_PLAIN = """
(x, y), validation_data = data
model.fit(x, y, batch_size=exported.BATCH_SIZE, epochs=exported.EPOCHS,
          validation_data=validation_data, callbacks=[note])
"""


def run() -> None:
    """Prints the comparison."""
    heading("An epoch through the app and by plain model.fit on this CPU, in turns")
    of_any = TrainingSettings(epochs=EPOCHS, batch_size=32)
    _compare("simple convnet, 64×64", "simple_cifar100", of_any)
    _compare("SE-residual net, 8×8 digits", "se_residual_digits", of_any, size=8)
    of_a_large_one = replace(of_any, validation_share=0.6)
    _compare("ResNet-50, 64×64", "resnet50", of_a_large_one, pairs=2)


def _compare(
    title: str, template: str, settings: TrainingSettings, size: int = 64, pairs: int = PAIRS
) -> None:
    architecture = _sized(TEMPLATES[template].architecture, size)
    assert not infer(architecture).breaks_onednn
    plain: list[float] = []
    app: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(pairs):
            prepared = new_run(Path(folder), architecture, settings)
            plain += epochs_of(prepared, _PLAIN, dict(os.environ))
            app += epochs_in_worker(prepared)
    by_hand, by_app = statistics.median(plain), statistics.median(app)
    line(f"{title}: plain model.fit (median)", f"{by_hand * 1e3:.0f} ms")
    ratio = by_app / by_hand
    line(
        f"{title}: through the app (median)",
        f"{by_app * 1e3:.0f} ms, {ratio:.2f}x",
        "never slower",
        ratio < NOISE,
    )


def _sized(architecture: Architecture, size: int) -> Architecture:
    """The network for images of that size and the ten classes of the digits."""
    (image,) = (node for node in architecture if node.block.max_inputs == 0)
    channels = image.block.values()["shape"][2]
    sized = set_parameters(architecture, image.id, {"shape": (size, size, channels)})
    return adapt_head(sized, 10, "softmax")
