"""What tests of the Studies page stand on: no process, no browser, played trainings."""

from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.documents.workspace import Workspace
from components import state
from components.live_chart import Figure
from components.studies import listing, pictures, study_page
from tests.components.studies.studies_page import Table
from tests.studies.fake_trainings import NETWORK, Worker, stand_in


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(study_page, "table", made)
    monkeypatch.setattr(listing, "table", made)
    return made


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Figure]:
    shown: dict[str, Figure] = {}

    def draw(made: Figure, *, description: str, key: str) -> str:
        shown[made.title] = made
        return ""

    monkeypatch.setattr(pictures, "figure", draw)
    return shown


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return stand_in(monkeypatch)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the studies whose process was started, which none is."""
    ids: list[str] = []
    monkeypatch.setattr(actions, "_launch", lambda study: ids.append(study.id))
    return ids


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    made = workspace.create(NETWORK)
    workspace.set_training(made, {"epochs": 2})
    return made
