"""Our components' scripts and plotly.js, which browsers keep: a new content has a new address."""

import gzip
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PREFIX = "/_convstack"
"""Where our routes lie, below the base path."""

ADDRESS = PREFIX.removeprefix("/")
"""The same as pages name it. It is relative: only the browser knows what a proxy puts in front."""

IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}

_HERE = Path(__file__).parent
_CHART = _HERE / "live_chart" / "assets"
_CANVAS = _HERE / "canvas" / "static"


def script_routes(base: str) -> list[BaseRoute]:
    """Gives the routes of all scripts that lie in files; all paths begin with `base`."""
    chart, canvas = _Immutable(directory=_CHART), _Immutable(directory=_CANVAS)
    return [
        Route(f"{base}{PREFIX}/plotly.min.js", _plotly),
        Mount(f"{base}{PREFIX}/live_chart/{{version}}", chart),
        Mount(f"{base}{PREFIX}/canvas/{{version}}", canvas),
    ]


@cache
def plotly_url() -> str:
    """Gives the address of plotly.js; it changes with its version."""
    return f"{ADDRESS}/plotly.min.js?v={version('plotly')}"


@cache
def live_chart_url() -> str:
    """Gives the address of the live chart's script; it changes with the scripts' content."""
    return f"{ADDRESS}/live_chart/{_digest_of(_CHART)}/main.js"


@cache
def canvas_url() -> str:
    """Gives the address of the canvas's script; it changes with the scripts' content."""
    return f"{ADDRESS}/canvas/{_digest_of(_CANVAS)}/canvas.js"


def digest(parts: Iterable[bytes]) -> str:
    """Gives what stands for a script's content in its address."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:12]


def _digest_of(folder: Path) -> str:
    return digest(path.read_bytes() for path in sorted(folder.iterdir()))


class _Immutable(StaticFiles):
    """Files whose address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(IMMUTABLE)
        return response


async def _plotly(request: Request) -> Response:
    """Sends plotly.js out of the installed package, without importing it."""
    kind = "text/javascript"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(_plotly_path(), headers=IMMUTABLE, media_type=kind)
    packed = await anyio.to_thread.run_sync(_packed_plotly)
    headers = IMMUTABLE | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(packed, headers=headers, media_type=kind)


@cache
def _packed_plotly() -> bytes:
    """Packed once: the server would do it for every page, which takes a third of a second."""
    return gzip.compress(_plotly_path().read_bytes(), 6)


@cache
def _plotly_path() -> Path:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("plotly is not installed")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"
