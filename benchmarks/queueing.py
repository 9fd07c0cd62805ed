"""What a step of the queue costs where a thousand runs wait."""

import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.report import heading, line, median_seconds, milliseconds
from builder.runs.overview import RunList
from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.runs.ticket_file import write_ticket
from builder.scheduler.new_run import new_run
from builder.scheduler.queue_watch import QueueWatch
from builder.scheduler.starting import start_next
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from tests.components.fake_run import FakeRun
from tests.studies.search_cases import NETWORK

NUM_WAITING = 1_000
STEPS = 9
AIM_SECONDS = 0.02
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
_SETTLE_SECONDS = 0.2


def run() -> None:
    """Prints the figures."""
    heading(f"{NUM_WAITING:,} runs that wait while one trains")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _make_waiting(home)
        time.sleep(_SETTLE_SECONDS)
        with FakeRun(home, epochs=1, batches=10) as active:
            active.train(1)
            runs, watch = RunList(home), QueueWatch(home)
            steps = {
                "a step of the queue": lambda: start_next(home, CPU),
                "a look of the watch": watch.look,
                "a look of a study's process at all runs": runs.overviews,
            }
            for name, step in steps.items():
                step()  # reads all of them
                taken = median_seconds(step, STEPS)
                line(name, milliseconds(taken), "≤ 20 ms", taken <= AIM_SECONDS)


def _make_waiting(home: Path) -> None:
    """Writes runs that wait, all alike."""
    first = new_run(home, NETWORK, TrainingSettings(device="cpu"))
    write_state(first.folder, RunState(RunStatus.QUEUED, epochs=1))
    for number in range(NUM_WAITING):
        folder = first.folder.with_name(f"20250101-{number:06d}-waits-{number:04x}")
        shutil.copytree(first.folder, folder)
        write_ticket(folder, {"number": number, "before": None})
    shutil.rmtree(first.folder)
