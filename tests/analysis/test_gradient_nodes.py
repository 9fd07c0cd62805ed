"""A training's gradients find the nodes, and the parts inside of them, that they belong to."""

import math
from pathlib import Path

import numpy as np
import pytest

from builder.analysis.gradient_nodes import latest_gradients, node_gradients
from builder.analysis.gradients import GradientFlow, LearningLayer
from builder.files.document_file import Document
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.runs.run_folder import Run
from builder.runs.run_state import ARCHITECTURE
from builder.system.errors import BuilderError
from tests.analysis import fake_gradients
from tests.analysis.fake_gradients import write_gradients

# In the order in which Keras makes them: four times conv_bn_relu, a gate of two Dense, the head.
NORMS = {
    "conv2d": 1.0,
    "conv2d_1": 2.0,
    "conv2d_2": 3.0,
    "conv2d_3": 4.0,
    "dense": 0.0,
    "dense_1": 0.5,
    "head": 8.0,
}


def network() -> Architecture:
    made = stack(
        "network",
        block("Input", shape=(8, 8, 1)),
        (block("conv_bn_relu", 4), 4),
        block("squeeze_excitation", 2),
        block("GlobalAveragePooling2D"),
        block("Dense", 3),
    )
    return edits.rename(made, "dense_1", "head")


def run_of(home: Path, trained: Architecture, document_id: str = "mine") -> Run:
    return fake_gradients.run_of(home, Document(document_id, trained))


def flow(norms: dict[str, float] = NORMS, *, last: dict[str, float] | None = None) -> GradientFlow:
    rows = [list(norms.values())] * 7 + [list((last or norms).values())]
    layers = tuple(LearningLayer(name, (name,), place) for place, name in enumerate(norms))
    return GradientFlow(layers, np.arange(8) * 10, np.array(rows), np.zeros((8, 0), np.bool_))


def test_a_training_of_the_network_itself_comes_before_a_newer_one_of_a_variant(
    tmp_path: Path,
) -> None:
    own, variant = run_of(tmp_path, network()), run_of(tmp_path, network())
    write_gradients(variant, NORMS)

    def shown() -> str:
        found = latest_gradients(tmp_path, "mine", lambda run: run.id == own.id)
        return found[0].id if found else ""

    assert shown() == variant.id
    write_gradients(own, NORMS)
    assert shown() == own.id


def test_a_node_has_the_weakest_and_the_strongest_of_its_layers(tmp_path: Path) -> None:
    now = network()
    told = node_gradients(run_of(tmp_path, now), flow(), now)
    nodes = {key: span for key, span in told.norms.items() if "/" not in key}
    assert nodes == {
        "conv_bn_relu_1": (1.0, 4.0),
        "squeeze_excitation_1": (0.0, 0.5),
        "dense_1": (8.0, 8.0),
    }
    assert told.verdict.state == "dead"
    assert told.begins == "squeeze_excitation_1"
    assert told.step == 70


def test_parts_have_those_of_their_own_layers(tmp_path: Path) -> None:
    now = network()
    norms = node_gradients(run_of(tmp_path, now), flow(), now).norms
    # Of the four repetitions the first reads another shape; the other three are one part.
    first, others = (norms[f"conv_bn_relu_1/{place}"] for place in range(2))
    assert (first, others) == ((1.0, 1.0), (2.0, 4.0))
    assert norms["conv_bn_relu_1/0/0"] == (1.0, 1.0)
    assert norms["conv_bn_relu_1/1/0"] == (2.0, 4.0)
    assert "conv_bn_relu_1/0/1" not in norms  # of BatchNormalization nothing is known
    gate = {key: span for key, span in norms.items() if key.startswith("squeeze_excitation_1/")}
    assert sorted(gate.values()) == [(0.0, 0.0), (0.5, 0.5)]


def test_what_was_changed_since_has_none(tmp_path: Path) -> None:
    run = run_of(tmp_path, network())
    assert node_gradients(run, flow(), network()).changed == 0
    changed = edits.set_parameters(network(), "conv_bn_relu_1", {"filters": 6})
    assert node_gradients(run, flow(), changed).changed == 1
    assert "conv_bn_relu_1" not in node_gradients(run, flow(), changed).norms
    assert "dense_1" in node_gradients(run, flow(), changed).norms
    fewer = edits.repeat(network(), "conv_bn_relu_1", 3)
    assert "conv_bn_relu_1" not in node_gradients(run, flow(), fewer).norms
    without = edits.remove(network(), ["squeeze_excitation_1"])
    told = node_gradients(run, flow(), without)
    assert not any(key.startswith("squeeze_excitation_1") for key in told.norms)
    assert told.changed == 1
    assert told.begins is None  # there is nothing left to show


def test_a_gradient_that_is_no_number_is_none(tmp_path: Path) -> None:
    now = network()
    broken = flow(last=NORMS | {"conv2d_2": math.inf})
    weakest, strongest = node_gradients(run_of(tmp_path, now), broken, now).norms["conv_bn_relu_1"]
    assert math.isnan(weakest)
    assert math.isnan(strongest)


def test_the_newest_training_of_the_document_that_has_gradients_is_found(tmp_path: Path) -> None:
    assert latest_gradients(tmp_path, "mine") is None
    older, newer = (
        run_of(tmp_path, network()),
        run_of(tmp_path, network()),
    )
    run_of(tmp_path, network())  # the newest has none yet
    other = run_of(tmp_path, network(), "another")
    for run in (older, newer, other):
        write_gradients(run, {"conv2d": 0.5, "head": 1.5}, times=1)
    found = latest_gradients(tmp_path, "mine")
    assert found is not None
    assert found[0].id == newer.id
    assert found[1].norms.tolist() == [[0.5, 1.5]]


def test_a_run_without_its_network_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, network())
    (run.folder / ARCHITECTURE).unlink()
    with pytest.raises(BuilderError, match="cannot be read"):
        node_gradients(run, flow(), network())
