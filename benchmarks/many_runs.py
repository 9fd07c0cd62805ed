"""What the list of runs costs where there are many: a refresh, and a page that nobody touches."""

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser
from streamlit import logger

from benchmarks.report import heading, line, milliseconds
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.own_images.shelf import OwnDataset
from builder.runs.overview import RunList
from builder.runs.run_state import CONFIG
from builder.scheduler.starting import start_next
from components.runs.rows import rows
from tests.app_server import ROOT, running
from tests.browser import chromium
from tests.components.fake_run import FakeRun

NUM_RUNS = 1_000
NUM_DATASETS = 40
REFRESHES = 7
SETTLE_SECONDS = 6.0
IDLE_SECONDS = 15.0


def run() -> None:
    """Prints the figures."""
    heading(f"{NUM_RUNS:,} runs with {NUM_DATASETS} data sets of one's own")
    before = os.environ.get("CONVSTACK_HOME")
    with tempfile.TemporaryDirectory() as folder, chromium(whole=True) as browser:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ["CONVSTACK_HOME"] = str(home)
        try:
            make_runs(home, NUM_RUNS, NUM_DATASETS)
            taken = _refresh_seconds(home)
            share = _idle_share(browser, home)
        finally:
            if before is None:
                del os.environ["CONVSTACK_HOME"]
            else:
                os.environ["CONVSTACK_HOME"] = before
    line(
        "a refresh of the list while one of them trains",
        milliseconds(taken),
        "< 100 ms",
        taken < 0.1,
    )
    line("the server's share of a core, an idle Runs page", f"{share:.1%}", "< 2 %", share < 0.02)


def make_runs(home: Path, num_runs: int, num_datasets: int) -> None:
    """Writes finished runs, each trained on one of several data sets of a person's own."""
    names = [_make_dataset(home, number) for number in range(num_datasets)]
    with FakeRun(home, epochs=10, batches=5) as first:
        first.train()
        first.end()
    config = json.loads((first.folder / CONFIG).read_text(encoding="utf-8"))
    for number in range(num_runs):
        moment = time.gmtime(1_700_000_000 + 60 * number)
        run_id = f"{time.strftime('%Y%m%d-%H%M%S', moment)}-small-residual-{number:04x}"
        folder = first.folder.with_name(run_id)
        shutil.copytree(first.folder, folder)
        settings = config["settings"] | {"dataset": f"{OWN}{names[number % num_datasets]}"}
        made = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", moment)
        text = json.dumps(config | {"id": run_id, "created": made, "settings": settings})
        (folder / CONFIG).write_text(text, encoding="utf-8")
    shutil.rmtree(first.folder)


def _make_dataset(home: Path, number: int) -> str:
    own = OwnDataset(
        id=f"{number:016x}",
        title=f"Photographs {number}",
        digest=f"{number:064x}",
        classes=("blue", "red"),
        height=32,
        width=32,
        channels=3,
        class_counts=(100, 100),
    )
    folder = shelf.datasets_folder(home) / own.id
    folder.mkdir(parents=True)
    shelf.write_description(folder, own)
    return own.id


def _refresh_seconds(home: Path) -> float:
    """The median of what the server does for one look at the list, but for Streamlit's part."""
    runs = RunList(home)
    logger.set_log_level("ERROR")  # that no browser is there to ask for its time zone

    def refresh() -> None:
        start_next(home)
        json.dumps(rows(runs.overviews(), []))

    with FakeRun(home, epochs=1, batches=10_000) as active:
        refresh()  # reads all of them
        taken: list[float] = []
        for _ in range(REFRESHES):
            active.train(1)
            begin = time.process_time()  # whatever else the machine does
            refresh()
            taken.append(time.process_time() - begin)
    shutil.rmtree(active.folder)
    return statistics.median(taken)


def _idle_share(browser: Browser, home: Path) -> float:
    """The share of a core that the server needs while one page shows the list."""
    with running(ROOT / "app.py", home) as server:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/runs")
        page.locator("tr[data-run]").nth(NUM_RUNS - 1).wait_for(state="attached")
        time.sleep(SETTLE_SECONDS)  # loading the page is another matter
        process = psutil.Process(server.process.pid)
        before, begin = _cpu_seconds(process), time.perf_counter()
        time.sleep(IDLE_SECONDS)
        share = (_cpu_seconds(process) - before) / (time.perf_counter() - begin)
        page.close()
    return share


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
