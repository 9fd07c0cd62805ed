"""Studies with real trainings: a tiny network, its processes, and what came out."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from builder.actions import studies as actions
from builder.gallery.template import block, stack
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import list_runs
from builder.runs.run_state import living_pid
from builder.studies import study_folder
from builder.studies.results import METRICS
from builder.studies.study import Place, Question, Study, Wanted
from builder.training.settings import TrainingSettings

NETWORK = stack(
    "tiny",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling", 1 / 16),
    block("residual_block", 4),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)
Figures = dict[Place, list[tuple[float, ...]]]


def planned(seeds: int, epochs: int) -> Study:
    """An ablation of the network: without shortcuts, normalization and activations."""
    settings = TrainingSettings(epochs=epochs, batch_size=128, device="cpu")
    factors = actions.ablation(NETWORK)
    return actions.plan(NETWORK, settings, factors, range(5, 5 + seeds), question=Question.ABLATION)


def process_of(study: Study) -> psutil.Process | None:
    """The process that conducts a study."""
    return next(_commands("builder.studies", study.folder), None)


def worker_of(home: Path) -> psutil.Process | None:
    """A process that trains."""
    pids = [living_pid(run.folder) for run in list_runs(home) if run.is_active]
    return next((psutil.Process(pid) for pid in pids if pid and psutil.pid_exists(pid)), None)


def is_over(study: Study) -> bool:
    """Whether all is done, and its process gone."""
    return study_folder.wanted(study) is Wanted.DONE and process_of(study) is None


def figures(home: Path) -> Figures:
    """What each training came to, epoch by epoch, to six digits; not how long it took."""
    return {
        place: [
            tuple(float(f"{epoch.metrics[name]:.6g}") for name in METRICS)
            for epoch in MetricsReader(run.folder).epochs()
        ]
        for run in list_runs(home)
        if (place := Place.of(run))
    }


def faults(study: Study, home: Path) -> Iterator[str]:
    """What was lost, or trained twice, in a study that is over."""
    runs = list_runs(home)
    places = [Place.of(run) for run in runs]
    for variant, seed in study.plans:
        number = places.count(Place(study.id, variant.key, seed))
        if number != 1:
            yield f"{variant.title}, seed {seed}: {number} runs"
    if len(runs) != len(study.plans):
        yield f"{len(runs)} runs of {len(study.plans)}"
    for run in runs:
        epochs = [row.epoch for row in MetricsReader(run.folder).epochs()]
        if run.state.state != "finished" or epochs != list(range(1, run.state.epochs + 1)):
            yield f"{run.name}: {run.state.state}, epochs {epochs}"
    known = study_folder.results(study)
    values = {key: row.values for key, row in known.variants.items()} if known else {}
    for variant, seed in study.plans:
        if seed not in values.get(variant.key, {}):
            yield f"{variant.title}, seed {seed}: no result"


def _commands(module: str, folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline", "status"]):
        command = process.info["cmdline"] or []
        lives = process.info["status"] != psutil.STATUS_ZOMBIE
        if lives and module in command and command[-1] == str(folder):
            yield process


def unlike(found: Figures, expected: Figures) -> Iterator[str]:
    """Trainings that came to something else."""
    by_plan = {(place.variant, place.seed): rows for place, rows in expected.items()}
    for place, rows in found.items():
        if rows != by_plan[place.variant, place.seed]:
            yield f"{place.variant}, seed {place.seed}: other figures than undisturbed"
