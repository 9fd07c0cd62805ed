from pathlib import Path

import pytest

from builder.runs.notes import MAX_LENGTH, NOTE, read_note, split_tags, write_note
from builder.system.errors import ParameterError


def test_a_note_is_kept_in_one_line_and_taken_away(tmp_path: Path) -> None:
    assert read_note(tmp_path) == ""
    write_note(tmp_path, "  first\ttry,\nbatch 32 \x07 #paper ")
    assert read_note(tmp_path) == "first try, batch 32 #paper"
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]
    write_note(tmp_path, "  \n")
    assert list(tmp_path.iterdir()) == []
    write_note(tmp_path, "")
    assert read_note(tmp_path) == ""


def test_a_note_that_is_too_long_changes_nothing(tmp_path: Path) -> None:
    write_note(tmp_path, "before")
    with pytest.raises(ParameterError, match="has 501 characters, expected 500 at most"):
        write_note(tmp_path, "é" * (MAX_LENGTH + 1))
    assert read_note(tmp_path) == "before"
    write_note(tmp_path, "é" * MAX_LENGTH)
    assert len(read_note(tmp_path)) == MAX_LENGTH


def test_a_damaged_note_is_none(tmp_path: Path) -> None:
    (tmp_path / NOTE).write_bytes(b"\xff\xfe\x00")
    assert read_note(tmp_path) == ""
    (tmp_path / NOTE).write_text("long " * 10_000)
    assert len(read_note(tmp_path)) <= MAX_LENGTH


def test_words_with_a_hash_in_front_are_tags() -> None:
    assert split_tags("#paper wide, #paper #SE-Net c#no # #a,b #größer") == (
        "wide, c#no # #a,b",
        ("paper", "SE-Net", "größer"),
    )
