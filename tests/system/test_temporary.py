"""What is temporary: whose it is, who else may read it, and that nothing stays for ever."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.actions import upkeep
from builder.runs.json_files import write_json
from builder.runs.run_state import LOCK
from builder.runs.worker_lock import WorkerLock
from builder.system import owner
from builder.system.atomic import write_atomically
from builder.system.temporary import STALE_SECONDS, sweep, temporary_folder, temporary_path

KILLED = """
import os, sys
from pathlib import Path
from builder.system.temporary import new_folder, temporary_path
folder = Path(sys.argv[1])
temporary_path(folder / "recent.json").write_text("half")
(new_folder(folder, "work") / "upload").write_text("half")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("mask", [0o077, 0o027, 0o022, 0o002])
@pytest.mark.usefixtures("umask")
def test_files_obey_the_umask(tmp_path: Path, mask: int) -> None:
    os.umask(mask)
    write_atomically(tmp_path / "document.json", "{}")
    write_json(tmp_path / "state.json", {})
    WorkerLock(tmp_path).release()
    for name in ("document.json", "state.json", LOCK):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o666 & ~mask, name


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "recent.json").write_text("{}")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".stignore").write_text("somebody else's")
    for old in (tmp_path / ".git", tmp_path / ".stignore"):
        os.utime(old, (0, 0))
    kept = names(tmp_path)
    own = temporary_path(tmp_path / "recent.json")
    own.write_text("being written")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert len(names(tmp_path)) == len(kept) + 3
    assert sweep([tmp_path]) == 2
    assert names(tmp_path) == {*kept, own.name}


def test_an_id_that_another_process_has_got_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    mine = temporary_path(tmp_path / "a.json")
    start = owner.MARK.search(mine.name)
    assert start is not None
    other = tmp_path / mine.name.replace(f"-{start['start']}-", f"-{int(start['start']) + 1}-")
    other.write_text("of who had this id before")
    mine.write_text("")
    assert sweep([tmp_path]) == 1
    assert names(tmp_path) == {mine.name}


@pytest.mark.parametrize(
    "name", [".a.json.cs-00000000-1-1-0123abcd", ".work-ab12_x", ".b.json.abcdef12"]
)
def test_of_whom_nothing_is_known_has_a_day(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir()
    assert sweep([tmp_path]) == 0
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    assert sweep([tmp_path]) == 1


def test_the_systems_folder_is_swept_of_ours_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "convstack-notes").mkdir()
    os.utime(tmp_path / "convstack-notes", (0, 0))
    with temporary_folder("predict") as folder:
        gone = folder.with_name(folder.name.replace(f"-{os.getpid()}-", "-99999999-"))
        gone.mkdir()
        upkeep.sweep_all(tmp_path / "home")
        assert names(tmp_path) == {"convstack-notes", folder.name}
    assert names(tmp_path) == {"convstack-notes"}


def test_a_run_is_swept_only_where_no_worker_is_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # others may have left something there
    folder = tmp_path / "runs" / "20260101-000000-net-abcd"
    half = folder / "checkpoints" / ".epoch-000001"
    half.mkdir(parents=True)
    (folder / ".reserve").write_bytes(bytes(4096))
    (folder / "checkpoints" / "LATEST").write_text("epoch-000000")
    lock = WorkerLock(folder)
    assert lock.acquire()
    assert upkeep.sweep_all(tmp_path) == 0
    lock.release()
    assert upkeep.sweep_all(tmp_path) == 2
    assert names(folder) == {LOCK, "checkpoints"}
    assert names(folder / "checkpoints") == {"LATEST"}


def test_names_of_any_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250 + ".json")
    write_atomically(path, "{}")
    assert names(tmp_path) == {path.name}
