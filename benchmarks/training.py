"""What watching a training costs: against `python train.py` alone, interleaved in one run."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import heading, line
from builder.gallery import TEMPLATES
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run
from builder.scheduler.launcher import environment, follow, start
from builder.scheduler.new_run import new_run
from builder.training.counts import data_counts
from builder.training.settings import TrainingSettings
from tests.app_server import ROOT

PAIRS = 2
EPOCHS = 8
ROUNDS = 18
WARM_UP = 2
"""Epochs at the start that are not measured: TensorFlow still traces and warms up."""

# The script as it stands, with nothing but a note of the time at the end of each epoch.
_TIMED = """
import importlib.util, json, time
specification = importlib.util.spec_from_file_location("exported", "train.py")
exported = importlib.util.module_from_spec(specification)
specification.loader.exec_module(exported)
import keras
ends = []
note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(time.time()))
keras.utils.set_random_seed(exported.SEED)
data = exported.load_data()
model = exported.build_model()
exported.compile_model(model)
{fit}
print("\\n" + json.dumps(ends))
"""
_ALONE = "exported.train(model, data, callbacks=[note])"


def run() -> None:
    """Prints the comparison."""
    architecture = TEMPLATES["se_residual_digits"].architecture
    settings = TrainingSettings(epochs=EPOCHS, batch_size=32)
    with tempfile.TemporaryDirectory() as folder:
        _in_one_process(new_run(Path(folder), architecture, settings))
        heading(f"Training the digits by themselves and by the worker, {PAIRS} times each")
        alone: list[float] = []
        like_worker: list[float] = []
        worker: list[float] = []
        for _ in range(PAIRS):
            prepared = new_run(Path(folder), architecture, settings)
            alone += epochs_of(prepared, _ALONE, dict(os.environ))
            like_worker += epochs_of(prepared, _ALONE, environment(settings.device))
            worker += epochs_in_worker(prepared)
    bare, kept, watched = map(statistics.median, (alone, like_worker, worker))
    batches = data_counts(settings).batches_per_epoch
    line("an epoch by `python train.py` alone (median)", f"{bare * 1e3:.0f} ms")
    line("the same with the worker's variables (median)", f"{kept * 1e3:.0f} ms")
    line("an epoch through the worker, watched live (median)", f"{watched * 1e3:.0f} ms")
    line("a step alone (median)", f"{bare / batches * 1e3:.2f} ms")


def _in_one_process(prepared: Run) -> None:
    """Three copies of the model take turns, so that what disturbs one disturbs all."""
    heading(f"Training the digits, {ROUNDS} epochs each in turns")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.watching", str(prepared.folder), str(ROUNDS)],
        cwd=ROOT,
        env=environment(prepared.settings.device if prepared.settings else "auto"),
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = json.loads(done.stdout.splitlines()[-1])
    line("an epoch, bare (median)", f"{statistics.median(seconds['bare'][WARM_UP:]) * 1e3:.0f} ms")
    watched = _overhead(seconds, "watched", "bare")
    line("what watching adds", f"{watched:+.1%}", "< 1 %", watched < 0.01)
    norms = _overhead(seconds, "with gradients", "watched")
    line("what gradient norms add to that", f"{norms:+.1%}", "< 2 %", norms < 0.02)


def _overhead(seconds: dict[str, list[float]], more: str, less: str) -> float:
    """The median of the rounds' ratios, less one."""
    rounds = itertools.islice(zip(seconds[more], seconds[less], strict=True), WARM_UP, None)
    return statistics.median(one / other for one, other in rounds) - 1


def epochs_of(run: Run, fit: str, variables: dict[str, str]) -> list[float]:
    """Seconds of each epoch of the run's script, started by itself.

    Args:
        run: The run, which is not started.
        fit: The statement that trains `model` on `data` with the callback `note`.
        variables: The environment.
    """
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(fit=fit)],
        cwd=run.folder,
        env=variables,
        check=True,
        capture_output=True,
        text=True,
    )
    return durations(json.loads(done.stdout.splitlines()[-1]))


def epochs_in_worker(run: Run) -> list[float]:
    """Seconds of each epoch of the same run, trained by the worker."""
    start(run)
    (*_, last) = follow(run)
    if last.state != "finished":
        raise RuntimeError(f"the run {last.state}: {last.message}")
    return durations([epoch.time for epoch in MetricsReader(run.folder).epochs()])


def durations(ends: list[float]) -> list[float]:
    """Seconds of each epoch from the times of their ends, without those that warm up."""
    return [
        after - before for before, after in zip(ends[WARM_UP:], ends[WARM_UP + 1 :], strict=False)
    ]
