"""Running the app, or a small app of a test, as its users do: by `streamlit run`."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 120


@dataclass(frozen=True)
class AppServer:
    """A running app: its address, its process and what it has printed."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running(
    script: Path,
    home: Path,
    *,
    warm_worker: bool = False,
    base_path: str = "",
    port: int | None = None,
) -> Iterator[AppServer]:
    """Starts an app on a free port, waits until it answers, and stops it in the end.

    Args:
        script: What `streamlit run` gets.
        home: Its CONVSTACK_HOME; the log is written beside it.
        warm_worker: Whether a worker may wait for a training, which costs seconds of a core.
        base_path: What precedes every path, such as `/user/ada`.
        port: Where it listens; None for a free port.
    """
    port = port or free_port()
    log = home.with_name(f"{home.name}-server.log")
    environment = {**os.environ, "CONVSTACK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment["CONVSTACK_WARM_WORKER"] = "1" if warm_worker else "0"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.baseUrlPath", base_path] if base_path else []
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    server = AppServer(f"http://localhost:{port}{base_path}", process, log)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the server did not stop when it was asked to") from None


def free_port() -> int:
    """A free port that nobody else takes before it is used.

    It lies below those that systems give to outgoing connections, and each of pytest's workers has
    a range of its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    while True:
        port = 20_000 + 1_000 * (worker % 12) + secrets.randbelow(1_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait_until_healthy(server: AppServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()}")
