"""The worker that waits: used only where it is the same as a fresh one, and gone when unused."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.scheduler import warm
from builder.scheduler.launcher import environment
from builder.scheduler.warm import WarmWorkers
from builder.training import onednn

SECONDS = 60


@pytest.fixture
def workers() -> Iterator[WarmWorkers]:
    made = WarmWorkers()
    made.allowed = True
    yield made
    made.end()


def process_of(workers: WarmWorkers) -> "warm.subprocess.Popen[str]":
    assert workers._waiting is not None
    return workers._waiting.process


def take(workers: WarmWorkers, folder: Path, device: str = "auto") -> object:
    return workers.take(folder, environment(device), folder / "log.txt")


def test_none_waits_unless_a_server_says_so(tmp_path: Path) -> None:
    workers = WarmWorkers()
    workers.prepare(environment("auto"))
    assert workers._waiting is None
    assert take(workers, tmp_path) is None


@pytest.mark.keras
def test_another_environment_is_another_worker(
    workers: WarmWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(onednn.VARIABLE, raising=False)  # what an exported script may have set
    workers.prepare(environment("auto"))
    first = process_of(workers)
    workers.prepare(environment("auto"))
    assert process_of(workers) is first
    assert take(workers, tmp_path, "cpu") is None
    without_onednn = environment("auto", breaks_onednn=True)
    assert workers.take(tmp_path, without_onednn, tmp_path / "log.txt") is None
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert take(workers, tmp_path) is None
    workers.prepare(environment("auto"))
    assert process_of(workers) is not first
    assert first.wait(SECONDS) == 0
    os.kill(process_of(workers).pid, 9)
    process_of(workers).wait(SECONDS)
    assert take(workers, tmp_path) is None


@pytest.mark.keras
def test_a_run_that_is_gone_when_it_is_handed_over_ends_the_worker(
    workers: WarmWorkers, tmp_path: Path
) -> None:
    workers.prepare(environment("auto"))
    process = process_of(workers)
    assert take(workers, tmp_path / "removed") is None
    assert process.wait(SECONDS) == 1


@pytest.mark.keras
def test_an_idle_worker_ends(workers: WarmWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "IDLE_SECONDS", 0.5)
    workers.prepare(environment("auto"))
    assert process_of(workers).wait(SECONDS) == 0


@pytest.mark.keras
def test_after_many_rehearsals_another_takes_its_place(
    workers: WarmWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "MAX_REHEARSALS", 2)
    workers.prepare(environment("auto"))
    first = process_of(workers)
    for number in (1, 2, 2, 2):
        workers.rehearse(environment("auto"), str(number))
    assert process_of(workers) is first, "the same again is none"
    workers.rehearse(environment("cpu"), "3")
    assert process_of(workers) is first, "it is not for another device"
    workers.rehearse(environment("auto"), "3")
    assert process_of(workers) is not first
    assert first.wait(SECONDS) == 0
