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


def in_parts(*parts: str) -> dict[str, bytes]:
    return {f"{part}/{name}": content for part in parts for name, content in two_classes().items()}


def test_a_given_split_is_kept_or_split_anew(home: Path, tmp_path: Path, begun: list[Any]) -> None:
    path = write_folder(tmp_path / "set", in_parts("train", "validate", "Testing"))
    command = ["train", "small_residual", "--dataset", str(path)]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "6 images of 2 classes: blue 3, red 3; 6 to validate with; 6 for a last" in result.stderr
    assert "6 training images, 6 for validation (the set that came with them)" in result.stderr
    (own,) = shelf.own_datasets(home)
    assert (own.validation_class_counts, own.test_class_counts) == ((3, 3), (3, 3))
    anew = runner.invoke(app, [*command, "--validation-set", "share"])
    assert "9 training images, 3 for validation and 6 for one last test" in anew.stderr
    assert [settings.validation_set for _, settings in begun] == ["given", "share"]


def test_what_is_not_certain_is_asked(home: Path, tmp_path: Path, begun: list[Any]) -> None:
    path = write_folder(tmp_path / "set", in_parts("2020", "2021", "rest"))
    command = ["train", "small_residual", "--dataset", str(path)]
    result = runner.invoke(app, command)
    assert result.exit_code == 1
    assert "not clear what each is for: 2020, 2021, rest" in result.stderr
    assert "--split-folders 2020=train,2021=test, or --split-folders classes" in result.stderr
    assert not shelf.own_datasets(home)
    told = runner.invoke(app, [*command, "--split-folders", "2020=train,2021=test,rest=leave-out"])
    assert told.exit_code == 0, told.output
    (own,) = shelf.own_datasets(home)
    assert (own.classes, own.test_class_counts) == (("blue", "red"), (3, 3))
    classes = runner.invoke(app, [*command, "--split-folders", "classes"])
    assert classes.exit_code == 0, classes.output
    assert ("rest", "2020", "2021") in [own.classes for own in shelf.own_datasets(home)]
    for wrong in ("2020=learn", "2020", "=train", "2020=train,"):
        refused = runner.invoke(app, [*command, "--split-folders", wrong])
        assert refused.exit_code == 2
        assert "split-folders: received" in refused.stderr
    npz = write_npz(tmp_path / "set.npz", x=[[[0] * 4] * 4] * 4, y=[0, 1, 0, 1])
    for data in ("digits", str(npz)):
        other = ["train", "small_residual", "--dataset", data, "--split-folders", "a=train"]
        assert runner.invoke(app, other).exit_code in (1, 2)


def test_arrays_are_brought_to_the_networks_input(
    home: Path, tmp_path: Path, begun: list[Any]
) -> None:
    path = write_npz(tmp_path / "set.npz", x=[[[0] * 40] * 40] * 4, y=[0, 1, 0, 1])
    result = runner.invoke(app, ["train", "lenet5", "--dataset", str(path)])
    assert result.exit_code == 0, result.output
    assert (shelf.own_datasets(home)[0].height, begun[0][1].is_stratified) == (28, True)
