"""One training at a time on each device; the others wait."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.run_folder import Run, RunError, list_runs, read
from builder.runs.run_state import LOCK, STATE, RunState
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET
from builder.scheduler import launcher, queue
from builder.scheduler.new_run import new_run
from builder.scheduler.occupancy import occupant
from builder.scheduler.resuming import may_go_on
from builder.scheduler.starting import begin, go_on, start_next
from builder.system.devices import Device, resolved
from builder.system.locks import BusyError
from builder.training.settings import TrainingSettings

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
GPUS = (*CPU, Device("gpu:0", "GPU 0"), Device("gpu:1", "GPU 1"))


@contextmanager
def training(home: Path, device: str) -> Iterator[Run]:
    """A run whose worker seems to live."""
    run = new_run(home, NETWORK, TrainingSettings(device=device))
    with (run.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield run


def test_auto_is_the_first_gpu_or_else_the_cpu() -> None:
    assert resolved("auto", CPU) == "cpu"
    assert resolved("auto", GPUS) == "gpu:0"
    assert resolved("gpu:1", GPUS) == "gpu:1"


@pytest.mark.parametrize(
    ("first", "second", "devices", "taken"),
    [
        ("auto", "cpu", CPU, True),
        ("cpu", "auto", CPU, True),
        ("cpu", "auto", GPUS, False),
        ("auto", "gpu:0", GPUS, True),
        ("gpu:0", "gpu:1", GPUS, False),
        ("gpu:1", "gpu:1", GPUS, True),
    ],
)
def test_a_device_is_taken_by_a_run_that_trains_on_it(
    tmp_path: Path, first: str, second: str, devices: tuple[Device, ...], taken: bool
) -> None:
    with training(tmp_path, first) as run:
        found = occupant(list_runs(tmp_path), second, devices)
    assert (found is not None and found.id == run.id) is taken


def test_a_run_that_was_made_and_never_started_takes_no_device(tmp_path: Path) -> None:
    new_run(tmp_path, NETWORK, TrainingSettings())
    assert occupant(list_runs(tmp_path), "cpu", CPU) is None


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that were started; no process is."""
    ids: list[str] = []

    def start(run: Run, _ended: object = None) -> int:
        ids.append(run.id)
        write_json(run.folder / STATE, replace(run.state, state=RunStatus.STOPPED).values())
        return 1

    monkeypatch.setattr(launcher, "start", start)
    return ids


def ids_waiting(home: Path) -> list[str]:
    return [run.id for run in queue.waiting(list_runs(home))]


def test_a_second_run_waits_until_the_first_has_ended(tmp_path: Path, started: list[str]) -> None:
    with training(tmp_path, "cpu"):
        second = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
        third = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
        assert (second.state.state, second.document_id) == ("queued", "doc")
        assert ids_waiting(tmp_path) == [second.id, third.id]
        start_next(tmp_path, CPU)
        assert started == []
    start_next(tmp_path, CPU)
    assert started == [second.id]
    assert ids_waiting(tmp_path) == [third.id]
    start_next(tmp_path, CPU)
    assert started == [second.id, third.id]
    assert ids_waiting(tmp_path) == []


def test_each_device_has_its_own_turn(tmp_path: Path, started: list[str]) -> None:
    def ask(device: str) -> Run:
        return begin(tmp_path, NETWORK, TrainingSettings(device=device), "doc", GPUS)

    with training(tmp_path, "gpu:0"):
        waits = ask("auto")
        goes = ask("gpu:1")
        assert started == [goes.id]
        assert ids_waiting(tmp_path) == [waits.id]


def test_later_runs_do_not_overtake(tmp_path: Path, started: list[str]) -> None:
    with training(tmp_path, "cpu"):
        first = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    second = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    assert started == []
    start_next(tmp_path, CPU)
    start_next(tmp_path, CPU)
    assert started == [first.id, second.id]


def test_the_order_can_be_changed_and_a_run_taken_out(tmp_path: Path, started: list[str]) -> None:
    with training(tmp_path, "cpu"):
        a, b, c = (begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in "abc")
        queue.move(tmp_path, c.id, -1)
        assert ids_waiting(tmp_path) == [a.id, c.id, b.id]
        queue.move(tmp_path, a.id, 9)
        assert ids_waiting(tmp_path) == [c.id, b.id, a.id]
        queue.move(tmp_path, "nobody", 1)
        queue.take_out(tmp_path, b)
        assert ids_waiting(tmp_path) == [c.id, a.id]
        state = read(b.folder).state
        assert (state.state, state.message) == ("stopped", "taken out of the queue before it began")
        with pytest.raises(RunError, match="no longer waits"):
            queue.take_out(tmp_path, b)
    assert started == []


def test_a_resumed_run_waits_too_and_goes_back_to_what_it_was(
    tmp_path: Path, started: list[str]
) -> None:
    paused = new_run(tmp_path, NETWORK, TrainingSettings(epochs=9))
    before = RunState(RunStatus.PAUSED, message="paused on request", epoch=3, epochs=9, seconds=5.0)
    write_json(paused.folder / STATE, before.values())
    with training(tmp_path, "cpu"):
        run = go_on(tmp_path, paused, CPU, learning_rate=0.5)
        assert (run.state.state, run.state.epoch, run.state.message) == ("queued", 3, "")
        assert ids_waiting(tmp_path) == [run.id]
        queue.take_out(tmp_path, run)
    assert read(paused.folder).state == before
    assert [change.learning_rate for change in read(paused.folder).changes] == [0.5]


def test_a_run_that_cannot_be_started_lets_the_next_one_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with training(tmp_path, "cpu"):
        run = begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)

    def fail(_run: Run, _ended: object = None) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(launcher, "start", fail)
    start_next(tmp_path, CPU)
    state = read(run.folder).state
    assert state.state == "failed"
    assert "could not be started: Cannot allocate memory" in state.message
    assert ids_waiting(tmp_path) == []


def test_a_run_that_does_not_fit_when_its_turn_comes_is_reported_and_the_next_one_starts(
    tmp_path: Path, started: list[str]
) -> None:
    small = (CPU[0], Device("cpu", "CPU", 4 * 10**9, 2 * 10**9))
    with training(tmp_path, "cpu"):
        large, small_one, third = (
            begin(tmp_path, NETWORK, TrainingSettings(batch_size=size), "doc", CPU)
            for size in (50_000, 32, 32)
        )
        start_next(tmp_path, small)
        assert read(large.folder).state.state == "queued", "its turn has not come"
    start_next(tmp_path, small)
    assert started == [small_one.id]
    assert ids_waiting(tmp_path) == [third.id]
    state = read(large.folder).state
    assert state.state == "failed"
    assert state.message.startswith("it was not started: Batches of 50,000 images need about ")
    assert " of memory, 2.0 GB are free. Up to " in state.message
    assert state.advice.endswith("or resume this one when more memory is free")
    assert may_go_on(read(large.folder))


def test_a_person_may_insist_on_a_run_that_waits(tmp_path: Path, started: list[str]) -> None:
    small, settings = (CPU[0], Device("cpu", "CPU", 10**9, 0)), TrainingSettings(batch_size=50_000)
    with training(tmp_path, "cpu"):
        new = begin(tmp_path, NETWORK, settings, "doc", CPU, force=True)
        paused = new_run(tmp_path, NETWORK, settings)
        write_json(paused.folder / STATE, RunState(RunStatus.PAUSED, epoch=1).values())
        resumed = go_on(tmp_path, paused, CPU, force=True)
    for _ in range(2):
        start_next(tmp_path, small)
    assert started == [new.id, resumed.id]
    again = go_on(tmp_path, read(resumed.folder), CPU)
    assert not again.state.forced, "a person insists anew, or not"


def test_the_ticket_of_a_later_version_stays_as_it_is(tmp_path: Path, started: list[str]) -> None:
    with training(tmp_path, "cpu"):
        newer, first, second = (
            begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(3)
        )
        ticket = newer.folder / TICKET
        ticket.write_text(json.dumps(json.loads(ticket.read_text()) | {"version": 9}))
        text = ticket.read_text()
        assert ids_waiting(tmp_path) == [first.id, second.id]
        queue.move(tmp_path, second.id, -1)
        with pytest.raises(RunError, match="no longer waits"):
            queue.take_out(tmp_path, read(newer.folder))
        with pytest.raises(RunError, match="is newer"):
            go_on(tmp_path, read(newer.folder), CPU)
    for _ in range(3):
        start_next(tmp_path, CPU)
    assert started == [second.id, first.id]
    assert ticket.read_text() == text
    state = read(newer.folder).state
    assert state.state == "newer"
    assert "ticket of a run: received version 9, expected 1" in state.message


def test_damaged_tickets_do_no_harm(tmp_path: Path, started: list[str]) -> None:
    with training(tmp_path, "cpu"):
        runs = [begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU) for _ in range(2)]
        (runs[1].folder / TICKET).write_text("{")
        assert ids_waiting(tmp_path) == [runs[1].id, runs[0].id]
        queue.take_out(tmp_path, read(runs[1].folder))
        assert read(runs[1].folder).state.state == "stopped"


def test_simultaneous_looks_start_each_run_once(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = launcher.start

    def slowly(run: Run, ended: Callable[[], object] | None = None) -> int:
        time.sleep(0.02)
        return at_once(run, ended)

    monkeypatch.setattr(launcher, "start", slowly)
    with training(tmp_path, "cpu"):
        runs = [
            begin(tmp_path, NETWORK, TrainingSettings(device=device), "doc", GPUS)
            for device in ("cpu", "cpu")
        ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: start_next(tmp_path, GPUS), range(16)))
    assert started == [run.id for run in runs]


def test_what_cannot_be_started_leaves_no_run_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_run: Run, _ended: object = None) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(launcher, "start", fail)
    with pytest.raises(OSError, match="allocate"):
        begin(tmp_path, NETWORK, TrainingSettings(), "doc", CPU)
    assert list_runs(tmp_path) == []
    stopped = new_run(tmp_path, NETWORK, TrainingSettings())
    write_json(stopped.folder / STATE, RunState(RunStatus.STOPPED).values())
    with pytest.raises(OSError, match="allocate"):
        go_on(tmp_path, stopped, CPU)
    assert read(stopped.folder).state == RunState(RunStatus.STOPPED)


def test_a_process_that_keeps_the_queue_forever_blocks_no_other(
    tmp_path: Path, started: list[str]
) -> None:
    """As a process does that was suspended at the wrong moment."""
    with training(tmp_path, "cpu"):
        run = begin(tmp_path, NETWORK, TrainingSettings(), "", CPU)
    with (tmp_path / "queue.lock").open("ab") as keeper:
        fcntl.flock(keeper, fcntl.LOCK_EX)
        start_next(tmp_path, CPU, patience=0.0)
        with pytest.raises(BusyError, match="does not finish"), queue.locked(tmp_path, 0.0):
            pass
    assert started == []
    assert ids_waiting(tmp_path) == [run.id]
    start_next(tmp_path, CPU)
    assert started == [run.id]
