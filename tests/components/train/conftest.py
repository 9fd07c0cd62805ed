from pathlib import Path

import pytest

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from components import state


@pytest.fixture
def workspace(home: Path) -> Workspace:
    """The very workspace that the page works on."""
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(TEMPLATES["se_residual_digits"].architecture)
