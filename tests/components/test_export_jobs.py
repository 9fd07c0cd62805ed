"""Exports made in a thread: how they end, and how long they are kept."""

import threading
from pathlib import Path

import pytest

from builder.system.errors import BuilderError
from components import export_jobs
from components.export_jobs import Job


def write(path: Path, _: threading.Event) -> None:
    path.write_bytes(b"0123456789")


def done(make: export_jobs.Make) -> Job:
    job = Job(make, "a.svg", "image/svg+xml", "svg", None)
    job.wait(20)
    return job


def test_the_oldest_files_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "KEPT", 2)
    jobs = [done(write) for _ in range(3)]
    assert [job.path.exists() for job in jobs] == [False, True, True]
    assert [export_jobs.find(job.id) for job in jobs] == [None, *jobs[1:]]


def test_large_files_leave_room_but_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "KEPT_BYTES", 5)
    jobs = [done(write) for _ in range(2)]
    assert [job.path.exists() for job in jobs] == [False, True]


def test_a_full_disk_is_said() -> None:
    def make(*_: object) -> None:
        raise OSError(28, "No space left on device")

    job = done(make)
    assert job.state == "failed"
    assert str(job.error).startswith("the export failed: the disk is full (")


def test_what_was_cancelled_is_no_failure() -> None:
    def make(_: Path, cancel: threading.Event) -> None:
        assert cancel.wait(20)
        raise BuilderError("the drawing was cancelled")

    job = Job(make, "a.svg", "image/svg+xml", "svg", None)
    job.cancel()
    job.wait(20)
    assert job.state == "cancelled"
    assert export_jobs.find(job.id) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_is_no_traceback_on_the_screen() -> None:
    def make(*_: object) -> None:
        raise ZeroDivisionError

    job = done(make)
    assert job.state == "failed"
    assert str(job.error) == "the export failed; the server's log says why"
