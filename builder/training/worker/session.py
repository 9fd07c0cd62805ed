"""One training, from the first import to the last file."""

import faulthandler
import importlib
import logging
import math
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from builder.training.datasets import availability, catalogue
from builder.training.metrics import EpochMetrics, MetricsReader
from builder.training.metrics_writer import MetricsWriter
from builder.training.run_folder import RunError, read
from builder.training.run_state import CHECKPOINTS, HISTORY, MODEL, SCRIPT, RunState
from builder.training.settings import TrainingSettings
from builder.training.worker.checkpoints import Checkpoints
from builder.training.worker.explain import explain
from builder.training.worker.lock import WorkerLock
from builder.training.worker.progress import Progress
from builder.training.worker.stopping import StoppedError, StopRequest

STOPPED_EXIT_CODE = 75
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

log = logging.getLogger("convstack.worker")


def main(arguments: Sequence[str]) -> int:
    """Trains the run whose folder is the only argument.

    Returns:
        0 when finished, 75 when stopped on request, 1 when failed, 2 for wrong usage.
    """
    _set_up_log()
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        log.error("usage: python -m builder.training.worker RUN_FOLDER")
        return 2
    folder = Path(arguments[0]).absolute()
    stop = StopRequest()
    stop.listen()
    lock = WorkerLock(folder)
    if not lock.acquire():
        log.error("another worker trains this run")
        return 1
    try:
        run = read(folder)
        if run.settings is None or run.state.state != "queued":
            log.error("not started: the run is %s. %s", run.state.state, run.state.message)
            return 1
        return Session(folder, run.settings, stop).run()
    finally:
        lock.release()


class Session:
    """Trains a run and says in its folder what became of it.

    Args:
        folder: The run's folder, whose lock is held.
        settings: What was asked for.
        stop: Looked at between the steps.
    """

    def __init__(self, folder: Path, settings: TrainingSettings, stop: StopRequest) -> None:
        self._folder = folder
        self._settings = settings
        self._stop = stop
        state = RunState("starting", epochs=settings.epochs, started=time.time())
        self._progress = Progress(folder, state, stop)

    def run(self) -> int:
        """Trains; the exit code says how it ended."""
        try:
            self._train()
        except StoppedError:
            log.info("stopped")
            self._conclude("stopped", "stopped on request")
            return STOPPED_EXIT_CODE
        except Exception as error:  # whatever it is, the person has to be told
            log.exception("failed while %s", self._progress.state.stage)
            message = explain(error, self._settings, self._progress.state.stage)
            self._conclude("failed", message)
            return 1
        self._conclude("finished", "")
        log.info("finished")
        return 0

    def _train(self) -> None:
        """Does what `main()` of the script does, in the same order and with the same seed."""
        backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
        self._enter(f"starting {_BACKENDS.get(backend, backend)}")
        # First: what the script sets for TensorFlow has to stand before anything imports it.
        script = _load_script(self._folder / SCRIPT)
        callbacks: Any = importlib.import_module("builder.training.worker.callbacks")
        self._progress.set(device=choose_device(callbacks.keras, self._settings.device))
        callbacks.keras.utils.set_random_seed(script.SEED)
        self._enter(_loading_stage(self._settings.dataset))
        data = script.load_data()
        self._enter("building the model")
        model = script.build_model()
        script.compile_model(model)
        self._stop.obey()
        num_images = len(data[0][0])
        num_batches = math.ceil(num_images / script.BATCH_SIZE)
        checkpoints = Checkpoints(self._folder, model.count_params())
        with MetricsWriter(self._folder, num_batches, script.BATCH_SIZE, num_images) as writer:
            recorder = callbacks.Recorder(writer, self._progress, checkpoints, self._stop)
            self._progress.begin_training(script.EPOCHS, num_batches, script.BATCH_SIZE)
            script.train(model, data, callbacks=[recorder, callbacks.Silence()])
        if writer.failure:
            log.warning("some metrics could not be written: %s", writer.failure)
        self._progress.set(stage="saving the model")
        checkpoints.save(model, script.EPOCHS, 0, script.EPOCHS * num_batches)

    def _enter(self, stage: str) -> None:
        self._stop.obey()
        log.info(stage)
        self._progress.set(stage=stage)

    def _conclude(self, state: str, message: str) -> None:
        """Leaves the files of the end, whatever the end is."""
        epochs = MetricsReader(self._folder).epochs()
        results: dict[str, Any] = {}
        try:
            if epochs:
                (self._folder / HISTORY).write_text(MetricsReader(self._folder).history_csv())
                results = summarise(epochs)
            if state != "failed":
                _publish_model(self._folder)
        except OSError as error:
            state, message = "failed", explain(error, self._settings, "saving the results")
        began = self._progress.state.started or time.time()
        results["seconds"] = round(time.time() - began, 1)
        stage = self._progress.state.stage if state == "failed" else ""
        self._progress.close(state=state, message=message, stage=stage, results=results)


def summarise(epochs: Sequence[EpochMetrics]) -> dict[str, Any]:
    """What a training came to: the best epoch and the last one.

    Args:
        epochs: All epochs, oldest first; at least one.

    Returns:
        `monitor` (the metric that decides), `best`, `best_epoch` and `final` (all metrics).
    """
    final = dict(epochs[-1].metrics)
    for monitor, choose in (("val_accuracy", max), ("val_loss", min), ("loss", min)):
        values = {
            row.epoch: value for row in epochs if (value := row.metrics.get(monitor)) is not None
        }
        if values:
            best = choose(values, key=values.__getitem__)
            return {"monitor": monitor, "best": values[best], "best_epoch": best, "final": final}
    return {"final": final}


def _loading_stage(name: str) -> str:
    """Says whether the data have to be fetched first, which may take minutes."""
    chosen = catalogue().get(name)
    if chosen is None or availability(name).state == "cached":
        return "loading data"
    return f"downloading {chosen.title} ({chosen.download_bytes / 1e6:,.0f} MB)"


def _load_script(path: Path) -> Any:
    """Imports the run's script by its path, and leaves no compiled copy in the run's folder."""
    module = ModuleType("train")
    module.__file__ = str(path)
    sys.modules["train"] = module
    exec(compile(path.read_bytes(), path, "exec"), module.__dict__)
    return module


def choose_device(keras: Any, wanted: str) -> str:
    """The device that Keras will use.

    Args:
        keras: The module.
        wanted: The setting `device`.

    Raises:
        RunError: A GPU was asked for, and Keras sees none.
    """
    names: Sequence[str] = keras.distribution.list_devices()  # the best kind that there is
    on_gpu = any(not name.lower().startswith("cpu") for name in names)
    if not on_gpu and wanted.startswith("gpu"):
        raise RunError(
            f"{wanted} was asked for, but Keras sees no GPU",
            "install tensorflow[and-cuda], or choose cpu as the device",
        )
    if not on_gpu:
        return "cpu"
    return wanted if wanted.startswith("gpu") else "gpu:0"


def _publish_model(folder: Path) -> None:
    """Puts the newest checkpoint's model where people look for it; without a copy if possible."""
    latest = folder / CHECKPOINTS / "LATEST"
    if not latest.exists():
        return
    source = folder / CHECKPOINTS / latest.read_text().strip() / MODEL
    temporary = folder / f".{MODEL}"
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(folder / MODEL)


def _set_up_log() -> None:
    faulthandler.enable()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
