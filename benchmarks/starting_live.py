"""How long somebody who presses Start waits for the first batch of the training."""

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from benchmarks.report import heading, judged, line
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.runs.run_folder import list_runs
from builder.scheduler import launcher
from builder.system.worker_process import WAITING_MODULE
from tests.app_server import ROOT, AppServer, running
from tests.browser import chromium
from tests.worker.workers import wait_until_idle

STARTS = 3
CHILD_SECONDS = 30.0

_FIRST_POINT = """
() => Number(document.querySelector('.cs-chart[data-received]')?.dataset.points ?? 0) >= 1
"""


def run() -> None:
    """Prints the figures."""
    heading("From the press of Start to the first batch on the screen, digits")
    with tempfile.TemporaryDirectory() as folder, chromium(whole=True) as browser:
        rehearsed = _median(browser, Path(folder) / "rehearsed", warm=True)
        line("a worker waits and has rehearsed the first step", *judged(rehearsed, 1.5))
        fresh = _median(browser, Path(folder) / "fresh", warm=False)
        line("no worker waits", f"{fresh:.2f} s")


def _median(browser: Browser, home: Path, *, warm: bool) -> float:
    home.mkdir()
    with running(ROOT / "app.py", home, warm_worker=warm) as server:
        return statistics.median(_start(browser, server, home, warm) for _ in range(STARTS))


def _start(browser: Browser, server: AppServer, home: Path, warm: bool) -> float:
    document = Workspace(home).create(TEMPLATES["se_residual_digits"].architecture)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{server.url}/train?doc={document}")
    button = page.get_by_role("button", name="Start training")
    button.wait_for()
    if warm:
        wait_until_idle(_waiting(server))
    begin = time.perf_counter()
    button.click()
    page.wait_for_function(_FIRST_POINT, polling="raf", timeout=120_000)
    seconds = time.perf_counter() - begin
    page.close()
    for known in list_runs(home):
        launcher.stop(known, force=True)
        for _ in launcher.follow(known, timeout=CHILD_SECONDS):
            pass
    return seconds


def _waiting(server: AppServer) -> psutil.Process:
    deadline = time.monotonic() + CHILD_SECONDS
    while time.monotonic() < deadline:
        for child in psutil.Process(server.process.pid).children():
            if WAITING_MODULE in child.cmdline():
                return child
        time.sleep(0.1)
    raise AssertionError("no worker waits")
