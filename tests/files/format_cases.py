"""One sample of each format: how it is written today, and how it is read."""

import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from builder.analysis import evaluation, examples
from builder.analysis.evaluation import Evaluation, Judgment
from builder.analysis.gradients import read_gradients
from builder.analysis.predictions import read_predictions, write_predictions
from builder.checks import speeds
from builder.checks.speeds import Measured, Step
from builder.datasets.own_images import file_names, shelf
from builder.datasets.own_images.shelf import OwnDataset
from builder.documents import library
from builder.documents.recent import Recent
from builder.files import architecture_file, clipboard, document_file, drafts
from builder.files.clipboard import CLIP, Clip
from builder.files.document_file import Applied, Document
from builder.files.drafts import Draft
from builder.gallery.template import block
from builder.network.architecture import Architecture, Node
from builder.network.own_block import Definition
from builder.network.own_block_type import own_block
from builder.runs import changes, config_file, process_file, requests
from builder.runs.changes import Change
from builder.runs.config_file import Config
from builder.runs.json_files import read_values, write_values
from builder.runs.metrics import FILE_NAME, MetricsReader
from builder.runs.metrics_tables import GRADIENT_TABLES
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_state import STATE_FORMAT, RunState, read_state, stored_state, write_state
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET, TICKET_FORMAT
from builder.studies import study_folder
from builder.studies.candidates import Candidate, Origin, Progress, progress_of
from builder.studies.naming import read_factor
from builder.studies.outcome import Results
from builder.studies.study import Objective, Question, Standing, Study, Wanted
from builder.studies.study_folder import PROGRESS_FORMAT
from builder.studies.variants import Budget
from builder.training.settings import SETTINGS, TrainingSettings
from builder.worker import checkpoints
from builder.worker.checkpoints import Checkpoints, Place

Plain = Any
"""Lists, objects and numbers, which can be compared."""


@dataclass(frozen=True)
class Case:
    """A sample of a format.

    Attributes:
        write: Writes the sample into a folder, as Convstack does.
        read: Reads what lies in a folder, as Convstack does, and gives what it found.
        expected: What is found of the sample.
        older: What is found instead in the golden files of earlier versions, where they knew less.
    """

    write: Callable[[Path], object]
    read: Callable[[Path], Plain]
    expected: Plain
    older: Mapping[int, Plain] = field(default_factory=dict[int, Plain])


def at(folder: Path, content: object) -> None:
    (folder / "content.json").write_text(json.dumps(content, indent=1) + "\n")


def content(folder: Path) -> Any:
    return json.loads((folder / "content.json").read_bytes())


INPUT = Node("image", block("Input", shape=(8, 8, 3)))
PAIR = Definition("pair", (Node("a", block("Conv2D", 4, 3), ("x",)),), "a", ("x",))
NETWORK = Architecture(
    "small", (INPUT, Node("pair_1", own_block(PAIR).create({}), ("image",), repeat=2))
).with_outputs(("pair_1",))
DOCUMENT = Document(
    "",
    NETWORK,
    {"epochs": 3, "optimizer": {"name": "SGD", "momentum": 0.9}},
    7,
    "2026-01-02T03:04:05.000000+00:00",
    {"page": Applied(5, {4: "pair_1"})},
    Draft(PAIR, "small-0a1b2c"),
)
CLIPPED = Clip(NETWORK.nodes, "small-0a1b2c", Architecture(nodes=NETWORK.nodes))
OPENED = {"a-1": "2026-01-02T03:04:05.000000+00:00", "b-2": "2026-01-03T03:04:05.000000+00:00"}
OWN = OwnDataset(
    id="0123456789abcdef",
    title="Shapes",
    digest="0" * 64,
    classes=("circle", "square"),
    height=8,
    width=8,
    channels=3,
    class_counts=(12, 10),
    test_class_counts=(2, 2),
    source="shapes.zip",
    created="2026-01-02T03:04:05+00:00",
    notes=("one note",),
)
SPEED = Measured(Step("0" * 16, "cpu float32 auto", 1e9), 0.25, by_run=True, startup=3.0)
CHANGE = Change(time=1.5, epoch=2, batch=3, epochs=9, learning_rate=0.01)
PROCESS = {"pid": 1, "started": 2.5, "boot": "b", "exit": -6}
STATE = RunState(
    RunStatus.FINISHED, epoch=2, epochs=2, batch=3, batches=3, device="cpu", seconds=4.5, session=1
)
CONFIG = Config(
    "small", "small-0a1b2c", "2026-01-02T03:04:05+00:00", TrainingSettings(epochs=2), {"params": 9}
)
EVALUATED = Evaluation(
    np.array([[2, 1], [0, 3]]),
    np.full((1, 2, 2, 1), 7, np.uint8),
    np.array([0]),
    np.array([1]),
    np.array([0.75]),
    np.array([4]),
)


def arrays(found: Evaluation | None) -> Plain:
    assert found is not None
    return {each.name: getattr(found, each.name).tolist() for each in fields(found)}


def kept_clip(folder: Path) -> None:
    nodes = [clipboard.node_content(node) for node in CLIPPED.nodes]
    blocks = clipboard.own_content(NETWORK)
    at(folder, CLIP.stamp({"document": CLIPPED.document, "nodes": nodes, "blocks": blocks}))


def describe(folder: Path) -> None:
    (folder / OWN.id).mkdir()
    shelf.write_description(folder / OWN.id, OWN)


def measure(folder: Path) -> None:
    with MetricsWriter(folder, num_batches=2, batch_size=4, num_images=8) as writer:
        writer.add_batch(1, 0, {"loss": 1.0})
        writer.add_batch(1, 1, {"loss": 0.75})
        writer.add_epoch(1, {"loss": 0.75, "val_loss": 0.5})


def measured(folder: Path) -> Plain:
    reader = MetricsReader(folder)
    points = reader.points()
    assert reader.damage() == ""
    return [points.steps, points.epochs, points.series, [row.metrics for row in reader.epochs()]]


def keep_gradients(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as metrics, metrics:
        metrics.executescript(GRADIENT_TABLES)
        layer = (0, 1, "conv", '[["kernel", 9], ["bias", 1]]')
        metrics.execute("INSERT INTO learning_layers VALUES (?, ?, ?, ?)", layer)
        metrics.execute("INSERT INTO layer_gradients VALUES (3, '[0.5]', '[1]')")


def gradients(folder: Path) -> Plain:
    flow = read_gradients(folder)
    assert flow is not None
    layers = [(layer.name, layer.place, layer.weights) for layer in flow.layers]
    return [layers, flow.steps.tolist(), flow.norms.tolist(), flow.unmoved.tolist()]


def predict(folder: Path) -> None:
    judged = Judgment(np.array([0, 1]), np.array([0, 0]), np.array([0.75, 0.5]), 2)
    write_predictions(folder, judged, ("cat", "dog"), np.array([1, 0]), ("a.png", "b.png"))


def save_checkpoint(folder: Path) -> None:
    def save(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", "{}")

    seed = SimpleNamespace(numpy=lambda: np.array([1, 2]))
    model = SimpleNamespace(save=save, weights=[], variables=[seed], metrics_variables=[])
    (folder / "epoch-000001").mkdir()
    made = Checkpoints(folder, num_params=1)
    made._write(model, folder / "epoch-000001", Place(1, 0, 4), {"ended": False})


def checkpoint(folder: Path) -> Plain:
    found = checkpoints._read(folder / "epoch-000001")
    variables = [variable.tolist() for variable in found.variables]
    return [asdict(found.place), variables, found.memory]


def write_ticket(folder: Path) -> None:
    before = STATE_FORMAT.stamp(STATE.values())
    write_values(folder / TICKET, TICKET_FORMAT, {"number": 3, "before": before})


def ticket(folder: Path) -> Plain:
    found = read_values(folder / TICKET, TICKET_FORMAT)
    return [found["number"], stored_state(found["before"])]


ASKED = Architecture(
    "net",
    (Node("image", block("Input", shape=(8, 8, 1))), Node("dense", block("Dense", 4), ("image",))),
)
PROGRESS = Progress(
    (Candidate("s0003", Origin.SEARCH, ((0, 16),)), Candidate("r0000", Origin.RANDOM)),
    {Origin.SEARCH: 3, Origin.RANDOM: 0},
    True,
    ("s0003",),
    {"conv_1.filters": 1.0},
)
RESULTS = Results(Standing.HELD_UP, "why")
STUDY = Study(
    id="",
    folder=Path(),
    title="Sweep of net",
    question=Question.SWEEP,
    document_id="doc",
    created="2026-11-30T12:00:00+00:00",
    architecture=ASKED,
    settings=TrainingSettings(epochs=3),
    factors=tuple(
        read_factor(text, ASKED)
        for text in (
            "dense.units=4,8",
            "image.repeat=1..2",
            "dense.block=Dense,Flatten",
            "learning_rate=log:1e-4..1e-2",
            "scaling.depth=1.0,2.0",
            "without.dropout",
        )
    ),
    choices=({}, {0: 8, 3: 0.01}, {5: False}),
    seeds=(0, 1, 7),
    objective=Objective("val_loss", at="best"),
    budget=Budget(params=1_000),
)

CASES: dict[str, Case] = {
    "architecture": Case(
        lambda folder: at(folder, architecture_file.to_dict(NETWORK)),
        lambda folder: architecture_file.from_dict(content(folder)),
        NETWORK,
    ),
    "draft": Case(
        lambda folder: at(folder, drafts.draft_to_dict(Draft(PAIR, "small-0a1b2c"))),
        lambda folder: drafts.draft_from_dict(content(folder)),
        Draft(PAIR, "small-0a1b2c"),
    ),
    "document": Case(
        lambda folder: (folder / "small.json").write_text(document_file.to_text(DOCUMENT)),
        lambda folder: document_file.parse((folder / "small.json").read_bytes()),
        DOCUMENT,
    ),
    "block of the library": Case(
        lambda folder: (folder / "pair.json").write_text(library.to_text(PAIR)),
        lambda folder: library.parse((folder / "pair.json").read_bytes()).definition,
        PAIR,
    ),
    "copied blocks": Case(
        kept_clip, lambda folder: clipboard.parse((folder / "content.json").read_text()), CLIPPED
    ),
    "list of recent documents": Case(
        lambda folder: Recent(folder)._write(OPENED), lambda folder: Recent(folder).opened(), OPENED
    ),
    "training settings": Case(
        lambda folder: at(folder, SETTINGS.stamp(CONFIG.settings.values())),
        lambda folder: TrainingSettings.create(SETTINGS.current(content(folder))),
        CONFIG.settings,
    ),
    "description of own images": Case(describe, lambda folder: shelf._read(folder / OWN.id), OWN),
    "names of own images": Case(
        lambda folder: file_names.write_file_names(folder, ["a/1.png", "b/2.png"], ["b/3.png"]),
        file_names.file_names,
        ("a/1.png", "b/2.png"),
    ),
    "list of speeds": Case(lambda folder: speeds.note(folder, SPEED), speeds.measured, (SPEED,)),
    "changes of a run": Case(
        lambda folder: changes.add_change(folder, CHANGE), changes.read_changes, (CHANGE,)
    ),
    "process of a run": Case(
        lambda folder: process_file.write_process(folder, PROCESS),
        process_file.read_process,
        PROCESS,
    ),
    "request to a run": Case(
        lambda folder: requests.leave(folder, pause=True), requests.read_request, "pausing"
    ),
    "state of a run": Case(lambda folder: write_state(folder, STATE), read_state, STATE),
    "configuration of a run": Case(
        lambda folder: config_file.write_config(folder, "r", CONFIG),
        config_file.read_config,
        CONFIG,
    ),
    "ticket of a run": Case(write_ticket, ticket, [3, STATE]),
    "metrics of a run": Case(
        measure,
        measured,
        [(0, 1), (0.5, 1.0), {"loss": (1.0, 0.5)}, [{"loss": 0.75, "val_loss": 0.5}]],
    ),
    "gradients": Case(
        keep_gradients,
        gradients,
        [[("conv", 1, ("kernel", "bias"))], [3], [[0.5]], [[False, True]]],
        older={1: [[("conv", 1, ())], [3], [[0.5]], [[]]]},
    ),
    "evaluation": Case(
        lambda folder: evaluation.save(folder, EVALUATED),
        lambda folder: arrays(evaluation.load(folder)),
        arrays(EVALUATED),
        older={1: arrays(EVALUATED) | {"places": []}},
    ),
    "example images": Case(
        lambda folder: examples.save(folder, EVALUATED.images, EVALUATED.true),
        lambda folder: [(one.image.tolist(), one.true) for one in examples._kept(folder)],
        [(EVALUATED.images[0].tolist(), 0)],
    ),
    "table of predictions": Case(
        predict,
        lambda folder: [asdict(row) for row in read_predictions(folder)],
        [
            {"index": 1, "file": "b.png", "true": "cat", "chosen": "cat", "probability": 0.75},
            {"index": 0, "file": "a.png", "true": "dog", "chosen": "cat", "probability": 0.5},
        ],
    ),
    "study": Case(
        lambda folder: study_folder.write(replace(STUDY, folder=folder)),
        lambda folder: replace(study_folder.read(folder), id="", folder=Path()),
        STUDY,
    ),
    "wish of a study": Case(
        lambda folder: study_folder.want(replace(STUDY, folder=folder), Wanted.PAUSED),
        lambda folder: study_folder.wanted(replace(STUDY, folder=folder)),
        Wanted.PAUSED,
    ),
    "progress of a search": Case(
        lambda folder: study_folder.write_progress(replace(STUDY, folder=folder), PROGRESS),
        lambda folder: progress_of(read_values(folder / "search.json", PROGRESS_FORMAT)),
        PROGRESS,
    ),
    "results of a study": Case(
        lambda folder: study_folder.write_results(replace(STUDY, folder=folder), RESULTS),
        lambda folder: study_folder.results(replace(STUDY, folder=folder)),
        RESULTS,
    ),
    "checkpoint": Case(
        save_checkpoint,
        checkpoint,
        [{"epoch": 1, "batch": 0, "step": 4}, [[1, 2]], {"ended": False}],
    ),
}
"""By the name of the format."""
