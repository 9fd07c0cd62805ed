"""The routes as the server begins with them: the first page's files at once, the others later.

What answers the others imports most of the core. While the browser is still loading the first page,
the warm-up does that; the server need not wait for it before it listens.
"""

from importlib import import_module
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from components.scripts import PREFIX, script_routes

_ASSETS = Path(__file__).parent / "shell" / "assets"


def first_routes(base: str) -> list[BaseRoute]:
    """Gives the routes of files that need no other module; all paths begin with `base`."""
    return [
        # Streamlit's own page asks for it before ours names another.
        Route(f"{base}/favicon.png", _mark),
        *script_routes(base),
        Mount(f"{base}{PREFIX}/shell", StaticFiles(directory=_ASSETS)),
    ]


def server_routes(base: str = "") -> list[BaseRoute]:
    """Gives the routes that the app serves beside its pages.

    Args:
        base: What precedes every path, such as `/user/ada`; empty for none.
    """
    return [*first_routes(base), Route(f"{base}{PREFIX}/{{rest:path}}", _Others(base))]


class _Others:
    """The routes of `components.routes`, imported for the first request."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._router: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._router is None:
            module = await anyio.to_thread.run_sync(import_module, "components.routes")
            self._router = Router(module.routes(self._base))
        await self._router(scope, receive, send)


async def _mark(_request: Request) -> Response:
    """Sends our mark as the page's icon."""
    return FileResponse(_ASSETS / "mark.svg", media_type="image/svg+xml")
