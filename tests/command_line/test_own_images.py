"""train --dataset PATH: images of one's own from the command line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from builder.command_line import app
from builder.command_line.own_images import title
from builder.datasets.own_images import shelf
from builder.datasets.own_images.value_range import Kind, ValueRange
from tests.datasets.given import picture, two_classes, write_folder, write_npz, write_zip

runner = CliRunner()

pytestmark = pytest.mark.slow  # each starts two short processes


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The architectures and settings that would have been trained; nothing is."""
    found: list[Any] = []
    monkeypatch.setattr(
        "builder.scheduler.starting.begin", lambda _, *asked, **__: found.append(asked[:2])
    )
    monkeypatch.setattr("builder.command_line.training.attend", lambda *_, **__: None)
    return found


def test_a_folder_is_kept_in_the_networks_size_and_trained_on(
    home: Path, tmp_path: Path, begun: list[Any]
) -> None:
    path = write_folder(tmp_path / "colors", two_classes())
    command = ["train", "small_residual", "--dataset", str(path), "--fit", "pad"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    (own,) = shelf.own_datasets(home)
    assert (own.title, own.height, own.width, own.channels) == ("colors", 32, 32, 3)
    assert own.fit == "pad"
    ((architecture, settings),) = begun
    assert settings.dataset == f"own:{own.id}"
    assert "6 images of 2 classes: blue 3, red 3." in result.stderr
    assert f"kept as own:{own.id}: 32×32 color, padded with black to that size" in result.stderr
    assert title(settings.dataset) == "colors"
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


def test_a_given_split_is_kept_or_split_again(home: Path, tmp_path: Path, begun: list[Any]) -> None:
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
    assert "not clear what each is for: '2020', '2021', 'rest'" in result.stderr
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


def deep(path: Path) -> Path:
    """Images of 12 bits, the brightest of 3,000."""
    images = np.linspace(0, 3_000, 4 * 8 * 8).reshape(4, 8, 8).astype(np.uint16)
    return write_npz(path, images=images, labels=[0, 1, 0, 1])


@pytest.mark.parametrize(
    ("options", "said", "expected"),
    [
        (
            [],
            "The values 0 to 4,095 (12 bit) become 0 to 255. The images have 0 to 3,000. "
            "--value-range LOW HIGH takes others.",
            (0, 4_095),
        ),
        (["--value-range", "0", "3000"], "The values 0 to 3,000 become 0 to 255.", (0, 3_000)),
        (["--value-range", "-100", "200.5"], "beyond -100 to 200.5 is cut off", (-100, 200.5)),
    ],
)
def test_the_values_that_become_0_to_255_are_said_and_can_be_given(
    home: Path,
    tmp_path: Path,
    begun: list[Any],
    options: list[str],
    said: str,
    expected: tuple[float, float],
) -> None:
    path = deep(tmp_path / "set.npz")
    result = runner.invoke(app, ["train", "lenet5", "--dataset", str(path), *options])
    assert result.exit_code == 0, result.output
    assert said in result.stderr
    assert shelf.own_datasets(home)[0].value_ranges == (ValueRange(Kind.INTEGER, *expected),)
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("data", "values", "message"),
    [
        ("digits", ["0", "255"], "received with the data 'digits'"),
        ("", ["9", "3"], "received 9 to 3, expected a low value and a higher one"),
    ],
)
def test_a_range_that_cannot_be_used_is_refused(
    home: Path, tmp_path: Path, data: str, values: list[str], message: str
) -> None:
    path = data or str(deep(tmp_path / "set.npz"))
    result = runner.invoke(app, ["train", "lenet5", "--dataset", path, "--value-range", *values])
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert shelf.own_datasets(home) == []


def test_images_are_looked_at_without_being_kept(home: Path, tmp_path: Path) -> None:
    members = two_classes() | {"red/x.png": b"", "red/y.png": b"no", "red/.DS_Store": b"x"}
    path = write_zip(tmp_path / "set.zip", members)
    result = runner.invoke(app, ["images", str(path)])
    assert result.exit_code == 0, result.output
    for line in (
        "6 images of 2 classes: blue 3, red 3.",
        "No images, 2. --leave-out leaves them out:",
        "  1 an empty file: red/x.png",
        "  1 not a PNG, JPEG, BMP, GIF, TIFF or WebP: red/y.png",
        "Not used, 1:",
        "  1 hidden, or left behind by a system: red/.DS_Store",
        "The values 0 to 255 (8 bit) stay as they are.",
    ):
        assert line in result.stderr.splitlines()
    found = json.loads(runner.invoke(app, ["images", str(path), "--json"]).stdout)
    assert (found["classes"], found["counts"]) == (["blue", "red"], [3, 3])
    reasons = {group["reason"]: group["count"] for group in found["bad"]["groups"]}
    assert reasons == {"empty": 1, "no-image": 1}
    assert [group["reason"] for group in found["outside"]["groups"]] == ["system"]
    assert found["ranges"] == [{"kind": "8-bit", "low": 0, "high": 255}]
    assert shelf.own_datasets(home) == []
    missing = runner.invoke(app, ["images", str(tmp_path / "none")])
    assert missing.exit_code == 1
    assert "there is no folder or file" in missing.stderr


def test_what_is_left_out_is_listed(home: Path, tmp_path: Path, begun: list[Any]) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | {"red/x.png": picture()[:45]})
    command = ["train", "small_residual", "--dataset", str(path), "--leave-out"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "Left out, 1:\n  1 damaged or cut off: red/x.png\n" in result.stderr
