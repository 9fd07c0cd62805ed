"""data, and the size in which images of one's own are kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from builder.command_line import app
from builder.command_line.own_images import read_size
from builder.datasets.own_images import shelf
from builder.datasets.own_images.target import Target
from builder.system.errors import ParameterError
from tests.datasets.given import kept, two_classes, write_folder

runner = CliRunner()


def test_data_sets_are_listed_with_their_ids_and_the_size_of_their_images(
    home: Path, tmp_path: Path
) -> None:
    assert "no images of your own yet" in runner.invoke(app, ["data"]).stderr
    path = write_folder(tmp_path / "colors", two_classes())
    own = kept(path, home, Target(5, 4, 3)).dataset
    result = runner.invoke(app, ["data"])
    assert (result.exit_code, result.stderr) == (0, "")
    line = next(line for line in result.stdout.splitlines() if own.id in line)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells == [
        f"own:{own.id}",
        "colors",
        "6",
        "2",
        "5×4 color",
        "0.0 MB",
        "on this machine",
    ]
    rows = {row["id"]: row for row in json.loads(runner.invoke(app, ["data", "--json"]).stdout)}
    listed = rows[f"own:{own.id}"]
    assert (listed["size"], listed["bytes"]) == ([5, 4, 3], 6 * (5 * 4 * 3 + 8))
    assert rows["digits"]["images"] == 1_797


@pytest.mark.slow
def test_the_size_of_own_images_is_chosen(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.scheduler.starting.begin", lambda *_, **__: None)
    monkeypatch.setattr("builder.command_line.training.attend", lambda *_, **__: None)
    path = write_folder(tmp_path / "colors", two_classes())
    command = ["train", "small_residual", "--dataset", str(path), "--size", "16x24"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    (own,) = shelf.own_datasets(home)
    assert (own.height, own.width) == (16, 24)
    refused = runner.invoke(app, ["train", "small_residual", "--size", "16"])
    assert refused.exit_code == 2
    assert "--size: received with the data 'digits'" in refused.stderr


@pytest.mark.parametrize(
    ("text", "expected"), [("64", (64, 64)), ("48x64", (48, 64)), ("48×64", (48, 64)), ("", None)]
)
def test_a_size_is_a_side_or_height_and_width(text: str, expected: Any) -> None:
    assert read_size(text) == expected


@pytest.mark.parametrize("text", ["x", "0", "4x", "4x5x6", "-3", "big", "100000"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="size: received"):
        read_size(text)
