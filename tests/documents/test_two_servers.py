"""Two servers on one data folder: no edit that one of them has acknowledged is lost."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from builder.documents.workspace import Workspace
from tests.broken import IMAGE, net
from tests.documents import editor_child

EACH = 40


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return Workspace(home)


@pytest.mark.slow
def test_no_acknowledged_edit_is_lost(workspace: Workspace, home: Path) -> None:
    both, first, second = (workspace.create(net(IMAGE)) for _ in range(3))
    servers = [start(home, both, own) for own in (first, second)]
    for server in servers:
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
    for server in servers:
        assert server.stdin
        server.stdin.write("go\n")
        server.stdin.flush()
    acknowledged = Counter[str]()
    for server in servers:
        output, _ = server.communicate(timeout=120)
        acknowledged.update(output.split())
        assert server.returncode == 0
    assert acknowledged == {both: 2 * EACH, first: EACH, second: EACH}
    for document, number in acknowledged.items():
        opened = workspace.open(document)
        assert len(opened.architecture.nodes) == 1 + number, "an edit was acknowledged and is gone"
        trainings = EACH if document == both else 0
        assert opened.document.revision >= 1 + number + trainings
    assert workspace.open(both).document.training == {"epochs": EACH}


def start(home: Path, *documents: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", editor_child.__name__, str(home), str(EACH), *documents],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
