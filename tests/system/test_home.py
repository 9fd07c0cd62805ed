"""The data folder is its owner's alone, unless it was given to others on purpose."""

import os
from pathlib import Path

import pytest

from builder.actions import upkeep
from builder.system.home import home
from builder.system.private_home import make_private


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o7777


def test_a_new_one_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path / "some" / "data"))
    assert mode(home()) == 0o700
    assert mode(tmp_path / "some") != 0o700, "what lies above is not ours"


def test_an_existing_folder_is_closed_and_that_is_reported(home: Path) -> None:
    home.chmod(0o775)
    (home / "recent.json").touch()
    sentence = upkeep.prepare(home)
    assert mode(home) == 0o700
    assert "could be read by others (mode 775)" in sentence
    assert upkeep.prepare(home) == ""


@pytest.mark.parametrize("name", ["thesis", "notes.txt", "src"])
def test_a_folder_that_holds_other_things_is_left_and_told(home: Path, name: str) -> None:
    home.chmod(0o755)
    (home / name).mkdir()
    assert f"such as {name}" in make_private(home)
    assert mode(home) == 0o755


def test_one_that_was_given_to_a_group_is_left(home: Path) -> None:
    home.chmod(0o2770)
    assert make_private(home) == ""
    assert mode(home) == 0o2770


def test_one_of_another_user_is_left_and_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 1)
    assert "belongs to another user" in make_private(home)
    assert mode(home) == 0o755
