"""Trying a model and its first filters on the page; Keras is played by arrays."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from builder.analysis import examples
from builder.analysis.prediction_process import Filters, Look, MapLayer, PredictionProcess
from builder.gallery import TEMPLATES
from builder.runs.run_folder import Run
from builder.scheduler.new_run import new_run
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings
from components.train import first_filters, try_it
from tests.components.driven import settled, texts
from tests.datasets.given import picture

LAYERS = (MapLayer("conv2d", 8, 8, 32), MapLayer("multiply_1", 4, 4, 64))


class PlayedProcess(PredictionProcess):
    """Answers at once, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []
        self.error: BuilderError | None = None
        self.scores = np.array([0.0, 1.0, 0, 0, 0, 3.0, 0, 0, 0, 0])
        self.map = np.arange(16.0).reshape(4, 4)
        self.filters: Filters | None = Filters(
            "conv2d", np.linspace(-0.25, 0.25, 9 * 70, dtype=np.float32).reshape(3, 3, 1, 70), False
        )

    def prepare(self) -> None: ...

    def look(self, model: Path, images: Any = None, **how: Any) -> Look:
        self.asked.append((model.name, images, how["layer"], how["chosen"]))
        if self.error is not None:
            raise self.error
        count = 0 if images is None else len(images)
        chosen = 5 if how["chosen"] is None else how["chosen"]
        return Look(
            LAYERS,
            "softmax",
            self.filters,
            np.tile(self.scores, (count, 1)),
            np.full(count, chosen),
            np.tile(self.map, (count, 1, 1)),
        )


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> PlayedProcess:
    process = PlayedProcess()
    for part in (try_it, first_filters):
        monkeypatch.setattr(part, "shared", process)
    return process


@pytest.fixture
def run(home: Path) -> Run:
    """As a training leaves it, with an example of each class."""
    run = new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings())
    images = np.zeros((10, 8, 8, 1), np.uint8)
    examples.save(run.folder, images, np.arange(10))
    (run.folder / "model.keras").write_bytes(b"")
    return run


@pytest.fixture
def opened(run: Run) -> Callable[[str], AppTest]:
    """Draws a part that somebody has opened."""

    def script(folder: str, part: str) -> None:
        import importlib
        from pathlib import Path

        from builder.runs.run_folder import read

        importlib.import_module(f"components.train.{part}").draw_open(read(Path(folder)))

    def draw(part: str) -> AppTest:
        arguments = {"folder": str(run.folder), "part": part}
        return settled(AppTest.from_function(script, kwargs=arguments, default_timeout=60).run())

    return draw


def labeled(widgets: Any, label: str) -> Any:
    return next(one for one in widgets if one.label == label)


def test_an_image_of_the_data_is_tried_at_once(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    at = opened("try_it")
    shown = texts(at)
    assert "<h5>validation image of 0</h5>" in shown
    assert "as the model sees it, 8×8 gray" in shown
    first, second = re.findall(r"<li><span>(\w+)</span>.*?<b[^>]*>([\d.]+) %</b>", shown)[:2]
    powers = np.exp(played.scores)
    assert first == ("5", f"{100 * powers[5] / powers.sum():.1f}")
    assert second[0] == "1"
    assert "Grad-CAM for <b>5</b>" in shown
    assert "Model: last, as the training left it. Probabilities by softmax" in shown
    assert "Grad-CAM of squeeze_excitation_2 › multiply (4×4)" in shown
    assert played.asked[0][0] == "model.keras"
    labeled(at.selectbox, "Or an image of the data").select(-1).run()
    assert "Drop a picture above, or choose an image of the data." in texts(settled(at))


def test_layer_class_and_strength_are_chosen(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    at = opened("try_it")
    layers = labeled(at.selectbox, "Map of the layer")
    assert layers.options == [
        "conv_bn_relu_1 › conv2d, 8×8",
        "squeeze_excitation_2 › multiply, 4×4",
    ]
    assert layers.value == "multiply_1"
    layers.select("conv2d").run()
    labeled(at.selectbox, "Map for the class").select(8).run()
    assert "Grad-CAM for <b>8</b>" in texts(settled(at))
    assert [asked[2:] for asked in played.asked] == [(None, None), ("conv2d", None), ("conv2d", 8)]
    at.slider[0].set_value(25).run()
    assert "opacity:0.25" in texts(settled(at))
    assert len(played.asked) == 3, "the strength is a matter of drawing"


def test_pictures_are_dropped_and_bad_ones_told(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    at = opened("try_it")
    at.file_uploader[0].set_value(
        [("wide.png", picture(size=(16, 8)), "image/png"), ("bad.png", b"no", "image/png")]
    ).run()
    shown = texts(settled(at))
    assert "<h5>wide.png</h5><p>8×16 color, stretched to 8×8, made gray" in shown
    assert "bad.png: received no picture: it is not a PNG" in shown
    assert "Save it as a PNG or JPEG." in shown
    assert len(played.asked[-1][1]) == 2  # with the image of the data
    fit: Any = at.get("button_group")
    fit[0].set_value("pad").run()
    assert "brought with black margins to 8×8" in texts(settled(at))
    assert played.asked[-1][1][0, 0].max() == 0
    labeled(at.toggle, "Exchange light and dark").set_value(True).run()
    assert "light and dark exchanged" in texts(settled(at))
    assert played.asked[-1][1][0, 0].min() == 255


def test_what_goes_wrong_is_said_and_tried_again(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    played.error = BuilderError("the model cannot be used: it is damaged", "train it once more")
    at = opened("try_it")
    assert "The model cannot be used: it is damaged." in texts(at)
    played.error = None
    labeled(at.button, "Try again").click().run()
    assert "Grad-CAM for <b>5</b>" in texts(settled(at))


def test_a_model_that_diverged_and_a_map_of_nothing(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    played.map = np.zeros((4, 4))
    assert "nothing in this layer speaks for it" in texts(opened("try_it"))
    played.scores = played.scores * np.nan
    shown = texts(opened("try_it"))
    assert "its training has diverged" in shown
    assert "smaller learning rate" in shown
    assert "<ol>" not in shown


def test_the_first_filters_are_drawn_with_their_scale(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    shown = texts(opened("first_filters"))
    assert "<b>conv_bn_relu_1 › conv2d</b>: 70 filters of 3×3, each reads the gray image" in shown
    assert "shown are the first 64 pictures of 70" in shown
    assert shown.count('title="filter ') == 64
    assert "−0.25<img" in shown
    assert played.asked == [("model.keras", None, None, None)]


def test_filters_of_colors_and_a_network_without_any(
    played: PlayedProcess, opened: Callable[[str], AppTest]
) -> None:
    played.filters = Filters("conv2d", np.ones((1, 1, 3, 2), np.float32), False)
    shown = texts(opened("first_filters"))
    assert "each reads 3 channels" in shown
    assert "mid-gray is 0, black −1, full light 1" in shown
    assert "Filters of one pixel mix channels only" in shown
    played.filters = None
    assert "This network has no convolution" in texts(opened("first_filters"))


@pytest.mark.parametrize("part", ["try_it", "first_filters"])
def test_a_model_that_has_gone_in_the_meantime_is_reported(
    run: Run, played: PlayedProcess, opened: Callable[[str], AppTest], part: str
) -> None:
    (run.folder / "model.keras").unlink()
    assert "The model of this run is gone." in texts(opened(part))
    assert played.asked == []
