"""predict: a real model is covered by the process's own tests, so that its answers are played."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from builder.analysis.prediction_process import Look, PredictionProcess
from builder.command_line import app, given_files, predicting
from builder.datasets.own_images.target import Target
from builder.gallery import TEMPLATES
from builder.runs.run_folder import Run
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from tests.datasets.given import picture, write_folder

runner = CliRunner()
SCORES = np.log([0.05, 0.7, 0.2, 0.01, 0.01, 0.01, 0.005, 0.005, 0.005, 0.005])


@pytest.fixture
def run(home: Path) -> Run:
    run = new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings())
    (run.folder / "model.keras").write_bytes(b"")
    return run


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What the model puts out for a picture, in a list that a test may change."""
    given = [SCORES]

    def look(_self: Any, _model: Path, images: np.ndarray) -> Look:
        return Look((), "softmax", None, np.tile(given[0], (len(images), 1)), None, None)

    monkeypatch.setattr(PredictionProcess, "look", look)
    return given


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.png"
    path.write_bytes(picture(size=(16, 8)))
    return path


@pytest.mark.slow
def test_the_likeliest_classes_are_reported(run: Run, scores: list[np.ndarray], one: Path) -> None:
    result = runner.invoke(app, ["predict", run.id[-4:], str(one), "--top", "2"])
    assert result.exit_code == 0, result.output
    assert "1 70.0%, 2 20.0%" in result.stdout
    assert "8×16 color, stretched to 8×8" in " ".join(result.stdout.split())
    assert "Model: last, as the training left it. Probabilities by softmax" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "conversion"),
    [
        ([], "values 0 to 1,023 (10 bit) become 0 to 255"),
        (["--value-range", "0", "65535"], "values 0 to 65,535 (16 bit) become 0 to 255"),
    ],
)
def test_the_values_of_deep_pictures_are_reported_and_can_be_given(
    run: Run, scores: list[np.ndarray], tmp_path: Path, options: list[str], conversion: str
) -> None:
    path = tmp_path / "deep.png"
    path.write_bytes(picture(900, (8, 8), mode="I;16"))
    result = runner.invoke(app, ["predict", run.id, str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    assert conversion in json.loads(result.stdout)[0]["conversion"]


@pytest.mark.slow
def test_json_holds_what_is_a_picture_and_what_is_none(
    run: Run, scores: list[np.ndarray], one: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    result = runner.invoke(
        app,
        ["predict", run.id, str(bad), str(one), "--json", "--fit", "pad", "--top", "1", "--invert"],
    )
    assert result.exit_code == 1
    good, refused = json.loads(result.stdout)
    assert (good["image"], good["model"]) == (str(one), "last")
    assert "with black margins" in good["conversion"]
    assert good["conversion"].endswith("light and dark exchanged")
    (likeliest,) = good["classes"]
    assert (likeliest["class"], likeliest["number"]) == ("1", 1)
    assert likeliest["probability"] == pytest.approx(0.7)
    assert refused["image"] == str(bad)
    assert refused["error"].startswith("received no picture")
    assert "bad.png: received no picture" in result.stderr


def test_what_cannot_be_asked_is_refused_before_keras_starts(
    run: Run, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "PredictionProcess", None)
    for arguments, message in (
        ([run.id, str(tmp_path / "none.png")], "none.png: it cannot be read: No such file"),
        ([run.id, str(one), "--model", "best"], "has no best model, expected last"),
        ([run.id, str(one), "--fit", "squeeze"], "expected one of stretch, crop, pad"),
    ):
        result = runner.invoke(app, ["predict", *arguments])
        assert result.exit_code == 1
        assert message in result.stderr
    (run.folder / "model.keras").unlink()
    assert "no trained model yet" in runner.invoke(app, ["predict", run.id, str(one)]).stderr
    assert runner.invoke(app, ["predict", "another", str(one)]).exit_code == 2


@pytest.mark.slow
def test_a_model_that_diverged_is_said_to_have(
    run: Run, scores: list[np.ndarray], one: Path
) -> None:
    scores[0] = SCORES * np.nan
    result = runner.invoke(app, ["predict", run.id, str(one)])
    assert result.exit_code == 1
    assert "its training has diverged" in result.stderr


@pytest.mark.slow
def test_folders_are_looked_through_and_written_as_a_table(
    run: Run, scores: list[np.ndarray], tmp_path: Path
) -> None:
    members = {f"deep/er/p{number:02}.png": picture((number, 0, 0)) for number in range(13)}
    members |= {"note, with a comma.JPG": picture(kind="JPEG"), "bad.png": b"no picture"}
    members |= {"readme.txt": b"x", ".hidden.png": picture(), "deep/data.csv": b"1"}
    folder = write_folder(tmp_path / "all of it", members)
    table = tmp_path / "out.csv"
    result = runner.invoke(app, ["predict", run.id, str(folder), "--csv", str(table)])
    assert result.exit_code == 1, "one file is no picture"
    assert "bad.png: received no picture" in result.stderr
    assert "Left out, 3:" in result.stderr
    assert "2 not a PNG" in result.stderr
    assert "1 hidden, or left behind by a system" in result.stderr
    assert f"14 of 15 pictures are in {table}." in result.stderr
    with table.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["file", "class", *map(str, range(10))]
    deep = [name for name in members if name.startswith("deep/er")]
    assert [row[0] for row in rows] == [
        str(folder / name) for name in ("note, with a comma.JPG", *deep)
    ]
    assert {row[1] for row in rows} == {"1"}
    assert float(rows[0][3]) == pytest.approx(0.7, abs=1e-5)
    assert sum(map(float, rows[0][2:])) == pytest.approx(1, abs=1e-4)


def test_a_folder_without_pictures_and_a_table_that_cannot_be_written_are_said(
    run: Run, scores: list[np.ndarray], one: Path, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "empty", {"readme.txt": b"x"})
    result = runner.invoke(app, ["predict", run.id, str(folder)])
    assert result.exit_code == 1
    assert "there is no picture in what was given" in result.stderr
    nowhere = tmp_path / "no" / "out.csv"
    result = runner.invoke(app, ["predict", run.id, str(one), "--csv", str(nowhere)])
    assert result.exit_code == 1
    assert "cannot be written: No such file" in result.stderr


def test_a_file_that_ends_the_decoder_spoils_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def read(
        files: list[tuple[str, bytes]], _target: Target, _most: int
    ) -> tuple[list[str], list[str]]:
        names = [Path(name).name for name, _ in files]
        return ([], names) if "bomb.png" in names else (names, [])

    monkeypatch.setattr(given_files, "read_pictures", read)
    monkeypatch.setattr(given_files, "GROUP_FILES", 4)
    paths = [tmp_path / f"{name}.png" for name in ("a", "b", "bomb", "c", "d")]
    for path in paths:
        path.write_bytes(b"")
    gone = tmp_path / "gone.png"
    (read_gone, *read_files) = given_files.read_all([gone, *paths], Target(4, 4, 3))
    assert read_gone[1][0].message == "it cannot be read: No such file or directory"
    assert read_files == [
        (["a.png", "b.png"], []),
        ([], ["bomb.png"]),
        (["c.png"], []),
        (["d.png"], []),
    ]
