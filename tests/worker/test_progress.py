"""What a worker reports of a training: its pace, what it waits for, and its ends."""

import json
import time
from pathlib import Path

import pytest

from builder.runs.run_state import RunState, read_state
from builder.runs.status import RunStatus
from builder.runs.stop_request import StoppedError, StopRequest
from builder.worker.progress import Pace, Progress


def test_the_pace_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    assert pace.seconds_per_batch is None
    for second in range(20):
        pace.observe(float(second), second)
    assert pace.seconds_per_batch == pytest.approx(1.0)
    for step in range(1, 120):
        pace.observe(19 + step / 10, 19 + step)
    assert pace.seconds_per_batch == pytest.approx(0.1)
    pace.pause()
    pace.observe(1_000.0, 0)
    assert pace.seconds_per_batch == pytest.approx(0.1)
    pace.observe(1_000.5, 1)
    assert pace.seconds_per_batch == pytest.approx(0.5)


def test_progress_tells_what_is_still_to_go(tmp_path: Path) -> None:
    progress = Progress(tmp_path, RunState(RunStatus.STARTING, epochs=3), StopRequest())
    progress.begin_training(epochs=3, batches=100, batch_size=10)
    progress.begin_epoch(1)
    progress.begin_validation(0.02)
    progress.end_epoch()
    progress.begin_epoch(2)
    progress.last_batch = (time.monotonic(), 50)
    deadline = time.monotonic() + 5
    while progress.state.eta_seconds is None and time.monotonic() < deadline:
        time.sleep(0.02)
    progress.close(state=RunStatus.STOPPED)
    state = json.loads((tmp_path / "state.json").read_text())
    assert (state["state"], state["epoch"], state["batch"]) == ("stopped", 2, 50)
    assert state["images_per_second"] == 500
    assert state["eta_seconds"] is None
    assert state["finished"] == pytest.approx(time.time(), abs=30)


def test_what_the_first_batch_waits_for_is_reported_until_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.worker.progress.WRITE_SECONDS", 0.01)

    def written() -> tuple[str, int]:
        state = read_state(tmp_path)
        return state.preparing, state.batch

    progress = Progress(tmp_path, RunState(RunStatus.STARTING), StopRequest())
    progress.begin_training(2, 100, 10, "XLA compiles")
    progress.begin_epoch(1, 40)  # it goes on in the middle of an epoch
    time.sleep(0.05)
    assert written() == ("XLA compiles", 40)
    progress.last_batch = (time.monotonic(), 41)
    deadline = time.monotonic() + 30
    while written()[1] != 41 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert written() == ("", 41)
    progress.begin_training(2, 100, 10, "XLA compiles")
    progress.close(state=RunStatus.STOPPED)
    assert written()[0] == ""


def test_the_pace_restarts_with_every_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.worker.progress.WRITE_SECONDS", 0.01)
    progress = Progress(tmp_path, RunState(RunStatus.STARTING), StopRequest())
    progress.begin_training(epochs=2, batches=100, batch_size=10)
    for epoch, seconds in ((1, 10.0), (2, 1.0)):
        progress.begin_epoch(epoch)
        for moment, batch in ((0.0, 10), (seconds, 20)):
            progress.last_batch = (1_000.0 * epoch + moment, batch)
            deadline = time.monotonic() + 30
            while progress.state.batch != batch and time.monotonic() < deadline:
                time.sleep(0.01)
        assert progress.state.images_per_second == pytest.approx(100 / seconds)
    progress.close(state=RunStatus.STOPPED)


def test_a_stop_shows_before_it_is_obeyed(tmp_path: Path) -> None:
    stop = StopRequest()
    progress = Progress(tmp_path, RunState(RunStatus.RUNNING, epochs=3), stop)
    stop.obey()
    stop.ask()
    deadline = time.monotonic() + 60
    shown = tmp_path / "state.json"  # written a moment after the state itself
    while not shown.exists() or json.loads(shown.read_text())["state"] != "stopping":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    progress.close(state=RunStatus.STOPPED)
    with pytest.raises(StoppedError, match="stopped"):
        stop.obey()


def test_a_pause_is_another_state_and_a_stop_goes_before_it() -> None:
    stop = StopRequest()
    stop.ask(pause=True)
    assert stop.state == "pausing"
    with pytest.raises(StoppedError, match="paused"):
        stop.obey()
    stop.ask()
    stop.ask(pause=True)
    assert stop.state == "stopping"
    with pytest.raises(StoppedError, match="stopped"):
        stop.obey()


def test_time_is_measured_by_a_monotonic_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Progress(tmp_path, RunState(RunStatus.STARTING, seconds=100.0), StopRequest())
    monkeypatch.setattr("builder.worker.progress.time.time", lambda: -1e9)
    progress.close(state=RunStatus.STOPPED)
    assert json.loads((tmp_path / "state.json").read_text())["seconds"] == pytest.approx(100, abs=5)
