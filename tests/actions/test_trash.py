"""The trash: what is deleted comes back whole, or goes for good and frees the disk."""

import os
import time
from pathlib import Path

import pytest

from builder.actions import trash, upkeep
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.documents.document_store import DocumentStore
from builder.documents.library import Library
from builder.gallery import TEMPLATES
from builder.runs import run_folder
from builder.runs.json_files import write_json
from builder.runs.run_folder import Run
from builder.runs.run_state import STATE, RunState, read_state
from builder.runs.status import RunStatus
from builder.runs.worker_lock import WorkerLock
from builder.scheduler import queue, resuming
from builder.system import removal
from builder.system.errors import BuilderError, ParameterError
from builder.system.removal import disk_bytes, trash_bytes
from builder.training.settings import TrainingSettings
from tests.datasets.given import kept, two_classes, write_folder

DAY = 86_400


def make_run(home: Path, state: str = "finished", dataset: str = "digits") -> Run:
    run = run_folder.create(
        home,
        name="A net",
        document_id="net",
        architecture_json="{}",
        script="",
        settings=TrainingSettings(dataset=dataset),
        facts={},
    )
    write_json(run.folder / STATE, RunState(RunStatus(state)).values())
    (run.folder / "model.keras").write_bytes(os.urandom(100_000))
    os.link(run.folder / "model.keras", run.folder / "best.keras")
    return run_folder.read(run.folder)


def own_images(home: Path) -> shelf.OwnDataset:
    return kept(write_folder(home.with_name("colors"), two_classes()), home).dataset


def age(item: trash.Deleted, days: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it had been deleted so many days ago; the kernel's own time cannot be set."""
    real = trash.deleted_at
    when = time.time() - days * DAY
    monkeypatch.setattr(trash, "deleted_at", lambda path: when if path == item.path else real(path))


def test_all_kinds_are_listed_with_their_size_and_come_back(home: Path) -> None:
    run, own = make_run(home), own_images(home)
    store, library = DocumentStore(home), Library(home)
    document = store.create(TEMPLATES["lenet5"].architecture)
    (home / "blocks").mkdir()
    (home / "blocks" / "Mine.json").write_text("{}")
    before = time.time()
    trash.delete(home, "run", run.id)
    store.delete(document.id)
    trash.delete(home, "images", own.id)
    library.delete("Mine")
    found = {item.kind: item for item in trash.contents(home)}
    assert {kind: (item.id, item.name) for kind, item in found.items()} == {
        "run": (run.id, "A net"),
        "document": (document.id, document.name),
        "images": (own.id, own.title),
        "block": ("Mine", "Mine"),
    }
    assert 100_000 <= found["run"].num_bytes < 180_000, "a linked file counts once"
    assert all(before - 2 < item.deleted < time.time() + 2 for item in found.values())
    for item in found.values():
        trash.restore(home, item.kind, item.id)
    assert run_folder.find(home, run.id) == run
    assert store.exists(document.id)
    assert shelf.find(home, own.id) == own
    assert (home / "blocks" / "Mine.json").exists()
    assert trash.contents(home) == []


def test_what_is_removed_frees_the_disk_and_cannot_come_back(home: Path) -> None:
    upkeep.prepare(home)
    DocumentStore(home)  # makes its folder
    before = disk_bytes(home)
    run = make_run(home)
    trash.delete(home, "run", run.id)
    held = trash_bytes(home)
    (item,) = trash.contents(home)
    assert held == item.num_bytes == disk_bytes(item.path)
    assert trash.remove(home, [item]) == trash.Removed(1, held)
    (home / "runs").rmdir()
    assert disk_bytes(home) == before
    with pytest.raises(BuilderError, match="not in the trash"):
        trash.restore(home, item.kind, item.id)
    assert trash.remove(home, [item]) == trash.Removed(0, 0), "somebody else was faster"


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
def test_images_that_a_run_needs_are_never_removed(home: Path, state: str) -> None:
    own = own_images(home)
    run = make_run(home, "finished", OWN + own.id)
    trash.delete(home, "images", own.id)
    write_json(run.folder / STATE, RunState(RunStatus(state)).values())
    lock = WorkerLock(run.folder)
    if state == "running":
        assert lock.acquire()
    removed = trash.remove(home, trash.contents(home))
    assert removed.count == 0
    assert "needs these images" in removed.kept[0][1]
    assert shelf.restore(home, own.id) == own
    if state == "running":
        with pytest.raises(BuilderError, match=f"is training on {own.title}"):
            trash.delete(home, "images", own.id)
    lock.release()


def test_a_run_whose_worker_lives_is_never_removed(home: Path) -> None:
    run = make_run(home)
    trash.delete(home, "run", run.id)
    (item,) = trash.contents(home)
    lock = WorkerLock(item.path)
    assert lock.acquire()
    assert trash.remove(home, [item]).count == 0
    lock.release()
    assert trash.remove(home, [item]).count == 1


def test_what_was_deleted_long_ago_goes_by_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = make_run(home), make_run(home)
    trash.delete(home, "run", old.id)
    trash.delete(home, "run", new.id)
    item = next(item for item in trash.contents(home) if item.id == old.id)
    age(item, 29.9, monkeypatch)
    assert upkeep.empty_trash(home) == []
    age(item, 30.1, monkeypatch)
    monkeypatch.setenv(trash.DAYS_VARIABLE, "31")
    assert upkeep.empty_trash(home) == []
    monkeypatch.setenv(trash.DAYS_VARIABLE, "never")
    assert upkeep.empty_trash(home) == []
    monkeypatch.setenv(trash.DAYS_VARIABLE, "a month")
    assert "received 'a month', expected a number of days" in upkeep.empty_trash(home)[0]
    monkeypatch.delenv(trash.DAYS_VARIABLE)
    (sentence,) = upkeep.empty_trash(home)
    assert "removed from the trash what was deleted long ago: 1, " in sentence
    assert [item.id for item in trash.contents(home)] == [new.id]


@pytest.mark.parametrize("days", ["0", "-3", "nan", "inf", "1e9", "30 days"])
def test_other_days_remove_nothing(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(trash.DAYS_VARIABLE, days)
    with pytest.raises(ParameterError, match=r"expected a number of days .* or never"):
        trash.kept_days()


def test_what_is_being_removed_is_whole_or_gone_for_a_restore(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies in the middle of it: nothing of the run is left for anybody to see."""
    run = make_run(home)
    trash.delete(home, "run", run.id)
    (item,) = trash.contents(home)
    monkeypatch.setattr(removal, "remove", lambda path: (path / "train.py").unlink())
    assert trash.remove(home, [item]).count == 0
    assert trash.contents(home) == []
    with pytest.raises(BuilderError, match="not in the trash"):
        run_folder.restore(home, run.id)


def cannot_be_written(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_run_that_waits_is_deleted_from_a_full_disk_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(home, "queued")
    with queue.locked(home):
        queue.join(home, run)
    monkeypatch.setattr(queue, "write_state", cannot_be_written)
    trash.delete(home, "run", run.id)
    again = run_folder.restore(home, run.id)
    assert not queue.is_waiting(again)
    assert resuming.may_go_on(again)
    assert read_state(again.folder).state == "queued"


def test_a_size_says_what_the_disk_gives(tmp_path: Path) -> None:
    words: dict[int, str] = {0: "0 B", 999: "999 B", 1_234: "1.2 kB", 38_400_000: "38 MB"}
    assert {size: removal.in_words(size) for size in words} == words
    assert removal.in_words(10**18).endswith(" TB")
    assert disk_bytes(tmp_path / "nothing") == 0
