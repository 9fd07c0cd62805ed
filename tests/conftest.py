"""What every test shares: a data folder of its own, hypothesis's profiles, and one flag."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.worker.workers import Nursery

# Keras's models are hundreds of thousands of objects each, through which Python would look again
# and again while they are built: a tenth of the time of those tests.
gc.set_threshold(50_000, 20, 20)

settings.register_profile(
    "repeatable",
    deadline=None,  # the machine may be busy with other things
    derandomize=True,  # a change fails by its own fault only
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile(
    "explore", settings.get_profile("repeatable"), derandomize=False, max_examples=1_000
)
settings.register_profile("quick", settings.get_profile("repeatable"), max_examples=20)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the golden files anew, then look at them",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds, and needs nothing but the core")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, so that no process is left alone with one at the end.

    Those that need the browser follow each other, and share it.
    """
    kinds: dict[Path, set[str]] = {}
    for item in items:
        kinds.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
    order = ("browser", "keras")
    ranks = {
        path: next((rank for rank, kind in enumerate(order) if kind in found), len(order))
        for path, found in kinds.items()
    }
    items.sort(key=lambda item: ranks[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """The shared browser ends before a test that does without."""
    try:
        yield
    finally:
        goes_on = nextitem is not None and nextitem.get_closest_marker("browser")
        if item.get_closest_marker("browser") and not goes_on:
            from tests.browser import close_shared

            close_shared()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No test gets a page in which another one has failed."""
    report = yield
    if report.failed and item.get_closest_marker("browser"):
        from tests.living_page import spoil

        spoil()
    return report


@pytest.fixture
def browser() -> "Browser":
    from tests.browser import shared_browser

    return shared_browser()


@pytest.fixture(scope="session", autouse=True)
def _data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test ever touches the documents and runs of the person who starts it."""
    before = os.environ.get("CONVSTACK_HOME")
    os.environ["CONVSTACK_HOME"] = str(tmp_path_factory.mktemp("convstack"))
    yield
    if before is None:
        del os.environ["CONVSTACK_HOME"]
    else:
        os.environ["CONVSTACK_HOME"] = before


@pytest.fixture(scope="module", autouse=True)
def _little_to_look_through() -> None:
    """What is there when a file begins stays: the modules, and all tests that were collected.

    Each of Python's thorough looks for garbage, of which Keras asks for one whenever a session is
    cleared, would else go through half a million objects. Where Keras is not loaded, there is
    little garbage among them, and it costs more to look for it than to keep it.
    """
    if "keras" in sys.modules:
        gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _no_training_is_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A training that a test has begun ends with it: it would slow down all that come after.

    Nor may a keeper start one later that a test has left in the queue.
    """
    yield
    left: list[str] = []
    for process, module, folder in _processes(str(tmp_path_factory.getbasetemp())):
        process.kill()
        waiting = [ticket.parent.name for ticket in folder.glob("runs/*/ticket.json")]
        left += waiting if module == "builder.scheduler.keeper" else [folder.name]
    assert not left, f"still training, or about to: {left}"


def _processes(base: str) -> Iterator[tuple[psutil.Process, str, Path]]:
    """The workers, processes of studies and keepers whose folders lie in a folder."""
    modules = ("builder.scheduler.keeper", "builder.studies", "builder.worker")
    for process in psutil.process_iter(["cmdline"]):
        command: list[str] = process.info["cmdline"] or []  # a process that has ended has none
        module = next((name for name in modules if name in command), "")
        if module and command[-1].startswith(base):
            yield process, module, Path(command[-1])


@pytest.fixture(scope="session")
def nursery() -> Iterator["Nursery"]:
    """Real workers, for all tests that train."""
    from tests.worker.workers import Nursery

    with Nursery() as made:
        yield made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder, also for what asks `builder.system.home` for it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONVSTACK_HOME", str(folder))
    folder.mkdir()
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def read_only(small_disk: Path) -> Callable[[], None]:
    """Takes the right to write on the small disk away from everybody, the superuser included."""

    def close() -> None:
        remount = ["mount", "-o", "remount,ro", str(small_disk)]
        subprocess.run(remount, capture_output=True, check=True)

    return close
