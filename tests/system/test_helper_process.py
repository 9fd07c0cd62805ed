"""Short processes: what comes back, and that none lives longer than it may."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from builder.system.background import Background
from builder.system.helper_process import Ended, Lane, ahead, run_module
from builder.system.out_of_memory import HELPER

PROGRAMS = {
    "echoes": "import sys; sys.stdout.write(sys.stdin.read()[::-1])",
    "refuses": "import sys; print('no, thank you'); sys.exit(3)",
    "crashes": "import os; print('half of it', flush=True); os.abort()",
    "sleeps": "import subprocess, time; subprocess.Popen(['sleep', '100']); time.sleep(100)",
    "tells": (
        "import resource, time, pathlib, sys\n"
        "score = pathlib.Path('/proc/self/oom_score_adj')\n"
        "limit = lambda: resource.getrlimit(resource.RLIMIT_CPU)[0]\n"
        "while score.read_text().strip() == '0' or limit() < 0: time.sleep(0.01)\n"
        "print(score.read_text().strip(), limit())"
    ),
    "waits": (
        "import pathlib, sys, time\n"
        "folder, name = map(pathlib.Path, sys.argv[1:])\n"
        "(folder / f'{name}.began').touch()\n"
        "while not (folder / f'{name}.end').exists(): time.sleep(0.01)"
    ),
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


def test_a_refusal_is_distinguished_from_a_crash() -> None:
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


def test_memory_that_runs_out_ends_a_helper_before_the_server_and_time_ends_it_without_one() -> (
    None
):
    told = run_module("tells", seconds=20).output.split()
    assert int(told[0]) == HELPER
    most = 20 * (os.cpu_count() or 1)
    assert most < int(told[1]) < most + 20  # later than the time, so that we know why it ended


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Asking:
    """A thread that asks for a helper, which goes on until it is told to end."""

    def __init__(self, folder: Path, name: str, lane: Lane = "long") -> None:
        self.cancel = threading.Event()
        self.ended: list[Ended] = []
        self._folder, self._name = folder, name
        self._thread = threading.Thread(target=self._ask, args=(lane,))
        self._thread.start()
        until(lambda: self.has_begun or self.ahead > 0)

    def _ask(self, lane: Lane) -> None:
        arguments = [str(self._folder), self._name]
        self.ended.append(run_module("waits", arguments, seconds=60, cancel=self.cancel, lane=lane))

    @property
    def has_begun(self) -> bool:
        return (self._folder / f"{self._name}.began").exists()

    @property
    def ahead(self) -> int:
        return ahead(self._thread.ident)

    def end(self) -> Ended:
        (self._folder / f"{self._name}.end").touch()
        self._thread.join(60)
        return self.ended[0]


def test_two_work_at_a_time_and_the_others_wait_in_their_order(tmp_path: Path) -> None:
    one, two, three, four, five = (Asking(tmp_path, name) for name in "abcde")
    assert [each.ahead for each in (one, two, three, four, five)] == [0, 0, 1, 2, 3]
    quick = Asking(tmp_path, "quick", "short")  # is held up by none of them
    assert quick.end().status == 0
    four.cancel.set()
    until(lambda: bool(four.ended))
    assert (four.ended[0].by, four.has_begun) == ("cancelled", False)
    until(lambda: five.ahead == 2)
    assert two.end().status == 0
    until(lambda: three.has_begun)
    assert (three.ahead, five.ahead, five.has_begun) == (0, 1, False)
    for each in (one, three, five):
        assert each.end().status == 0
    assert ahead() == 0


def test_a_piece_of_work_beside_a_page_says_that_it_waits(tmp_path: Path) -> None:
    one, two = Asking(tmp_path, "a"), Asking(tmp_path, "b")
    arguments = [str(tmp_path), "c"]
    work = Background(
        lambda cancel: run_module("waits", arguments, seconds=60, cancel=cancel, lane="long"),
        "reading",
    )
    until(lambda: work.ahead == 1)
    work.cancel()
    work.wait(60)
    assert work.result is not None
    assert work.result.by == "cancelled"
    assert work.ahead == 0
    for each in (one, two):
        each.end()
