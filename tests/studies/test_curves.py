"""Learning curves with bands, and pictures in both themes."""

import json

import pytest

from builder.codegen.diagram.colors import CATEGORIES, TEXT
from builder.runs.metrics import EpochMetrics
from builder.studies.curves import curves
from builder.studies.figure_themes import dark_theme, to_page

HISTORIES = {
    "base": [
        [EpochMetrics(1, 0.0, {"val_accuracy": 0.5}), EpochMetrics(2, 0.0, {"val_accuracy": 0.8})],
        [EpochMetrics(1, 0.0, {"val_accuracy": 0.7}), EpochMetrics(2, 0.0, {"val_accuracy": 0.9})],
        [EpochMetrics(1, 0.0, {"val_accuracy": 0.6})],
    ],
    "without dropout": [[]],
}


def test_a_curve_is_the_mean_in_a_band_of_all_seeds() -> None:
    figure = curves(HISTORIES, "val_accuracy")
    assert figure.layout.xaxis.dtick == 1, "there is no epoch 1.5"
    band, line = figure.data
    assert band.mode == "lines"
    assert list(line.x) == [1, 2]
    assert list(line.y) == pytest.approx([60.0, 85.0])
    assert line.name == "base"
    assert list(band.x) == [1, 2, 2, 1]
    assert list(band.y) == pytest.approx([70.0, 90.0, 80.0, 50.0])


def test_a_loss_is_no_share() -> None:
    line = curves({"base": [[EpochMetrics(1, 0.0, {"loss": 0.5})]]}, "loss").data[1]
    assert list(line.y) == [0.5]


def test_each_color_has_one_that_means_the_same_in_the_dark() -> None:
    figure = curves(HISTORIES, "val_accuracy")
    shown, dark = json.loads(to_page(figure)), json.loads(dark_theme())
    color = CATEGORIES["convolution"]
    assert shown["data"][1]["line"]["color"] == color.light
    assert dark["colors"][color.light] == color.dark
    assert dark["colors"][shown["layout"]["font"]["color"]] == TEXT["dark"]
    assert shown["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert dark["template"].keys() == shown["layout"]["template"].keys()
    assert dark["template"] != shown["layout"]["template"]
