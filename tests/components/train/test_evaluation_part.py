from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from builder.analysis.evaluation import evaluate, judge, save
from builder.analysis.predictions import write_predictions

RNG = np.random.default_rng(0)


def leave(folder: Path, true: list[int], chosen: list[int], num_classes: int) -> None:
    images = RNG.integers(0, 256, size=(len(true), 4, 4, 3), dtype=np.uint8)
    scores = np.eye(num_classes)[chosen] * 0.9
    judged = judge(scores, np.array(true), from_logits=False)
    save(folder, evaluate(judged, images))
    files = [f"some/where/{number}.png" for number in range(len(true))]
    names = [*map(str, range(num_classes))]
    write_predictions(folder, judged, names, np.arange(len(true)), files)


def drawing(folder: Path, dataset: str) -> AppTest:
    def script(folder: str, dataset: str) -> None:
        from pathlib import Path
        from types import SimpleNamespace
        from typing import Any

        from components.train import evaluation

        settings = SimpleNamespace(dataset=dataset, optimizer=None)
        state = SimpleNamespace(results={"evaluated": {"model": "best", "epoch": 3}})
        place = Path(folder)
        run: Any = SimpleNamespace(id="run", folder=place, settings=settings, state=state, facts={})
        evaluation.draw(run)

    values = {"folder": str(folder), "dataset": dataset}
    return AppTest.from_function(script, kwargs=values, default_timeout=60)


def html_of(app: AppTest) -> str:
    assert not app.exception
    return "".join(found.proto.body for found in app.get("html"))


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[str], str]:
    """Draws what a run in this folder has left, and gives the page's HTML."""
    return lambda dataset: html_of(drawing(tmp_path, dataset).run())


@pytest.mark.page
def test_the_matrix_the_classes_and_the_mistakes(
    tmp_path: Path, drawn: Callable[[str], str]
) -> None:
    leave(tmp_path, [0, 0, 0, 1, 9], [0, 0, 6, 1, 9], 10)
    html = drawn("fashion_mnist")
    assert "The best model, of epoch 3, gets <b>4</b> of 5 images right (80.0 %)" in html
    assert 'title="1 of 3 images of T-shirt/top were taken for shirt">1</td>' in html
    assert "<td>T-shirt/top</td><td>3</td><td>100.0 %</td><td>66.7 %</td>" in html
    assert '<td title="no image to count">–</td>' in html  # nobody wore sandals
    assert "1 mistake, the surest first" in html
    assert '<span class="cs-file" title="some/where/2.png">2.png</span>' in html
    assert "The model takes every image" not in html
    assert html.count("data:image/png;base64,") == 1


@pytest.mark.page
def test_many_classes_are_a_picture_and_a_list(tmp_path: Path, drawn: Callable[[str], str]) -> None:
    leave(tmp_path, [3, 3, 7], [4, 4, 7], 30)
    html = drawn("cifar10")  # whose ten names do not fit
    assert 'alt="Confusion matrix of 30 classes"' in html
    assert "<tr><td>3</td><td>4</td><td>2</td></tr>" in html


@pytest.mark.page
def test_one_class_only_is_reported_and_a_count_leads_to_its_files(tmp_path: Path) -> None:
    leave(tmp_path, [0, 1, 1], [1, 1, 1], 2)
    app = drawing(tmp_path, "digits").run()
    assert "takes every image for 1: the most frequent class, which 66.7% of them" in html_of(app)
    app.selectbox[0].set_value(("0", "1")).run()
    assert app.selectbox[0].value == ("0", "1")
    assert "<li>some/where/0.png <small>90.0 % sure</small></li>" in html_of(app)


@pytest.mark.page
def test_nothing_stands_where_nothing_was_left(drawn: Callable[[str], str]) -> None:
    assert drawn("digits") == ""
