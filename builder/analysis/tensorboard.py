"""Writes a run's metrics as event files for TensorBoard.

The names are those of Keras's own TensorBoard callback: `train` and `validation` below the folder,
`epoch_loss`, `batch_loss` and so on in them. They are written on demand, so they cost the training
nothing.
"""

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builder.analysis.gradients import read_gradients
from builder.runs.metrics import MetricsReader


def write_events(folder: Path, target: Path) -> None:
    """Writes event files for all that a run has recorded.

    Args:
        folder: The run's folder.
        target: The folder for `tensorboard --logdir`; it is made if it is missing.
    """
    reader = MetricsReader(folder)
    with _writer(target / "train") as train:
        times: dict[int, float] = {}
        for step, moment, metrics in reader.batches():
            times[step] = moment
            for name, value in metrics.items():
                _add(train, f"batch_{name}", value, step, moment)
        _add_gradients(train, folder, times)
        for epoch in reader.epochs():
            for name, value in epoch.metrics.items():
                if not name.startswith("val_"):
                    _add(train, f"epoch_{name}", value, epoch.epoch - 1, epoch.time)
    validated = [epoch for epoch in reader.epochs() if any(map(_is_validation, epoch.metrics))]
    if not validated:
        return
    with _writer(target / "validation") as validation:
        for epoch in validated:
            for name, value in epoch.metrics.items():
                if _is_validation(name):
                    tag = f"epoch_{name.removeprefix('val_')}"
                    _add(validation, tag, value, epoch.epoch - 1, epoch.time)


def _add_gradients(writer: Any, folder: Path, times: dict[int, float]) -> None:
    flow = read_gradients(folder)
    if flow is None:
        return
    for step, norms in zip(flow.steps.tolist(), flow.norms.tolist(), strict=True):
        for layer, norm in zip(flow.layers, norms, strict=True):
            _add(writer, f"gradient_norm/{_tag(layer.path)}", norm, step, times.get(step))


def _tag(path: Sequence[str]) -> str:
    """A layer's path for TensorBoard, which groups by slashes and allows no spaces."""
    return "/".join(path).replace(" ", "_")


def _add(writer: Any, tag: str, value: float | None, step: int, moment: float | None) -> None:
    if value is not None:
        writer.add_scalar(tag, value, step, walltime=moment)


def _is_validation(name: str) -> bool:
    return name.startswith("val_")


@contextmanager
def _writer(folder: Path) -> Generator[Any]:
    """A writer of event files, imported late: the pages do without it."""
    from tensorboardX import SummaryWriter  # pyright: ignore[reportMissingTypeStubs]

    # It warns about each number that is not finite, which the file shows anyway.
    logging.getLogger("tensorboardX").setLevel(logging.ERROR)
    with SummaryWriter(str(folder)) as writer:
        yield writer
