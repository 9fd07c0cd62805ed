"""How soon the first page can be used after the server starts, and what the server holds.

Also how much the browser is told of a large network at first.
"""

import gzip
import statistics
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.each_frame import wait_for
from benchmarks.report import heading, line
from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from components.board import Board
from components.board.events import to_json
from tests.app_server import ROOT, running
from tests.browser import chromium

STARTS = 3
MEGABYTE = 1e6
SETTLED = '[data-test-script-state="notRunning"]'


def run() -> None:
    """Prints the figures of several starts, each with an empty data folder."""
    heading("Serving the Design page")
    ready: list[float] = []
    memory: list[float] = []
    with chromium(whole=True) as browser:
        for _ in range(STARTS):
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                with running(ROOT / "app.py", Path(folder) / "home") as server:
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    page.goto(server.url)
                    wait_for(page, {'.row[data-node-id="dense_1"]': 1})
                    ready.append(time.perf_counter() - began)
                    page.wait_for_selector(SETTLED, state="attached")
                    memory.append(psutil.Process(server.process.pid).memory_info().rss / MEGABYTE)
                    page.close()
    seconds, megabytes = statistics.median(ready), statistics.median(memory)
    name = "from `streamlit run` to all rows on the screen"
    line(name, f"{seconds:.2f} s", "<= 2.5 s", seconds <= 2.5)
    line("the server's memory then (RSS)", f"{megabytes:.0f} MB", "< 120 MB", megabytes < 120)
    packed = _first_state("resnet50")
    fits = packed < 4833  # a third of what it was when each click was a run of the page
    line("the first state of ResNet-50's board, packed", f"{packed:,} B", "< 4,833 B", fits)


def _first_state(template: str) -> int:
    """Bytes of a board's whole state, packed with gzip."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        document = workspace.create(TEMPLATES[template].architecture)
        told = Board(workspace, document, Author()).delta(None)
        return len(gzip.compress(to_json(told).encode()))
