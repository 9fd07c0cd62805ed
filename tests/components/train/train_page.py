"""The Train page, driven without a browser."""

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from builder.documents.workspace import Workspace
from tests.components.driven import opened


def open_page(document: str = "", run: str = "") -> AppTest:
    return opened("train", doc=document, run=run)


def field(kind: Any, name: str) -> Any:
    """The widget of a setting, whatever its document is."""
    return next(w for w in kind if re.search(rf"\b{name}(~\d+)?$", w.key))


def settings(workspace: Workspace, document: str) -> dict[str, Any]:
    return workspace.open(document).document.training or {}
