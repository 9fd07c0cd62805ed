from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run
from builder.scheduler import launcher
from components import state
from tests.components.fake_run import FakeRun


@pytest.fixture
def workspace(home: Path) -> Workspace:
    """The very workspace that the page works on."""
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(TEMPLATES["se_residual_digits"].architecture)


@pytest.fixture
def unfit(workspace: Workspace) -> str:
    """A network that ends in one unit, which ten digits do not fit."""
    return workspace.create(TEMPLATES["small_residual"].architecture)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that were started; no process is."""
    ids: list[str] = []

    def start(run: Run, _ended: object = None) -> int:
        ids.append(run.id)
        write_json(run.folder / PROCESS, {"pid": 0})
        return 1

    monkeypatch.setattr(launcher, "start", start)
    return ids


@pytest.fixture
def fake(home: Path, document: str) -> Iterator[FakeRun]:
    """A run of the document, which trains."""
    with FakeRun(home, epochs=3, batches=5) as run:
        config = run.folder / "config.json"
        config.write_text(config.read_text().replace('"small"', f'"{document}"'))
        yield run
