"""Images are read and stored in a process of its own, which can be cancelled and may die."""

import os
import time
from pathlib import Path
from threading import Event

import pytest

from builder.datasets.own_images import shelf, work
from builder.datasets.own_images.file_codes import ArchiveCode
from builder.datasets.own_images.storing import Stored
from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.work import Brought, Work
from builder.system.errors import BuilderError, FormatError, Problem
from builder.system.helper_process import Ended, EndedBy
from tests.datasets.given import two_classes, write_folder, write_zip

pytestmark = pytest.mark.slow  # each starts short processes

TARGET = Target(4, 4, 3)


def left_behind(home: Path) -> list[Path]:
    return [*(home / "datasets").glob(".*")]


def test_an_upload_is_looked_at_stored_and_removed(home: Path, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", two_classes())
    with path.open("rb") as file, Brought(home, upload=file, name="My colors.zip") as brought:
        looked = Work(brought)
        looked.wait(60)
        assert isinstance(looked.result, Survey)
        assert looked.result.title == "My colors"
        assert all((brought.folder / sample.file).exists() for sample in looked.result.samples)
        stored = Work(brought, TARGET)
        stored.wait(60)
        assert brought.progress()[1] == 6
    assert isinstance(stored.result, Stored)
    assert stored.state == "done"
    assert shelf.find(home, stored.result.dataset.id) == stored.result.dataset
    assert left_behind(home) == []


def test_what_is_cancelled_leaves_nothing(home: Path, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", two_classes())
    cancel = Event()
    cancel.set()
    with Brought(home, path=folder) as brought:
        for act in (brought.survey, lambda cancel: brought.store(TARGET, cancel=cancel)):
            with pytest.raises(BuilderError, match="was cancelled"):
                act(cancel)
        begun = Work(brought)
        begun.cancel()
        begun.wait(60)
        assert begun.state == "cancelled"
    assert left_behind(home) == []
    assert shelf.own_datasets(home) == []


def test_a_refusal_comes_with_what_to_do(home: Path, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"../x.png": b""})
    with Brought(home, path=path) as brought:
        refused = Work(brought)
        refused.wait(60)
    assert refused.state == "failed"
    assert isinstance(refused.error, FormatError)
    assert refused.error.problem == Problem(ArchiveCode.LEADS_OUTSIDE, {"name": "../x.png"})
    assert "leads outside" in refused.error.message
    assert "pack the folder again" in refused.error.fix


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (Ended(EndedBy.TIME, -9, b"", ""), "in time"),
        (Ended(EndedBy.MEMORY, -9, b"", ""), "too much memory"),
        (Ended(EndedBy.ITSELF, -11, b"", "Fatal Python error: Segmentation fault"), "Segmentation"),
        (Ended(EndedBy.ITSELF, 1, b"", ""), "it said nothing"),
    ],
)
def test_a_dead_process_is_reported(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: Ended, expected: str
) -> None:
    monkeypatch.setattr(work, "run_module", lambda *_, **__: ended)
    with Brought(home, path=tmp_path) as brought, pytest.raises(FormatError, match=expected):
        brought.survey()


def test_what_a_killed_app_has_left_is_swept_after_a_day(home: Path, tmp_path: Path) -> None:
    old, new = home / "datasets" / ".work-old", home / "datasets" / ".work-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    long_ago = time.time() - 2 * work.STALE_SECONDS
    os.utime(old, (long_ago, long_ago))
    with Brought(home, path=write_folder(tmp_path / "set", two_classes())) as brought:
        brought.survey()
    assert left_behind(home) == [new]
