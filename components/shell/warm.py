"""Makes the first page faster: what it needs is imported while the browser is still loading."""

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Streamlit imports pandas when the first component is drawn.
_NEEDED_FIRST = ("components.design.page", "pandas")


@asynccontextmanager
async def warm_up(_app: object) -> AsyncIterator[None]:
    """Imports in the background as soon as the server has started; for the app's `lifespan`."""
    threading.Thread(target=_import_all, name="warm-up", daemon=True).start()
    yield


def _import_all() -> None:
    for name in _NEEDED_FIRST:
        importlib.import_module(name)
