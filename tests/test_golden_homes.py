"""Whatever an earlier version kept in its data folder opens here, and goes on.

See `tests/golden_homes/README.md` for what lies there. Every test works on a copy.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.analysis import evaluation
from builder.analysis.examples import examples
from builder.analysis.gradients import read_gradients
from builder.analysis.predictions import read_predictions
from builder.checks import speeds
from builder.datasets.own_images import shelf
from builder.datasets.own_images.file_names import file_names
from builder.datasets.samples import samples
from builder.documents.document_store import DocumentStore
from builder.documents.library import Library
from builder.documents.workspace import Workspace
from builder.files import clipboard
from builder.files.document_file import Document
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.metrics import MetricsReader
from builder.runs.overview import Overview, RunList
from builder.runs.run_folder import Run, current_settings, read, restore
from builder.runs.run_state import HISTORY, MODEL, log_tail, read_state
from builder.runs.trained_network import trained_network
from builder.scheduler import queue, resuming
from builder.training.settings import TrainingSettings
from tests.worker.workers import Nursery, weights

FOLDER = Path(__file__).parent / "golden_homes"
VERSIONS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())

STATES = {
    "finished": ("finished", 2, 2),
    "paused": ("paused", 2, 4),
    "lost": ("lost", 3, 50),
    "own_data": ("finished", 3, 3),
    "continued": ("finished", 2, 2),
    "waits": ("queued", 0, 1),
}
"""Of each run its state, the epoch that it is in, and how many it is to have."""


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_written() -> Iterator[None]:
    def contents() -> dict[Path, str]:
        files = (path for path in FOLDER.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = contents()
    yield
    assert contents() == before


@pytest.fixture(params=VERSIONS)
def golden(request: pytest.FixtureRequest) -> Path:
    return FOLDER / request.param


@pytest.fixture
def figures(golden: Path) -> dict[str, Any]:
    return json.loads((golden / "figures.json").read_bytes())


@pytest.fixture
def old_home(golden: Path, home: Path) -> Path:
    """A copy, which is the data folder of this test."""
    shutil.copytree(golden / "home", home, dirs_exist_ok=True)
    return home


def told(document: Document) -> dict[str, Any]:
    """What `figures.json` says of a document."""
    known = infer(document.architecture)
    return {
        "title": document.name,
        "params": known.total_params,
        "trainable_params": known.trainable_params,
        "macs": known.macs,
        "layers": known.num_layers,
        "inputs": [list(shape) for shape in known.input_shapes],
        "outputs": [list(shape) if shape else None for shape in known.output_shapes],
        "issues": [str(issue) for issue in known.issues],
        "training": document.training,
        "draft": document.draft.before.name if document.draft else None,
    }


def test_every_document_opens_with_the_figures_that_it_had(
    old_home: Path, figures: dict[str, Any]
) -> None:
    store = DocumentStore(old_home)
    expected: dict[str, dict[str, Any]] = figures["documents"]
    deleted = [name for name, about in expected.items() if about.pop("deleted", False)]
    assert [entry.id for entry in store.deleted()] == deleted
    for name in deleted:
        store.restore(name)
    entries = store.entries()
    assert {entry.id: entry.name for entry in entries} == {
        name: about["title"] for name, about in expected.items()
    }
    assert not [entry.problem for entry in entries if entry.problem]
    assert {name: told(store.load(name)) for name in expected} == expected


def test_a_document_is_edited_and_saved_anew(old_home: Path, figures: dict[str, Any]) -> None:
    workspace = Workspace(old_home)
    for name, about in figures["documents"].items():
        if "deleted" in about:
            continue
        before = workspace.open(name).document
        workspace.edit(name, lambda network: network.with_nodes(network.nodes[:-1]))
        workspace.undo(name)
        after = Workspace(old_home).open(name).document
        assert after.revision == before.revision + 2
        assert after.architecture == before.architecture
        assert (after.training, after.draft) == (before.training, before.draft)


def test_settings_are_those_that_were_kept(old_home: Path, figures: dict[str, Any]) -> None:
    store = DocumentStore(old_home)
    kept = {n: about["training"] for n, about in figures["documents"].items() if about["training"]}
    assert kept
    for name, values in kept.items():
        training = store.load(name).training
        assert training is not None
        settings = TrainingSettings.create(training).values()
        assert {each: settings[each] for each in values} == values


def test_every_block_of_the_library_opens(old_home: Path) -> None:
    entries = Library(old_home).entries()
    assert [(entry.name, entry.problem) for entry in entries] == [("outer_block", ""), ("pair", "")]
    blocks = Library(old_home).blocks()
    assert "pair" in {node.block.type_name() for node in blocks["outer_block"].definition.nodes}


def test_the_copied_nodes_are_pasted(golden: Path, old_home: Path) -> None:
    clip = clipboard.parse((golden / "clip.json").read_text())
    own_blocks = DocumentStore(old_home).load(clip.document)
    there = clipboard.paste(own_blocks.architecture, clip, document=clip.document)
    assert len(there.nodes) == len(own_blocks.architecture.nodes) + len(clip.nodes)
    alone = clipboard.paste(Architecture(), clip)
    assert [node.block for node in alone] == [node.block for node in clip.nodes]


def test_the_images_of_ones_own_are_there(old_home: Path, figures: dict[str, Any]) -> None:
    own = shelf.find(old_home, figures["own_data"])
    assert (own.title, own.classes, own.class_counts) == ("Shapes", ("circle", "square"), (12, 12))
    names = file_names(shelf.datasets_folder(old_home) / own.id)
    assert len(names) == 24
    assert {Path(name).parent.name for name in names} == {"circle", "square"}
    some = samples(f"own:{own.id}", 4)
    assert some is not None
    assert some.images.shape[1:] == (8, 8, 3)


def test_the_measured_speeds_are_used(old_home: Path) -> None:
    found = speeds.measured(old_home)
    assert found
    assert all(one.by_run and one.seconds < 1 for one in found)


def runs_of(old_home: Path, figures: dict[str, Any]) -> dict[str, Overview]:
    by_id = {known.run.id: known for known in RunList(old_home).overviews()}
    listed = {kind: run_id for kind, run_id in figures["runs"].items() if kind in STATES}
    assert by_id.keys() == set(listed.values())
    return {kind: by_id[run_id] for kind, run_id in listed.items()}


def test_every_run_is_listed_in_its_state_with_its_numbers(
    old_home: Path, figures: dict[str, Any]
) -> None:
    known = runs_of(old_home, figures)
    states = {kind: overview.run.state for kind, overview in known.items()}
    assert {kind: (s.state, s.epoch, s.epochs) for kind, s in states.items()} == STATES
    assert not [overview.damage for overview in known.values() if overview.damage]
    assert known["finished"].note == "the #first one"
    assert queue.is_waiting(known["waits"].run)
    for kind, overview in known.items():
        folder = overview.run.folder
        done = len(MetricsReader(folder).epochs())
        finished = states[kind].state == "finished"
        assert done == (states[kind].epoch if finished else max(states[kind].epoch - 1, 0)), kind
        if (folder / HISTORY).exists():
            assert MetricsReader(folder).history_csv() == (folder / HISTORY).read_text(), kind
        if finished:
            results = overview.run.state.results
            best = (overview.outcome.best, overview.outcome.best_epoch)
            assert best == (results["best"], results["best_epoch"]), kind
        assert overview.run.settings is not None


def test_what_was_changed_of_a_run_counts(old_home: Path, figures: dict[str, Any]) -> None:
    run = runs_of(old_home, figures)["continued"].run
    assert run.settings is not None
    settings = current_settings(run)
    assert settings is not None
    assert (run.settings.epochs, settings.epochs, settings.learning_rate) == (1, 2, 0.0005)


def test_a_deleted_run_is_restored(old_home: Path, figures: dict[str, Any]) -> None:
    run = restore(old_home, figures["runs"]["deleted"])
    assert (run.state.state, run.state.epoch) == ("finished", 1)
    assert len(MetricsReader(run.folder).epochs()) == 1


def test_what_a_run_left_is_read(old_home: Path, figures: dict[str, Any]) -> None:
    for kind, known in runs_of(old_home, figures).items():
        network = infer(trained_network(known.run.folder))
        assert not network.issues, kind
        assert network.total_params == known.run.facts["params"], kind
        flow = read_gradients(known.run.folder)
        assert (flow is None) == (kind == "waits"), kind
        assert flow is None or np.isfinite(flow.recent).all(), kind
        if known.run.state.state == "finished":
            look_at_the_end(known.run, network.input_shapes[0])


def look_at_the_end(run: Run, shape: tuple[int | None, ...]) -> None:
    found = evaluation.load(run.folder)
    assert found is not None
    rows = read_predictions(run.folder)
    assert found.num_images == len(rows) == run.facts["val_images"]
    assert found.num_mistakes == sum(row.true != row.chosen for row in rows)
    assert len(found.places) == min(found.num_mistakes, evaluation.NUM_MISTAKES)
    height, width, channels = (int(side or 0) for side in shape)
    shown = examples(run, (height, width, channels), found.num_classes)
    assert len(shown) > found.num_classes


@pytest.mark.keras
def test_a_paused_and_a_killed_run_go_on(
    golden: Path, old_home: Path, figures: dict[str, Any], nursery: Nursery
) -> None:
    """The paused one to the weights that the old version ended with.

    On one machine they are the same to the last bit, as the tests of the worker hold; the golden
    ones were made on another, whose vector instructions may add numbers in another order.
    """
    runs = {kind: known.run for kind, known in runs_of(old_home, figures).items()}
    shutil.rmtree(runs["waits"].folder)  # the worker that ends would start it
    for kind in ("paused", "lost"):
        resuming.prepare(runs[kind])
    assert nursery.train(runs["paused"]) == 0, log_tail(runs["paused"].folder)
    ended = read(runs["paused"].folder)
    assert (ended.state.state, ended.state.epoch) == ("finished", 4)
    assert len(MetricsReader(ended.folder).epochs()) == 4
    ours, theirs = weights(ended.folder / MODEL), weights(golden / "paused_completed.keras")
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-3, atol=1e-5, err_msg=name)

    nursery.train(runs["lost"], stop_in_validation=2)
    went_on = read_state(runs["lost"].folder)
    assert (went_on.state, went_on.epoch) == ("paused", 2), log_tail(runs["lost"].folder)
    assert len(MetricsReader(runs["lost"].folder).epochs()) == 1
