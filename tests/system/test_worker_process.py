import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from builder.system.worker_process import MODULE, is_worker_of


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a run's folder that is called like a worker."""
    folder = tmp_path / "run-1"
    folder.mkdir()
    code = "import time; time.sleep(60)"
    command = [sys.executable, "-c", code, MODULE, str(folder)]
    with subprocess.Popen(command, cwd=folder) as process:
        yield process
        process.kill()


def test_a_worker_is_known_by_its_command(started: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert is_worker_of(started.pid, tmp_path / "run-1")
    assert not is_worker_of(started.pid, tmp_path / "run-2")


def test_a_worker_that_has_no_arguments_yet_is_known_by_its_folder(
    started: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil.Process, "cmdline", lambda self: [])
    assert is_worker_of(started.pid, tmp_path / "run-1")
    assert not is_worker_of(started.pid, tmp_path / "run-2")


def test_a_process_that_has_ended_is_no_worker(
    started: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    started.kill()
    started.wait()
    assert not is_worker_of(started.pid, tmp_path / "run-1")
