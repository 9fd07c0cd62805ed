"""Learning curves with bands, and pictures in both themes."""

import json

import pytest

from builder.codegen.diagram.colors import CATEGORIES, TEXT
from builder.runs.metrics import EpochMetrics
from builder.studies.curves import curves
from builder.studies.figure_themes import in_theme

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


def test_each_color_is_exchanged_for_the_one_that_means_the_same() -> None:
    figure = curves(HISTORIES, "val_accuracy")
    light, dark = (json.loads(in_theme(figure, theme)) for theme in ("light", "dark"))
    color = CATEGORIES["convolution"]
    assert light["data"][1]["line"]["color"] == color.light
    assert dark["data"][1]["line"]["color"] == color.dark
    assert dark["data"][0]["fillcolor"] == color.dark
    assert dark["layout"]["font"]["color"] == TEXT["dark"]
    assert light["layout"]["paper_bgcolor"] == dark["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert json.loads(figure.to_json())["data"][1]["line"]["color"] == color.light, "it is kept"
