"""Trains three copies of a run's model in turns, an epoch each, and prints what each epoch took.

One copy is trained as `python train.py` does it, one is watched by the worker's callbacks, one's
gradient norms are recorded as well. All else on the machine disturbs the three alike, so that even
a busy one shows small differences. Started by `benchmarks.training` as
`python -m benchmarks.watching RUN_FOLDER EPOCHS`.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_state import SCRIPT, RunState
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.worker.checkpoints import Checkpoints, Place
from builder.worker.gradient_log import GradientLog
from builder.worker.gradient_norms import GradientNorms
from builder.worker.progress import Progress
from builder.worker.restore import Task
from builder.worker.script import load_script

KINDS = ("bare", "watched", "with gradients")


def main(folder: Path, epochs: int) -> None:
    script = load_script(folder / SCRIPT)
    keras: Any = importlib.import_module("keras")
    data = script.load_data()
    num_batches = -(-len(data[0][0]) // script.BATCH_SIZE)
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with ExitStack() as stack:
        train = {
            kind: _trainer(kind, folder / kind, script, keras, data, num_batches, stack)
            for kind in KINDS
        }
        for epoch in range(epochs):
            script.EPOCHS = epoch + 1  # each call trains one epoch
            for kind in _in_turns(epoch):
                begin = time.perf_counter()
                train[kind](epoch)
                seconds[kind].append(time.perf_counter() - begin)
    print("\n" + json.dumps(seconds))


def _in_turns(epoch: int) -> tuple[str, ...]:
    """Each kind comes first, second and last equally often."""
    first = epoch % len(KINDS)
    return KINDS[first:] + KINDS[:first]


def _trainer(
    kind: str,
    folder: Path,
    script: Any,
    keras: Any,
    data: Any,
    num_batches: int,
    stack: ExitStack,
) -> Callable[[int], None]:
    """What trains one epoch of one copy of the model."""
    keras.utils.set_random_seed(script.SEED)
    entering: Any = importlib.import_module("builder.worker.entering")
    model = script.build_model()
    script.compile_model(model)
    if kind == "bare":
        return lambda epoch: entering.train(script, model, data, (), Place(epoch))
    folder.mkdir()
    callbacks: Any = importlib.import_module("builder.worker.callbacks")
    stop, state = (
        StopRequest(),
        RunState(RunStatus.STARTING, epochs=script.EPOCHS, started=time.time()),
    )
    progress = Progress(folder, state, stop)
    stack.callback(progress.close)
    images = len(data[0][0])
    writer = stack.enter_context(MetricsWriter(folder, num_batches, script.BATCH_SIZE, images))
    if kind == "with gradients":
        stack.enter_context(GradientLog(folder, GradientNorms(keras, model, num_batches), 0))
    task = Task([], folder / "best.keras", script.EPOCHS, script.LEARNING_RATE, None)
    checkpoints = Checkpoints(folder, model.count_params(), None)
    recorder = callbacks.Recorder(writer, progress, checkpoints, stop, task)
    progress.begin_training(script.EPOCHS, num_batches, script.BATCH_SIZE)
    return lambda epoch: entering.train(script, model, data, recorder.all, Place(epoch))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
