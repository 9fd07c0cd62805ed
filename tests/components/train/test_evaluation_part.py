from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from builder.training.evaluation import evaluate, save

RNG = np.random.default_rng(0)


def leave(folder: Path, true: list[int], chosen: list[int], num_classes: int) -> None:
    images = RNG.integers(0, 256, size=(len(true), 4, 4, 3), dtype=np.uint8)
    scores = np.eye(num_classes)[chosen] * 0.9
    save(folder, evaluate(scores, np.array(true), images, from_logits=False))


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[str], str]:
    """Draws what a run in this folder has left, and gives the page's HTML."""

    def script(folder: str, dataset: str) -> None:
        from pathlib import Path
        from types import SimpleNamespace

        from components.train import evaluation

        settings = SimpleNamespace(dataset=dataset)
        evaluation.draw(SimpleNamespace(folder=Path(folder), settings=settings))  # pyright: ignore[reportArgumentType]  all that it asks of a run

    def draw(dataset: str) -> str:
        app = AppTest.from_function(
            script, kwargs={"folder": str(tmp_path), "dataset": dataset}, default_timeout=60
        ).run()
        assert not app.exception
        return "".join(found.proto.body for found in app.get("html"))

    return draw


@pytest.mark.page
def test_the_matrix_the_classes_and_the_mistakes(
    tmp_path: Path, drawn: Callable[[str], str]
) -> None:
    leave(tmp_path, [0, 0, 0, 1, 9], [0, 0, 6, 1, 9], 10)
    html = drawn("fashion_mnist")
    assert "<b>4</b> of 5 images right (80.0 %)" in html
    assert 'title="1 of 3 images of T-shirt/top were taken for shirt">1</td>' in html
    assert "<td>T-shirt/top</td><td>3</td><td>100.0 %</td><td>66.7 %</td>" in html
    assert '<td title="no image to count">–</td>' in html  # nobody wore sandals
    assert "1 mistake, the surest first" in html
    assert html.count("data:image/png;base64,") == 1


@pytest.mark.page
def test_many_classes_are_a_picture_and_a_list(tmp_path: Path, drawn: Callable[[str], str]) -> None:
    leave(tmp_path, [3, 3, 7], [4, 4, 7], 30)
    html = drawn("cifar10")  # whose ten names do not fit
    assert 'alt="Confusion matrix of 30 classes"' in html
    assert "<tr><td>3</td><td>4</td><td>2</td></tr>" in html


@pytest.mark.page
def test_nothing_stands_where_nothing_was_left(drawn: Callable[[str], str]) -> None:
    assert drawn("digits") == ""
