import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from builder.analysis.gradients import MAX_ROWS, read_gradients
from builder.analysis.verdicts import judge
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.runs.metrics import FILE_NAME
from builder.runs.run_state import ARCHITECTURE
from tests.analysis.fake_gradients import leave_gradients

KERNELS_ONLY = """
CREATE TABLE gradient_layers (
    row INTEGER PRIMARY KEY, layer INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE gradients (step INTEGER PRIMARY KEY, norms TEXT NOT NULL);
INSERT INTO gradient_layers VALUES (0, 2, 'conv2d'), (1, 5, 'dense');
"""
"""What runs held that recorded the norm of each layer's kernel only."""


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_gradients(tmp_path) is None
    leave_gradients(tmp_path, ["conv2d", "dense"], {8: [None, 2], 4: [0, 1.5]})
    found = read_gradients(tmp_path)
    assert found is not None
    assert [(layer.name, layer.title, layer.place) for layer in found.layers] == [
        ("conv2d", "conv2d", 0),
        ("dense", "dense", 1),
    ]
    assert found.layers[1].weights == ("kernel", "bias")
    assert found.steps.tolist() == [4, 8]
    assert found.norms.tolist()[0] == [0, 1.5]
    assert np.isnan(found.norms[1, 0])
    assert found.recent.tolist() == [0.0, 2.0]
    assert found.unmoved.tolist() == [[True, True, False, False], [False] * 4]
    assert found.still(0) == (False, False), "one time it was not even a number"


def test_layers_have_the_names_that_the_network_gives_them(tmp_path: Path) -> None:
    leave_gradients(tmp_path, ["conv2d_2", "dense_1", "dense_4"], {0: [1, 1, 1]})
    (tmp_path / ARCHITECTURE).write_text(to_json(TEMPLATES["se_residual_digits"].architecture))
    found = read_gradients(tmp_path)
    assert found is not None
    assert [layer.title for layer in found.layers] == [
        "residual_block_1 › conv2d_2",
        "squeeze_excitation_1 › dense_2",
        "dense_1",
    ]


def test_a_run_that_recorded_kernels_only_is_read_and_nothing_is_said_of_the_rest(
    tmp_path: Path,
) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.executescript(KERNELS_ONLY)
        rows = [(step, "[0.5, 0]") for step in range(4)]
        connection.executemany("INSERT INTO gradients VALUES (?, ?)", rows)
    found = read_gradients(tmp_path)
    assert found is not None
    assert [layer.weights for layer in found.layers] == [(), ()]
    assert found.norms.tolist() == [[0.5, 0.0]] * 4
    verdict = judge(found)
    assert (verdict.state, verdict.layer) == ("dead", 1)
    assert "no gradient reaches the kernel of dense. Whether the other weights learn" in (
        verdict.message
    )
    assert "nothing is learned" not in verdict.message


@pytest.mark.parametrize(("count", "read"), [(960, 960), (961, 481), (10_000, 910)])
def test_of_a_long_training_evenly_chosen_times_are_read(
    tmp_path: Path, count: int, read: int
) -> None:
    leave_gradients(tmp_path, ["conv2d"], {16 * time: [time] for time in range(count)})
    found = read_gradients(tmp_path)
    assert found is not None
    assert len(found.steps) == read <= MAX_ROWS
    assert found.steps[-1] == 16 * (count - 1)  # the verdict looks at the last one
    assert len(set(np.diff(found.steps))) == 1
    assert found.norms[:, 0].tolist() == (found.steps / 16).tolist()


@pytest.mark.parametrize(
    "column",
    [f"norms = '{text}'" for text in ("[1]", "no list", "7", '["a", "b"]', "[[1], [2]]")]
    + [f"unmoved = '{text}'" for text in ("[4]", "no list", "[0.5]", '["a"]')],
)
def test_damaged_norms_are_none(tmp_path: Path, column: str) -> None:
    leave_gradients(tmp_path, ["conv2d", "dense"], {4: [1, 2]})
    assert read_gradients(tmp_path) is not None
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute(f"UPDATE layer_gradients SET {column}")
    assert read_gradients(tmp_path) is None
