"""A pause or a stop reaches a run at any moment: waiting, before its worker listens, later."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.training import launcher, queue, resuming
from builder.training.process import MODULE
from builder.training.run_folder import Run, read
from builder.training.run_state import PROCESS, REQUEST, boot_id, read_state, write_json
from builder.training.settings import TrainingSettings
from builder.training.starting import ask_to_end
from tests.training.workers import TIMEOUT, make_run, start_worker

Begin = Callable[[Run], "subprocess.Popen[bytes]"]


@pytest.fixture
def deaf() -> Iterator[Begin]:
    """Starts processes that pass for workers which still import, and never come to listen."""
    processes: list[subprocess.Popen[bytes]] = []

    def begin(run: Run) -> "subprocess.Popen[bytes]":
        code = "import time; time.sleep(600)"
        processes.append(subprocess.Popen([sys.executable, "-c", code, MODULE, str(run.folder)]))
        note(run, processes[-1].pid)
        return processes[-1]

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def note(run: Run, pid: int) -> None:
    write_json(run.folder / PROCESS, {"pid": pid, "started": time.time(), "boot": boot_id()})


def test_a_pause_reaches_a_worker_that_does_not_listen_yet(tmp_path: Path, deaf: Begin) -> None:
    run = make_run(tmp_path, TrainingSettings())
    process = deaf(run)
    assert launcher.pause(run)
    assert read_state(run.folder).state == "pausing"
    assert launcher.stop(run)
    assert launcher.pause(run), "a stop that was asked for stays one"
    assert read_state(run.folder).state == "stopping"
    assert process.poll() is None, "a signal would have killed it"
    assert launcher.stop(run, force=True)
    assert process.wait(TIMEOUT) == -9
    assert not launcher.pause(run)
    assert resuming.prepare(read(run.folder)).state == "lost"
    assert not (run.folder / REQUEST).exists(), "what goes on has not been asked to end"


def test_a_worker_obeys_what_was_asked_before_it_listened(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    note(run, 2**22 + 1)
    write_json(run.folder / REQUEST, {"state": "pausing"})
    assert start_worker(run).wait(TIMEOUT) == 75
    assert read_state(run.folder).state == "paused"


def test_whoever_waits_is_taken_out_of_the_queue(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    queue.join(tmp_path, run)
    assert ask_to_end(tmp_path, run, pause=True)
    assert (read(run.folder).state.state, queue.anybody_waits(tmp_path)) == ("stopped", False)
    assert not ask_to_end(tmp_path, run, pause=True)


def test_whose_turn_comes_at_that_moment_is_asked_as_well(
    tmp_path: Path, deaf: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, TrainingSettings())
    queue.join(tmp_path, run)
    taken_out = queue.take_out

    def too_late(home: Path, run: Run) -> None:
        deaf(run)
        queue.leave(run)
        taken_out(home, run)

    monkeypatch.setattr(queue, "take_out", too_late)
    assert ask_to_end(tmp_path, run, pause=True)
    assert read_state(run.folder).state == "pausing"


def test_a_full_disk_keeps_nobody_from_asking_twice(
    tmp_path: Path, deaf: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, TrainingSettings())
    deaf(run)

    def full(_folder: Path, *, pause: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builder.training.requests.leave", full)
    with pytest.raises(launcher.RunError, match=r"cannot be asked to end: the disk is full"):
        launcher.pause(run)
