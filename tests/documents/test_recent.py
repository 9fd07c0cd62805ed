"""When documents were opened: a file on which nothing depends but an order."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from builder.documents.recent import MAX_REMEMBERED, Recent


def test_the_latest_opened_stands_last_and_is_found_again(home: Path) -> None:
    recent = Recent(home)
    for document in ("one", "two", "one"):
        recent.note(document)
    opened = Recent(home).opened()
    assert list(opened) == ["two", "one"]
    assert opened["two"] < opened["one"]


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"a": 1, "b": null}', "\xff" * 9, "[" * 9_999]
)
def test_a_damaged_file_is_no_error_and_is_replaced(home: Path, content: str) -> None:
    (home / "recent.json").write_text(content, encoding="latin-1")
    assert Recent(home).opened() == {}
    Recent(home).note("one")
    assert list(Recent(home).opened()) == ["one"]


def test_only_the_latest_are_remembered(home: Path) -> None:
    names = ", ".join(f'"d{number}": "2026"' for number in range(MAX_REMEMBERED + 5))
    (home / "recent.json").write_text(f"{{{names}}}")
    recent = Recent(home)
    recent.note("new")
    assert len(recent.opened()) == MAX_REMEMBERED
    assert list(recent.opened())[-1] == "new"


def test_a_full_disk_is_no_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", fail)
        Recent(home).note("one")
    assert Recent(home).opened() == {}
