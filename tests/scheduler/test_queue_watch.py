"""A worker that is killed holds nobody up: the queue goes on with no page open."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, list_runs, read
from builder.runs.run_state import LOG, STATE, RunState, living_pid
from builder.runs.status import RunStatus
from builder.scheduler import keeper, launcher, queue, queue_watch, resuming, starting
from builder.scheduler.queue_watch import QueueWatch
from builder.scheduler.starting import begin, resume_lost
from builder.system.devices import Device
from builder.system.worker_process import MODULE
from builder.training.settings import TrainingSettings

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
TICK = 0.05
PATIENCE = 40.0  # less than the watch's own look at everything

# What a worker does with its lock and its state; it trains until it finds a file that ends it.
WORKER = """
import fcntl, json, os, pathlib, sys, time
folder = pathlib.Path(sys.argv[-1])
lock = (folder / "worker.lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)
lock.write(str(os.getpid()))
lock.flush()

def say(state):
    values = json.loads((folder / "state.json").read_text()) | {"state": state}
    (folder / "state.tmp").write_text(json.dumps(values))
    (folder / "state.tmp").replace(folder / "state.json")

say("running")
while not (folder / "end").exists():
    time.sleep(0.01)
say("finished")
while (folder / "stay").exists():
    time.sleep(0.01)
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ids of the runs whose stand-in for a worker was started, in this order."""
    ids: list[str] = []
    processes: list[subprocess.Popen[bytes]] = []

    def start(run: Run, _ended: object = None) -> int:
        ids.append(run.id)
        process = subprocess.Popen([sys.executable, "-S", "-c", WORKER, MODULE, str(run.folder)])
        processes.append(process)
        write_json(run.folder / PROCESS, {"pid": process.pid})
        return process.pid

    monkeypatch.setattr(launcher, "start", start)
    monkeypatch.setattr("builder.scheduler.queue_watch.devices", lambda: CPU)
    monkeypatch.setattr("builder.scheduler.starting.devices", lambda: CPU)
    yield ids
    for process in processes:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def server(home: Path) -> Iterator[None]:
    watch = QueueWatch(home, TICK)
    watch.start()
    yield
    watch.stop()


@contextmanager
def command_line(home: Path) -> Iterator[None]:
    """The keeper ends by itself when nothing trains and nobody waits."""
    thread = threading.Thread(target=keeper.keep, args=(home, TICK))
    thread.start()
    yield
    for run in list_runs(home):
        end(run)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def kill(run: Run) -> None:
    until(lambda: read(run.folder).state.state == "running")
    os.kill(living_pid(run.folder) or 0, signal.SIGKILL)


def end(run: Run) -> None:
    (run.folder / "end").touch()


def is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@pytest.mark.parametrize("somebody", [server, command_line])
def test_a_killed_worker_blocks_no_other_run_and_is_resumed_once_if_wanted(
    tmp_path: Path,
    started: list[str],
    somebody: Callable[[Path], "contextlib.AbstractContextManager[None]"],
) -> None:
    settings = TrainingSettings(resume_if_lost=True)
    first, second, third = (begin(tmp_path, NETWORK, settings, "doc", CPU) for _ in range(3))
    with somebody(tmp_path):
        end(first)
        until(lambda: started == [first.id, second.id])
        kill(second)
        until(lambda: started == [first.id, second.id, third.id])
        until(lambda: queue.is_waiting(read(second.folder)))
        assert "resumed automatically" in (second.folder / LOG).read_text()
        end(third)
        until(lambda: started == [first.id, second.id, third.id, second.id])
        kill(second)
        fourth = begin(tmp_path, NETWORK, settings, "doc", CPU)
        until(lambda: started[4:] == [fourth.id])
        end(fourth)
        until(lambda: read(fourth.folder).state.state == "finished")
    state = read(second.folder).state
    assert (state.state, state.auto_resumes) == ("lost", 1)
    assert len(started) == 5


def test_a_run_that_did_not_ask_stays_lost_and_the_next_one_starts(
    tmp_path: Path, started: list[str]
) -> None:
    first, second = (begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(2))
    with server(tmp_path):
        kill(first)
        until(lambda: started == [first.id, second.id])
        end(second)
        until(lambda: read(second.folder).state.state == "finished")
    assert read(first.folder).state.state == "lost"
    assert started == [first.id, second.id]


def test_a_run_that_was_ended_at_once_does_not_come_back(
    tmp_path: Path, started: list[str]
) -> None:
    run = begin(tmp_path, NETWORK, TrainingSettings(resume_if_lost=True), "doc", CPU)
    until(lambda: read(run.folder).state.state == "running")
    assert launcher.stop(read(run.folder), force=True)
    until(lambda: living_pid(run.folder) is None)
    until(lambda: read(run.folder).state.state == "lost")  # its lock is free a moment later
    lost = read(run.folder)
    assert "as was asked" in lost.state.message
    assert not resume_lost(tmp_path, lost, CPU)
    assert started == [run.id]


def test_a_resumed_run_that_is_taken_out_of_the_queue_stays_out(
    tmp_path: Path, started: list[str]
) -> None:
    settings = TrainingSettings(resume_if_lost=True)
    run = begin(tmp_path, NETWORK, settings, "doc", CPU)
    kill(run)
    until(lambda: read(run.folder).state.state == "lost")
    other = begin(tmp_path, NETWORK, settings, "doc", CPU)
    assert resume_lost(tmp_path, read(run.folder), CPU)
    assert queue.is_waiting(read(run.folder))
    queue.take_out(tmp_path, read(run.folder))
    assert read(run.folder).state.state == "lost"
    assert not resume_lost(tmp_path, read(run.folder), CPU)
    assert started == [run.id, other.id]
    resuming.prepare(read(run.folder))
    assert read(run.folder).state.auto_resumes == 0  # a person's resume counts anew


def test_a_quiet_watch_looks_at_no_run(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs are read once, and then only after news."""
    ended = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    end(ended)
    until(lambda: read(ended.folder).state.state == "finished")
    run = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    watch = QueueWatch(tmp_path, 0.001)
    waits: list[bool] = []

    def wait(self: QueueWatch) -> tuple[bool, bool]:
        waits.append(True)
        return len(waits) == 20, False

    reads: list[Path] = []

    def counted(folder: Path) -> Run:
        reads.append(folder)
        return read(folder)

    monkeypatch.setattr(QueueWatch, "_wait", wait)
    monkeypatch.setattr("builder.runs.live_runs.read", counted)
    watch.run()
    assert reads.count(run.folder) == 1
    assert reads.count(ended.folder) <= 1


def test_a_death_during_a_look_is_not_missed(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It seemed to train when its device was asked for, and was gone when it was to be watched."""
    first, second = (begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(2))
    until(lambda: read(first.folder).state.state == "running")
    at_once = queue_watch.startable

    def dies(runs: list[Run], machine: tuple[Device, ...]) -> list[Run]:
        free = at_once(runs, machine)
        pid = living_pid(first.folder)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            until(lambda: living_pid(first.folder) is None)
        return free

    monkeypatch.setattr(queue_watch, "startable", dies)
    with server(tmp_path):
        until(lambda: started == [first.id, second.id])


@pytest.mark.parametrize("is_reported", [True, False])
def test_the_next_run_waits_for_the_end_of_a_process_that_has_ended_its_run(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch, is_reported: bool
) -> None:
    """The process still holds its memory, against which the next run would be measured."""
    if not is_reported:
        monkeypatch.delattr(os, "pidfd_open")
    first, second = (begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(2))
    (first.folder / "stay").touch()
    end(first)
    until(lambda: read(first.folder).state.state == "finished")
    starting.start_next(tmp_path)
    assert started == [first.id]
    waits = threading.Semaphore(0)
    wait = QueueWatch._wait

    def counted(self: QueueWatch) -> tuple[bool, bool]:
        waits.release()
        return wait(self)

    monkeypatch.setattr(QueueWatch, "_wait", counted)
    with server(tmp_path):
        for _ in range(3):
            assert waits.acquire(timeout=PATIENCE)
        assert started == [first.id]
        (first.folder / "stay").unlink()
        until(lambda: started == [first.id, second.id])


def test_where_ends_are_not_reported_the_runs_are_looked_at_instead(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    first, second = (begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(2))
    with server(tmp_path):
        kill(first)
        until(lambda: started == [first.id, second.id])


def test_one_keeper_is_enough(tmp_path: Path, started: list[str]) -> None:
    run = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    with command_line(tmp_path):
        until(lambda: is_locked(tmp_path / keeper.LOCK))
        assert not keeper.keep(tmp_path, TICK)
        end(run)


def test_a_run_that_cannot_be_resumed_stays_lost(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(tmp_path, NETWORK, TrainingSettings(resume_if_lost=True), "doc", CPU)
    kill(run)
    until(lambda: read(run.folder).state.state == "lost")  # its lock goes after its command line

    def fail(_run: Run, _ended: object = None) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(starting.launcher, "start", fail)
    with pytest.raises(OSError, match="allocate"):
        resume_lost(tmp_path, read(run.folder), CPU)
    assert read(run.folder).state.state == "lost"
    assert not resume_lost(tmp_path, read(run.folder), CPU)


def test_states_of_before_have_not_been_resumed(tmp_path: Path, started: list[str]) -> None:
    run = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    kill(run)
    values = replace(RunState(RunStatus.STOPPED), epochs=3).values()
    del values["auto_resumes"]
    write_json(run.folder / STATE, values)
    assert read(run.folder).state == RunState(RunStatus.STOPPED, epochs=3)
