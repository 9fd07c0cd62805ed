"""The lock of a run: one worker holds it, and notices where its run is gone."""

import errno
import fcntl
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.runs import worker_lock as lock_module
from builder.runs.run_state import LOCK, RunState, is_locked
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.runs.worker_lock import Watch, WorkerLock
from builder.worker.checkpoints import Checkpoints
from builder.worker.progress import Progress
from tests.worker.fake_model import FakeModel, place


def test_the_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = WorkerLock(tmp_path), WorkerLock(tmp_path)
    assert not is_locked(tmp_path)
    assert first.acquire()
    assert is_locked(tmp_path)
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert not is_locked(tmp_path)


def test_processes_that_look_are_not_taken_for_a_worker(tmp_path: Path) -> None:
    WorkerLock(tmp_path).release()
    with (tmp_path / LOCK).open("rb") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        assert not is_locked(tmp_path)


def test_a_worker_waits_for_processes_that_look(tmp_path: Path) -> None:
    lock = WorkerLock(tmp_path)
    with (tmp_path / LOCK).open("rb") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        timer = threading.Timer(0.2, fcntl.flock, (looker, fcntl.LOCK_UN))
        timer.start()
        assert lock.acquire()
        timer.join()
    lock.release()


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def move(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def replace_with_a_copy(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    shutil.copytree(folder.with_name("elsewhere"), folder)


def remove_the_lock(folder: Path) -> None:
    (folder / LOCK).unlink()


def replace_the_folder_above(folder: Path) -> None:
    folder.parent.rename(folder.parent.with_name("moved"))
    folder.parent.write_text("no folder")


@pytest.mark.parametrize(
    "loses", [remove, move, replace_with_a_copy, remove_the_lock, replace_the_folder_above]
)
def test_a_worker_notices_that_its_run_is_gone(
    loses: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "LOOK_SECONDS", 0.01)
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    lock, gone = WorkerLock(folder), threading.Event()
    assert lock.acquire()
    watch = Watch(lock, gone.set)
    assert not gone.wait(0.1), "it is in its place"
    lock.check()
    loses(folder)
    assert gone.wait(10)
    with pytest.raises(FileNotFoundError, match="removed, moved or replaced"):
        lock.check()
    watch.end()
    lock.release()


def test_a_disk_that_is_away_for_a_moment_is_no_lost_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = WorkerLock(tmp_path)

    def stale(_path: Path) -> None:
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(Path, "stat", stale)
    assert lock.is_in_place
    lock.release()


def test_where_a_run_is_gone_nothing_is_written_and_no_folder_made(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    lock = WorkerLock(folder)
    assert lock.acquire()
    progress = Progress(folder, RunState(RunStatus.RUNNING), StopRequest(), lock.check)
    checkpoints = Checkpoints(folder, 10, check=lock.check)
    replace_with_a_copy(folder)
    before = sorted(folder.iterdir())
    with pytest.raises(FileNotFoundError):
        checkpoints.save(FakeModel(), place(1), {})
    with pytest.raises(FileNotFoundError):
        progress.set(stage="saving")
    assert sorted(folder.iterdir()) == before, "another run's folder is left alone"
    remove(folder)
    with pytest.raises(FileNotFoundError):  # also where it goes between the look and the writing
        Checkpoints(folder, 10).save(FakeModel(), place(1), {})
    assert not folder.exists()
    with pytest.raises(FileNotFoundError):
        progress.close(state=RunStatus.FINISHED)
    lock.release()


def test_looking_at_the_lock_never_keeps_a_worker_from_it(tmp_path: Path) -> None:
    WorkerLock(tmp_path).release()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            is_locked(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(20):
            lock = WorkerLock(tmp_path)
            assert lock.acquire()
            lock.release()
    finally:
        stop.set()
        for looker in lookers:
            looker.join()
