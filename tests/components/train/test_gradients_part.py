from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.runs.run_state import ARCHITECTURE
from tests.analysis.fake_gradients import leave_gradients


def leave(folder: Path, *norms: Sequence[float | None]) -> None:
    leave_gradients(folder, ["conv2d_1", "dense_2"], dict(enumerate(norms)))


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
    assert '<li class=cs-begins title="residual_block_1 › conv2d_1 (kernel, bias): 1e-06' in html
    assert "<i>squeeze_excitation_2 › </i><em>dense_1</em></span><b>0.5</b>" in html
    assert "dense_2" not in html, "which is Keras's name"
    assert 'alt="Heat map: 2 layers over 8 times"' in html
    assert "batch 1 to 8" in html
    assert "10<sup>-6</sup>" in html
    assert "10<sup>0</sup>" in html


@pytest.mark.page
def test_what_is_no_number_is_drawn_too(tmp_path: Path, drawn: Callable[[], str]) -> None:
    leave(tmp_path, *[[0.0, 0.0]] * 4, [None, 0.0])
    html = drawn()  # without an architecture the nodes stay unknown
    assert "Exploding: the gradient of conv2d_1 is no longer a finite number" in html
    assert 'title="conv2d_1 (kernel, bias): 0, the median' in html


@pytest.mark.page
def test_nothing_stands_where_nothing_was_recorded(drawn: Callable[[], str]) -> None:
    assert drawn() == ""
