"""Short processes: what comes back, and that none lives longer than it may."""

import threading
import time
from pathlib import Path

import psutil
import pytest

from builder.helper_process import Ended, run_module

PROGRAMS = {
    "echoes": "import sys; sys.stdout.write(sys.stdin.read()[::-1])",
    "refuses": "import sys; print('no, thank you'); sys.exit(3)",
    "crashes": "import os; print('half of it', flush=True); os.abort()",
    "sleeps": "import subprocess, time; subprocess.Popen(['sleep', '100']); time.sleep(100)",
    "eats": "import time; held = bytearray(300_000_000); time.sleep(100)",
}


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PROGRAMS.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_any_amount_of_text_goes_in_and_comes_out() -> None:
    content = b"0123456789" * 100_000
    assert run_module("echoes", content=content, seconds=20).output == content[::-1]


def test_a_refusal_is_told_apart_from_a_crash() -> None:
    assert run_module("refuses", seconds=20).refusal == "no, thank you"
    crashed = run_module("crashes", seconds=20)
    assert crashed.status < 0
    assert crashed.refusal == ""


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.mark.slow
@pytest.mark.parametrize("by", ["time", "memory", "cancelled"])
def test_it_is_ended_with_all_that_it_has_started(by: str) -> None:
    before, began = children(), time.monotonic()
    ended = started(by)
    assert ended.by == by
    assert time.monotonic() - began < 20
    assert children() <= before


def started(by: str) -> Ended:
    if by == "memory":
        return run_module("eats", seconds=60, max_bytes=200_000_000)
    if by == "time":
        return run_module("sleeps", seconds=0.4)
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    return run_module("sleeps", seconds=60, cancel=cancel)
