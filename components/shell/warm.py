"""Makes the first page faster: what it needs is made ready while the browser is still loading."""

import importlib
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SWITCH_SECONDS = 0.0005


@asynccontextmanager
async def warm_up(_app: object) -> AsyncIterator[None]:
    """Makes ready in the background as soon as the server has started; for the app's `lifespan`."""
    threading.Thread(target=_make_ready, name="warm-up", daemon=True).start()
    yield


def _make_ready() -> None:
    usual = sys.getswitchinterval()
    # The page asks for about ninety small files meanwhile, and each waits for its turn.
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        importlib.import_module("components.design.page")
        _use_once()
    finally:
        sys.setswitchinterval(usual)


def _use_once() -> None:
    """Lets pydantic make the schemas of the blocks of which a new document consists."""
    from builder.inference import infer
    from builder.templates import TEMPLATES
    from components.state import FIRST_TEMPLATE

    infer(TEMPLATES[FIRST_TEMPLATE].architecture)
