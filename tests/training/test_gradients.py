import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from builder.training.gradients import MAX_ROWS, SCHEMA, GradientFlow, judge, read_gradients
from builder.training.metrics import FILE_NAME

NAMES = ("conv2d", "conv2d_1", "conv2d_2", "dense")


def flow(*norms: list[float]) -> GradientFlow:
    names = NAMES[: len(norms[0])]
    return GradientFlow(names, tuple(range(len(names))), np.arange(len(norms)), np.array(norms))


def test_even_gradients_are_healthy() -> None:
    verdict = judge(flow(*[[0.2, 0.4, 1.0, 0.5]] * 8))
    assert verdict.state == "healthy"
    assert verdict.message == (
        "Healthy: every layer gets a gradient; the weakest, conv2d, has 0.2 of the strongest, "
        "conv2d_2."
    )
    assert verdict.advice == ""


def test_a_gradient_that_fades_towards_the_input_vanishes() -> None:
    verdict = judge(flow(*[[1e-7, 1e-5, 0.1, 1.0]] * 8))
    assert verdict.state == "vanishing"
    assert "from conv2d_1 on hardly anything arrives; conv2d gets 1.0e-07 of what dense gets" in (
        verdict.message
    )
    assert "Residual connections" in verdict.advice
    assert verdict.layer == 1


def test_a_weak_layer_in_between_is_no_vanishing_gradient() -> None:
    assert judge(flow(*[[0.5, 1e-6, 0.5, 1.0]] * 8)).state == "healthy"


def test_layers_that_get_none_are_dead() -> None:
    verdict = judge(flow(*[[0.5, 0.0, 0.0, 1.0]] * 8))
    assert verdict.state == "dead"
    assert "no gradient at all reaches conv2d_1, conv2d_2;" in verdict.message
    assert verdict.layer == 1


def test_where_nothing_arrives_nothing_is_learnt() -> None:
    verdict = judge(flow(*[[0.0, 0.0, 0.0, 0.0]] * 8))
    assert verdict.state == "vanishing"
    assert "nothing is learnt" in verdict.message


@pytest.mark.parametrize(
    ("last", "words", "layer"),
    [
        ([0.5, np.nan, np.nan, 1.0], "conv2d_2 is no longer a finite number", 2),
        ([0.5, 5_000.0, 1.0, 1.0], "conv2d_1 is 5e+03, 0.5 at the beginning", 1),
        ([70.0, 0.5, 0.5, 0.5], "conv2d is 70, 0.5 at the beginning", 0),
    ],
)
def test_a_gradient_that_grows_without_bound_explodes(
    last: list[float], words: str, layer: int
) -> None:
    verdict = judge(flow(*[[0.5, 0.5, 0.5, 0.5]] * 6, last, last))
    assert verdict.state == "exploding"
    assert words in verdict.message
    assert "clipnorm" in verdict.advice
    assert verdict.layer == layer


def test_two_looks_are_too_few() -> None:
    assert judge(flow(*[[0.5, 0.5, 0.5, 0.5]] * 2)).state == "unknown"
    assert judge(flow(*[[0.5]] * 9)).state == "unknown"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_gradients(tmp_path) is None
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO gradient_layers VALUES (0, 2, 'conv2d'), (1, 5, 'dense')")
        connection.execute("INSERT INTO gradients VALUES (8, '[null, 2]'), (4, '[0.5, 1.5]')")
    found = read_gradients(tmp_path)
    assert found is not None
    assert found.names == ("conv2d", "dense")
    assert found.layers == (2, 5)
    assert found.steps.tolist() == [4, 8]
    assert found.norms.tolist()[0] == [0.5, 1.5]
    assert np.isnan(found.norms[1, 0])
    assert found.recent.tolist() == [0.0, 2.0]


@pytest.mark.parametrize(("count", "read"), [(960, 960), (961, 481), (10_000, 910)])
def test_of_a_long_training_evenly_chosen_times_are_read(
    tmp_path: Path, count: int, read: int
) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO gradient_layers VALUES (0, 2, 'conv2d')")
        rows = ((16 * time, f"[{time}]") for time in range(count))
        connection.executemany("INSERT INTO gradients VALUES (?, ?)", rows)
    found = read_gradients(tmp_path)
    assert found is not None
    assert len(found.steps) == read <= MAX_ROWS
    assert found.steps[-1] == 16 * (count - 1)  # the verdict looks at the last one
    assert len(set(np.diff(found.steps))) == 1
    assert found.norms[:, 0].tolist() == (found.steps / 16).tolist()


@pytest.mark.parametrize("text", ["[1]", "no list", "7", '["a", "b"]', "[[1], [2]]"])
def test_damaged_norms_are_none(tmp_path: Path, text: str) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO gradient_layers VALUES (0, 2, 'conv2d'), (1, 5, 'dense')")
        connection.execute("INSERT INTO gradients VALUES (4, ?)", (text,))
    assert read_gradients(tmp_path) is None
