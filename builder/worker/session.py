"""One training, from the first import to the last file."""

import importlib
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from builder.checks.speeds import Measured, note, step_of
from builder.datasets.availability import Reach, availability
from builder.datasets.published import catalogue
from builder.network.inference import infer
from builder.network.layer_paths import layer_titles
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_folder import Run, read
from builder.runs.run_state import BEST, SCRIPT
from builder.runs.status import RunStatus
from builder.runs.stop_request import StoppedError, StopRequest
from builder.runs.trained_network import trained_network
from builder.system.devices import devices, resolved
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, Words
from builder.training.settings import TrainingSettings
from builder.worker.checkpoints import (
    Checkpoint,
    Checkpoints,
    Place,
    newest_checkpoint,
)
from builder.worker.evaluating import leave_evaluation, take_best
from builder.worker.explain import explain
from builder.worker.gradient_log import GradientLog
from builder.worker.prepared import Prepared, prepare
from builder.worker.progress import Progress
from builder.worker.refusals import check_script, check_together, choose_device
from builder.worker.restore import Task, restore
from builder.worker.results import Reserve, last_test, publish_model, write_results
from builder.worker.script import load_script

STOPPED_EXIT_CODE = 75
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

log = logging.getLogger("convstack.worker")


class Session:
    """Trains a run, from the beginning or from its newest checkpoint, and records the outcome.

    Args:
        run: The run, whose lock is held.
        settings: The run's settings with all changes.
        stop: Checked between steps.
        rehearsal: Where this training may have been prepared; None for nowhere.
        check: Raises an OSError where the run is no longer this worker's.
    """

    def __init__(
        self,
        run: Run,
        settings: TrainingSettings,
        stop: StopRequest,
        rehearsal: Any,
        check: Callable[[], None],
    ) -> None:
        self._folder = run.folder
        self._check = check
        self._rehearsal = rehearsal
        self._settings = settings
        self._stop = stop
        before = run.state
        state = replace(
            before,
            state=RunStatus.STARTING,
            message="",
            advice="",
            epochs=settings.epochs,
            started=before.started or time.time(),
            finished=None,
            images_per_second=None,
            eta_seconds=None,
            session=before.session + 1,
            load=None,
            results={},
        )
        self._progress = Progress(run.folder, state, stop, check)
        self._reserve = Reserve(run.folder)
        self._tested: dict[str, float | None] = {}
        self._evaluated: dict[str, Any] = {}
        self._was_rehearsed = False
        self._begun = time.monotonic()

    def run(self) -> int:
        """Trains; the exit code says how it ended."""
        try:
            message = self._train()
        except StoppedError as stopped:
            log.info(stopped.state)
            self._conclude(stopped.state, Words(""))
            return STOPPED_EXIT_CODE
        except Exception as error:  # whatever it is, the person has to be told
            log.exception("failed while %s", self._progress.state.stage)
            said = explain(error, self._settings, self._progress.state.stage, self._names())
            self._conclude(RunStatus.FAILED, said)
            return 1
        self._conclude(RunStatus.FINISHED, Words(message))
        log.info("finished")
        return 0

    def _train(self) -> str:
        """Does what `main()` of the script does, in the same order and with the same seed.

        Returns:
            A message about its end, if there is anything to say.
        """
        self._reserve.take()
        begin = newest_checkpoint(self._folder)
        backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
        self._enter(f"starting {_BACKENDS.get(backend, backend)}")
        # First: the script's variables for TensorFlow have to be set before it is imported.
        ready = self._rehearsed(begin)
        script = ready.script if ready else load_script(self._folder / SCRIPT)
        check_script(script)
        script.EPOCHS, script.LEARNING_RATE = self._settings.epochs, self._settings.learning_rate
        callbacks: Any = importlib.import_module("builder.worker.callbacks")
        self._progress.set(device=choose_device(callbacks.keras, self._settings.device))
        if ready is None:
            loading = _loading_stage(self._settings.dataset)
            is_new = begin is None
            ready = prepare(callbacks.keras, script, self._enter, loading, is_new=is_new)
        if begin is not None:
            self._go_on_from(begin, ready.model, script)
        self._stop.obey()
        return self._fit(ready, begin, callbacks)

    def _rehearsed(self, begin: Checkpoint | None) -> Prepared | None:
        """What was prepared for exactly this training, from its beginning."""
        if self._rehearsal is None:
            return None
        if begin is not None:
            self._rehearsal.forget()
            return None
        script = (self._folder / SCRIPT).read_text(encoding="utf-8")
        settings = self._settings
        ready: Prepared | None = self._rehearsal.take(
            script, settings.epochs, settings.learning_rate
        )
        if ready is not None:
            self._was_rehearsed = True
            log.info("its first step was rehearsed while nobody waited")
        return ready

    def _go_on_from(self, begin: Checkpoint, model: Any, script: Any) -> None:
        place = begin.place
        log.info("going on behind epoch %d, batch %d", place.epoch, place.batch)
        restore(model, begin)
        model.stop_training = begin.memory["ended"] and begin.memory["epochs"] == script.EPOCHS
        if begin.memory["learning_rate"] != script.LEARNING_RATE:
            log.info("learning rate %g from here on", script.LEARNING_RATE)
            if self._settings.schedule.name == "Constant":  # the others compute it at each step
                model.optimizer.learning_rate = script.LEARNING_RATE

    def _fit(self, ready: Prepared, begin: Checkpoint | None, callbacks: Any) -> str:
        """Trains the model; returns a message about the end, if there is anything to say."""
        script, data, model = ready.script, ready.data, ready.model
        num_batches = ready.num_batches
        place = begin.place if begin else Place()
        checkpoints = Checkpoints(self._folder, model.count_params(), begin, self._check)
        together: int = model.steps_per_execution
        check_together(together, num_batches)
        counts = (num_batches, script.BATCH_SIZE, ready.num_images)
        writer = MetricsWriter(self._folder, *counts, place.step, together)
        with writer, GradientLog(self._folder, ready.norms, place.step):
            writer.forget(place.step, place.epoch)
            recorder = callbacks.Recorder(
                writer, self._progress, checkpoints, self._stop, self._task(script, begin)
            )
            self._progress.begin_training(
                script.EPOCHS,
                num_batches,
                script.BATCH_SIZE,
                "" if self._was_rehearsed else callbacks.what_the_first_step_takes(model),
            )
            if place.batch >= num_batches:
                recorder.finish_epoch(model, data[1], script.BATCH_SIZE)
            place = recorder.place
            if place.epoch < script.EPOCHS and not model.stop_training:
                entering: Any = importlib.import_module("builder.worker.entering")
                entering.train(script, model, data, recorder.all, place)
        self._note_speed(recorder)
        if writer.failure:
            log.warning("some metrics could not be written: %s", writer.failure)
        self._progress.set(stage="saving the model")
        recorder.save()
        self._progress.set(stage="looking at the validation images")
        run = read(self._folder)
        self._evaluated = asdict(take_best(run, model))
        leave_evaluation(run, model, data[1], script.BATCH_SIZE, ready.validation)
        if len(data) > 2:
            self._progress.set(stage="looking at the test images")
            self._tested = last_test(model, data[2], script.BATCH_SIZE)
        if recorder.place.epoch == script.EPOCHS:
            return ""
        patience = self._settings.patience
        long = "an epoch" if patience == 1 else f"{patience} epochs"
        return f"ended early: {self._settings.monitor} has not become better for {long}"

    def _note_speed(self, recorder: Any) -> None:
        """Records how long a step took, for the estimate of the next training's time."""
        seconds: float = recorder.seconds_per_batch
        if seconds <= 0 or self._folder.parent.name != "runs":
            return
        startup: float = (recorder.first_step or self._begun) - self._begun
        device = resolved(self._settings.device, devices())
        try:
            step = step_of(infer(trained_network(self._folder)), self._settings, device)
            note(self._folder.parents[1], Measured(step, seconds, True, startup))
        except (BuilderError, OSError) as error:
            log.info("its speed could not be kept: %s", error)

    def _task(self, script: Any, begin: Checkpoint | None) -> Task:
        """The script's part in the training, and its state from before."""
        best = self._folder / f".{BEST}"
        best.unlink(missing_ok=True)  # left half written by a killed worker
        own: list[Any] = [*script.make_callbacks()] if hasattr(script, "make_callbacks") else []
        for callback in own:
            if getattr(callback, "save_best_only", False):
                callback.filepath = best.name  # moved to its place once it is complete
                callback.async_safe = True  # it saves when an epoch ends, not at a batch
        return Task(own, best, script.EPOCHS, script.LEARNING_RATE, begin)

    def _names(self) -> Mapping[str, str]:
        """The network's own names of its layers, by Keras's."""
        try:
            return layer_titles(infer(trained_network(self._folder)))
        except BuilderError:
            return {}

    def _enter(self, stage: str) -> None:
        self._stop.obey()
        log.info(stage)
        self._progress.set(stage=stage)

    def _conclude(self, state: RunStatus, said: Words) -> None:
        """Writes the final files, however the training ended."""
        results: dict[str, Any] = {}
        try:
            self._check()
        except OSError as error:
            log.error("%s: %s. %s", state, reason(error), said.sentences)
            return
        try:
            self._reserve.free()
            results = write_results(self._folder)
            if state != RunStatus.FAILED:
                publish_model(self._folder)
        except OSError as error:
            state, said = RunStatus.FAILED, explain(error, self._settings, "saving the results")
        results["seconds"] = self._progress.state.seconds
        results |= {"test": self._tested} if self._tested else {}
        results |= {"evaluated": self._evaluated} if self._evaluated else {}
        stage = self._progress.state.stage if state == RunStatus.FAILED else ""
        try:
            ended = {"state": state, "message": said.message, "advice": said.fix, "stage": stage}
            self._progress.close(results=results, **ended)
        except OSError as error:
            log.error(
                "how it ended cannot be written down (%s): %s. %s", error, state, said.sentences
            )


def _loading_stage(name: str) -> str:
    """Says whether the data have to be downloaded first, which may take minutes."""
    chosen = catalogue().get(name)
    if chosen is None or availability(name).state == Reach.CACHED:
        return "loading data"
    return f"downloading {chosen.title} ({chosen.download_bytes / 1e6:,.0f} MB)"
