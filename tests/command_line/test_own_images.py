"""train --dataset PATH: images of one's own from the command line."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from builder.command_line import app
from builder.command_line.own_images import title
from builder.own_data import shelf
from tests.own_data.given import picture, two_classes, write_folder, write_npz, write_zip

runner = CliRunner()

pytestmark = pytest.mark.slow  # each starts two short processes


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The architectures and settings that would have been trained; nothing is."""
    found: list[Any] = []
    monkeypatch.setattr(
        "builder.command_line.training.begin", lambda _, *asked: found.append(asked[:2])
    )
    monkeypatch.setattr("builder.command_line.training.attend", lambda *_, **__: None)
    return found


def test_a_folder_is_kept_in_the_networks_size_and_trained_on(
    home: Path, tmp_path: Path, begun: list[Any]
) -> None:
    path = write_folder(tmp_path / "colours", two_classes())
    command = ["train", "small_residual", "--dataset", str(path), "--fit", "pad"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    (own,) = shelf.own_datasets(home)
    assert (own.title, own.height, own.width, own.channels) == ("colours", 32, 32, 3)
    assert own.fit == "pad"
    ((architecture, settings),) = begun
    assert settings.dataset == f"own:{own.id}"
    assert "6 images of 2 classes: blue 3, red 3." in result.stderr
    assert f"kept as own:{own.id}: 32×32 colour, padded with black to that size" in result.stderr
    assert title(settings.dataset) == "colours"
    assert title("digits") == "digits"
    again = runner.invoke(app, ["train", "small_residual", "--dataset", f"own:{own.id}"])
    assert again.exit_code == 0, again.output
    assert architecture == begun[1][0]
    assert begun[1][1] == settings


@pytest.mark.parametrize(
    ("members", "options", "expected"),
    [
        ({"red/x.png": b"no"}, [], "1 of 7 files is no image: red/x.png"),
        ({"../x.png": picture()}, [], "leads outside"),
        ({}, ["--fit", "bend"], "expected one of stretch, crop, pad"),
        ({}, ["--split", "odd"], "split: received 'odd'"),
    ],
)
def test_what_is_refused_is_said(
    home: Path, tmp_path: Path, members: Any, options: list[str], expected: str
) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | members)
    result = runner.invoke(app, ["train", "small_residual", "--dataset", str(path), *options])
    assert result.exit_code in (1, 2)
    assert expected in result.stderr
    assert not [*(home / "datasets").glob(".*")]


def test_files_that_are_no_images_can_be_left_out(
    home: Path, tmp_path: Path, begun: list[Any]
) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | {"red/x.png": b"no"})
    command = ["train", "small_residual", "--dataset", str(path), "--leave-out"]
    assert runner.invoke(app, command).exit_code == 0
    assert shelf.own_datasets(home)[0].left_out == 1
    assert len(begun) == 1


def test_arrays_are_brought_to_the_networks_input(
    home: Path, tmp_path: Path, begun: list[Any]
) -> None:
    path = write_npz(tmp_path / "set.npz", x=[[[0] * 40] * 40] * 4, y=[0, 1, 0, 1])
    result = runner.invoke(app, ["train", "lenet5", "--dataset", str(path)])
    assert result.exit_code == 0, result.output
    assert (shelf.own_datasets(home)[0].height, begun[0][1].is_stratified) == (28, True)
