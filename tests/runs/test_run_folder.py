import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.actions import trash
from builder.runs import run_folder, run_state
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, RunError
from builder.runs.run_state import LOCK, RunState, read_state
from builder.runs.status import RunStatus
from builder.scheduler import resuming
from builder.scheduler.launcher import create_run
from builder.system.owner import boot_id
from builder.training.settings import TrainingSettings


def make_run(home: Path, name: str = "LeNet 5") -> Run:
    return create_run(
        home, "doc-1", name, '{"nodes": []}', "x = 1\n", TrainingSettings(), {"params": 7}
    )


def set_state(run: Run, **values: Any) -> None:
    values["state"] = RunStatus(values["state"])
    write_json(run.folder / "state.json", RunState(**values).values())


class HeldLock:
    """Stands in for a living worker."""

    def __init__(self, folder: Path, pid: int = 1) -> None:
        self._file = (folder / LOCK).open("w")
        self._file.write(str(pid))
        self._file.flush()

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def test_a_new_run_holds_what_was_asked_for(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    assert run.id.split("-", 2)[2].startswith("lenet-5-")
    assert (run.folder / "train.py").read_text() == "x = 1\n"
    assert (run.folder / "architecture.json").read_text() == '{"nodes": []}'
    assert (run.name, run.document_id, run.settings) == ("LeNet 5", "doc-1", TrainingSettings())
    assert dict(run.facts) == {
        "params": 7,
        "train_images": 1_437,
        "val_images": 360,
        "batches_per_epoch": 45,
    }
    assert run.state.state == "queued"
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run.id]


@pytest.mark.parametrize("name", ["", "../../etc", "日本語", "a" * 500, "x\0y\n"])
def test_any_name_makes_a_safe_folder(tmp_path: Path, name: str) -> None:
    run = make_run(tmp_path, name)
    assert run.folder.parent == tmp_path / "runs"
    assert run.name == name
    assert run_folder.find(tmp_path, run.id) == run


def test_runs_are_listed_newest_first(tmp_path: Path) -> None:
    assert run_folder.list_runs(tmp_path) == []
    runs = tmp_path / "runs"
    ids = ["20260101-000000-a-0000", "20270101-000000-a-0000", "20260601-000000-a-0000"]
    for run_id in ids:
        make_run(tmp_path).folder.rename(runs / run_id)
    assert [run.id for run in run_folder.list_runs(tmp_path)] == sorted(ids, reverse=True)


@pytest.mark.parametrize("run_id", ["..", "../x", "", "a/b", ".new-x", "nowhere", "a" * 300])
def test_ids_lead_nowhere_else(tmp_path: Path, run_id: str) -> None:
    make_run(tmp_path)
    for look in (run_folder.find, run_folder.delete, run_folder.restore):
        with pytest.raises(RunError):
            look(tmp_path, run_id)


def test_a_run_without_a_worker_is_lost(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    for name in ("starting", "running", "stopping"):
        set_state(run, state=name, epoch=2, epochs=10)
        state = read_state(run.folder)
        assert (state.state, state.epoch) == ("lost", 2)
        assert state.message.startswith("the training process ended")
        with HeldLock(run.folder):
            assert read_state(run.folder).state == name
    assert json.loads((run.folder / "state.json").read_text())["state"] == "stopping"


@pytest.mark.parametrize("name", ["finished", "failed", "stopped"])
def test_a_run_that_ended_stays_ended(tmp_path: Path, name: str) -> None:
    run = make_run(tmp_path)
    set_state(run, state=name)
    assert read_state(run.folder).state == name


def test_a_run_that_ends_during_the_look_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path)
    set_state(run, state="running")

    def finish(_: Path) -> bool:
        set_state(run, state="finished")
        return False

    monkeypatch.setattr("builder.runs.run_state.is_locked", finish)
    assert read_state(run.folder).state == "finished"


def test_a_worker_that_never_came_up_is_lost(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    write_json(run.folder / PROCESS, {"pid": int(ended.stdout)})
    assert read_state(run.folder).state == "lost"


def test_a_foreign_process_is_not_taken_for_the_worker(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    set_state(run, state="running")
    with HeldLock(run.folder, pid=1):
        assert run_folder.is_locked(run.folder)
        assert run_state.worker_pid(run.folder) is None


DAMAGE = {
    "no config": lambda folder: (folder / "config.json").unlink(),
    "empty config": lambda folder: (folder / "config.json").write_text(""),
    "list": lambda folder: (folder / "config.json").write_text("[1]"),
    "no version": lambda folder: (folder / "config.json").write_text('{"version": "x"}'),
    "nested": lambda folder: (folder / "config.json").write_text("[" * 200_000),
    "binary": lambda folder: (folder / "config.json").write_bytes(b"\xff\xfe\x00"),
    "folder": lambda folder: ((folder / "config.json").unlink(), (folder / "config.json").mkdir()),
    "no state": lambda folder: (folder / "state.json").unlink(),
    "broken state": lambda folder: (folder / "state.json").write_text('{"state": 3, "epoch": "x"}'),
    "half a state": lambda folder: (folder / "state.json").write_text('{"state": "runn'),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_run_is_listed_as_such(tmp_path: Path, damage: Any) -> None:
    good, bad = make_run(tmp_path), make_run(tmp_path)
    damage(bad.folder)
    states = {run.id: run.state for run in run_folder.list_runs(tmp_path)}
    assert states[good.id].state == "queued"
    assert states[bad.id].state == "damaged"
    assert "cannot be read" in states[bad.id].message


@pytest.mark.parametrize("name", ["config.json", "state.json", "changes.json"])
def test_a_run_of_a_later_version_is_reported_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    run = make_run(tmp_path)
    (run.folder / name).write_text('{"version": 99}')
    found = run_folder.read(run.folder)
    assert found.state.state == "newer"
    assert f"{name} cannot be read" in found.state.message
    assert "received version 99" in found.state.message
    assert found.state.advice == "update Convstack, or open it with the version that wrote it"
    assert not resuming.may_go_on(found)
    with pytest.raises(run_folder.RunError):
        resuming.prepare(found, more_epochs=1)
    assert (run.folder / name).read_text() == '{"version": 99}'


@given(st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_files_never_break_the_list(tmp_path: Path, data: st.DataObject) -> None:
    runs = run_folder.list_runs(tmp_path)
    run = runs[0] if runs else make_run(tmp_path)
    path = run.folder / data.draw(st.sampled_from(["config.json", "state.json"]))
    before = path.read_bytes()
    content = bytearray(before)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=4))
    path.write_bytes(content)
    try:
        assert len(run_folder.list_runs(tmp_path)) == 1
    finally:
        path.write_bytes(before)


def test_a_deleted_run_can_be_restored(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    run_folder.delete(tmp_path, run.id)
    assert run_folder.list_runs(tmp_path) == []
    assert run_folder.restore(tmp_path, run.id) == run
    run_folder.delete(tmp_path, run.id)
    assert trash.remove(tmp_path, trash.contents(tmp_path)).count == 1
    with pytest.raises(RunError, match="not in the trash"):
        run_folder.restore(tmp_path, run.id)


def test_a_training_run_is_not_deleted(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    with HeldLock(run.folder), pytest.raises(RunError, match="stop it first"):
        run_folder.delete(tmp_path, run.id)


def test_the_log_ends_without_control_codes(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    assert run_state.log_tail(run.folder) == ""
    bar = b"\x1b[1m 8/45\x1b[0m \x1b[32m=\x1b[0m\b\b\b\r\x1b[1m45/45\x1b[0m \x1b[32m====\x1b[0m"
    (run.folder / "log.txt").write_bytes(b"x" * 100 + b"\n" + bar + b"\r\nd\xc3\xa9j\xc3")
    assert run_state.log_tail(run.folder) == "x" * 100 + "\n45/45 ====\ndéj�"
    assert run_state.log_tail(run.folder, max_bytes=4) == "déj�"[1:]


def test_progress_is_a_share_of_all_batches() -> None:
    state = RunState(RunStatus.RUNNING, epoch=2, epochs=4, batch=5, batches=10)
    assert state.progress == 0.375
    assert RunState(RunStatus.QUEUED, epochs=4).progress == 0
    assert RunState(RunStatus.FINISHED, epoch=1, epochs=9).progress == 1


@pytest.mark.parametrize(
    ("process", "message"),
    [
        ({"exit": -9}, "was killed from outside (SIGKILL): by a person, or by the system because"),
        ({"exit": -11}, "crashed (segmentation fault)"),
        ({"boot": "another"}, "the machine was restarted"),
        ({"exit": 1}, "ended without a message (exit status 1)"),
        ({}, "ended without a message, perhaps killed from outside"),
    ],
)
def test_what_is_known_of_a_silent_end_is_reported(
    tmp_path: Path, process: dict[str, Any], message: str
) -> None:
    run = make_run(tmp_path)
    set_state(run, state="running")
    write_json(run.folder / PROCESS, {"pid": 0, "boot": boot_id()} | process)
    state = read_state(run.folder)
    assert state.state == "lost"
    assert message in state.message


def test_the_log_tells_why_a_library_gave_up(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    set_state(run, state="running")
    write_json(run.folder / PROCESS, {"pid": 0, "boot": boot_id(), "exit": -6})
    (run.folder / run_state.LOG).write_text("Epoch 1\nfree(): invalid pointer\n", encoding="utf-8")
    assert "damaged (free(): invalid pointer)" in read_state(run.folder).message


def test_a_process_of_before_the_restart_is_not_taken_for_a_worker(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    command = [sys.executable, "-c", "input()", "builder.worker", str(run.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        write_json(run.folder / PROCESS, {"pid": process.pid, "boot": boot_id()})
        assert run_state.is_starting(run.folder)
        write_json(run.folder / PROCESS, {"pid": process.pid, "boot": "another"})
        assert not run_state.is_starting(run.folder)
        process.kill()


def test_ids_keep_the_order_of_making_if_the_clock_is_set_back(tmp_path: Path) -> None:
    made = [make_run(tmp_path).id for _ in range(3)]
    assert made == sorted(made)
    ahead = "20990101-000000-future-0000"
    make_run(tmp_path).folder.rename(tmp_path / "runs" / ahead)
    later = make_run(tmp_path)
    assert later.id.startswith("20990101-000001-")
    assert later.created < "2099"
    last = "99991231-235959-end-0000"
    later.folder.rename(tmp_path / "runs" / last)
    assert make_run(tmp_path).id  # there is none behind it
