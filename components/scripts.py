"""Our components' scripts and plotly.js, which browsers keep: a new content has a new address.

The scripts are TypeScript in `frontend/src`, bundled into `frontend/static` by `make frontend`.
"""

import gzip
import hashlib
import re
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

FRONTEND = Path(__file__).parent / "frontend"
STATIC = FRONTEND / "static"

_HEAD = 2_000
"""Characters of a script in which all its imports stand: the bundler writes them first."""
_IMPORTS = re.compile(r'from"\./(shared-[\w-]+)\.js"')

_LOADER = """
export default async function (component) {
  const { mount } = await import(new URL("%s", document.baseURI).href);
  return mount(component);
}
"""


def script_routes(base: str) -> list[BaseRoute]:
    """Gives the routes of all scripts that lie in files; all paths begin with `base`."""
    return [
        Route(f"{base}{PREFIX}/plotly.min.js", _plotly),
        Mount(f"{base}{PREFIX}/scripts/{{version}}", _Immutable(directory=STATIC)),
    ]


@cache
def plotly_url() -> str:
    """Gives the address of plotly.js; it changes with its version."""
    return f"{ADDRESS}/plotly.min.js?v={version('plotly')}"


def script_url(name: str) -> str:
    """Gives the address of a component's script; it changes with the content of any of them.

    Raises:
        KeyError: There is no script of this name.
    """
    if not (STATIC / f"{name}.js").is_file():
        raise KeyError(name)
    return f"{ADDRESS}/scripts/{_digest()}/{name}.js"


@cache
def script_urls(name: str) -> tuple[str, ...]:
    """Gives the addresses of a component's script and of all parts that it imports.

    Raises:
        KeyError: There is no script of this name.
    """
    found = [name]
    for known in found:
        with (STATIC / f"{known}.js").open(encoding="utf-8") as file:
            parts = _IMPORTS.findall(file.read(_HEAD))
        found += [part for part in parts if part not in found]
    return tuple(map(script_url, found))


def loader(name: str) -> str:
    """Gives what Streamlit runs for a component: it fetches the script, and calls its `mount`."""
    return _LOADER % script_url(name)


@cache
def _digest() -> str:
    """Stands for the content of all scripts, since they share parts of each other."""
    found = hashlib.sha256()
    for path in sorted(STATIC.glob("*.js")):
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:12]


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
