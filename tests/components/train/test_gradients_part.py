import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from builder.architecture import Architecture
from builder.file_format import to_json
from builder.templates import TEMPLATES
from builder.training.gradients import SCHEMA
from builder.training.metrics import FILE_NAME
from builder.training.run_state import ARCHITECTURE


def leave(folder: Path, *norms: Sequence[float | None]) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO gradient_layers VALUES (0, 2, 'conv2d'), (1, 9, 'dense')")
        connection.executemany(
            "INSERT INTO gradients VALUES (?, ?)",
            [(step, json.dumps(row)) for step, row in enumerate(norms)],
        )


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[], str]:
    """Draws what a run in this folder has left, and gives the page's HTML."""

    def script(folder: str) -> None:
        from pathlib import Path
        from types import SimpleNamespace

        from components.train import gradients

        gradients.draw(SimpleNamespace(folder=Path(folder), is_active=False))  # pyright: ignore[reportArgumentType]  all that it asks of a run

    def draw() -> str:
        app = AppTest.from_function(
            script, kwargs={"folder": str(tmp_path)}, default_timeout=60
        ).run()
        assert not app.exception
        return "".join(found.proto.body for found in app.get("html"))

    return draw


@pytest.mark.page
def test_a_row_for_each_layer_and_a_verdict(tmp_path: Path, drawn: Callable[[], str]) -> None:
    leave(tmp_path, *[[1e-6, 0.5]] * 8)
    architecture: Architecture = TEMPLATES["se_residual_digits"].architecture
    (tmp_path / ARCHITECTURE).write_text(to_json(architecture))
    html = drawn()
    assert "Vanishing: going back to the input" in html
    assert '<li class=cs-begins title="conv2d in conv_bn_relu_1: 1e-06' in html
    assert "<span>dense</span><b>0.5</b>" in html
    assert 'alt="Heat map: 2 layers over 8 times"' in html
    assert "batch 1 to 8" in html
    assert "10<sup>-6</sup>" in html
    assert "10<sup>0</sup>" in html


@pytest.mark.page
def test_what_is_no_number_is_drawn_too(tmp_path: Path, drawn: Callable[[], str]) -> None:
    leave(tmp_path, *[[0.0, 0.0]] * 4, [None, 0.0])
    html = drawn()  # without an architecture the nodes stay unknown
    assert "Exploding: the gradient of conv2d is no longer a finite number" in html
    assert 'title="conv2d: 0, the median' in html


@pytest.mark.page
def test_nothing_stands_where_nothing_was_recorded(drawn: Callable[[], str]) -> None:
    assert drawn() == ""
