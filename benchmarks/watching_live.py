"""How soon a batch's loss is on the screen, and what watching costs the server.

The run is one that trains nothing: it writes its numbers as a worker does, at the speed asked for.
"""

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page

from benchmarks.report import heading, judged, line
from tests.app_server import ROOT, AppServer, running
from tests.browser import chromium
from tests.components.fake_run import FakeRun

EVENTS = 25
WATCHERS = 5
SETTLE_SECONDS = 4.0
WATCH_SECONDS = 15.0
BATCHES_PER_SECOND = 20

_RECEIVED = """
(least) => Number(document.querySelector('.cs-chart[data-received]')?.dataset.points ?? -1) >= least
"""


def run() -> None:
    """Prints the figures."""
    heading("Watching a run live")
    with tempfile.TemporaryDirectory() as folder, chromium(whole=True) as browser:
        home = Path(folder) / "home"
        home.mkdir()
        with running(ROOT / "app.py", home) as server:
            with FakeRun(home, epochs=1, batches=10_000) as fake:
                delay = _event_to_screen(browser, server, fake)
            line("from a batch's end to its point on the screen (median)", *judged(delay, 0.5))
            with FakeRun(home, epochs=1, batches=10_000) as fake:
                share = _server_share(browser, server, fake)
            name = (
                f"the server's share of a core, {WATCHERS} watchers, {BATCHES_PER_SECOND} batches/s"
            )
            line(name, f"{share:.1%}", "< 5 %", share < 0.05)


def _open(browser: Browser, server: AppServer, fake: FakeRun) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{server.url}/train?run={fake.id}")
    return page


def _event_to_screen(browser: Browser, server: AppServer, fake: FakeRun) -> float:
    fake.train(5)
    page = _open(browser, server, fake)
    page.wait_for_function(_RECEIVED, arg=5)
    delays: list[float] = []
    for number in range(6, 6 + EVENTS):
        # At another moment each time of what the writer and the server do four times a second.
        time.sleep(0.3 + 0.037 * (number % 7))
        begin = time.perf_counter()
        fake.train(1)
        page.wait_for_function(_RECEIVED, arg=number, polling="raf")
        delays.append(time.perf_counter() - begin)
    page.close()
    return statistics.median(delays)


def _server_share(browser: Browser, server: AppServer, fake: FakeRun) -> float:
    fake.train(5)
    pages = [_open(browser, server, fake) for _ in range(WATCHERS)]
    for page in pages:
        page.wait_for_function(_RECEIVED, arg=5)
    time.sleep(SETTLE_SECONDS)  # loading the pages is another matter
    process = psutil.Process(server.process.pid)
    before, begin = _cpu_seconds(process), time.perf_counter()
    while time.perf_counter() - begin < WATCH_SECONDS:
        fake.train(1)
        time.sleep(1 / BATCHES_PER_SECOND)
    share = (_cpu_seconds(process) - before) / (time.perf_counter() - begin)
    for page in pages:
        page.close()
    return share


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
