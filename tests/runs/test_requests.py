"""A pause or a stop reaches a run at any moment: waiting, before its worker listens, later."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from builder.actions.training import Ending, end
from builder.command_line import app, following
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.requests import REQUEST
from builder.runs.run_folder import Run, read
from builder.runs.run_state import boot_id, read_state
from builder.scheduler import launcher, queue, resuming
from builder.system.worker_process import MODULE
from builder.training.settings import TrainingSettings
from tests.worker.workers import TIMEOUT, make_run, start_worker

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


def test_a_waiting_run_is_taken_out_of_the_queue(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    queue.join(tmp_path, run)
    assert end(tmp_path, run, pause=True) is Ending.LEFT_QUEUE
    assert (read(run.folder).state.state, queue.anybody_waits(tmp_path)) == ("stopped", False)
    assert end(tmp_path, run, pause=True) is Ending.NOT_ACTIVE


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
    assert end(tmp_path, run, pause=True) is Ending.ASKED
    assert read_state(run.folder).state == "pausing"


def test_a_full_disk_does_not_prevent_a_second_request(
    tmp_path: Path, deaf: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, TrainingSettings())
    deaf(run)

    def full(_folder: Path, *, pause: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builder.runs.requests.leave", full)
    with pytest.raises(launcher.RunError, match=r"cannot be asked to end: the disk is full"):
        launcher.pause(run)


def test_asking_a_suspended_process_gives_a_message_without_waiting(
    home: Path, deaf: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(home, TrainingSettings())
    process = deaf(run)
    process.send_signal(signal.SIGSTOP)
    while launcher.suspended_pid(run) is None:
        time.sleep(0.01)
    commands = CliRunner()
    for command in ("pause", "stop"):
        told = commands.invoke(app, [command, run.id])
        assert told.exit_code == 1
        assert f"kill -CONT {process.pid}" in told.stderr
        assert f"python -m builder stop {run.id} --now" in told.stderr
    process.send_signal(signal.SIGCONT)
    while launcher.suspended_pid(run) is not None:
        time.sleep(0.01)
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.1)
    told = commands.invoke(app, ["pause", run.id])
    assert told.exit_code == 1
    assert "has been asked to end and has not within 0 s" in told.stderr
    process.send_signal(signal.SIGSTOP)
    threading.Thread(target=process.wait).start()  # as whoever started it does
    killed = commands.invoke(app, ["stop", run.id, "--now"])
    assert killed.exit_code == 0, killed.stderr
    assert process.wait(TIMEOUT) == -9


def test_the_page_says_that_a_process_is_suspended(home: Path, deaf: Begin) -> None:
    run = make_run(home, TrainingSettings())
    process = deaf(run)

    def page(folder: str) -> None:
        from pathlib import Path

        from builder.runs.run_folder import read
        from components.train import controls

        controls.draw_deaf(read(Path(folder)))

    at = AppTest.from_function(page, args=(str(run.folder),), default_timeout=60).run()
    assert not at.button
    process.send_signal(signal.SIGSTOP)
    while launcher.suspended_pid(run) is None:
        time.sleep(0.01)
    at.run()
    assert [button.label for button in at.button] == ["End at once"]
    at.button[0].click().run()
    assert process.wait(TIMEOUT) == -9
