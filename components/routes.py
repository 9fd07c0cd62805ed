"""Routes beside Streamlit's own: a run's live events and files, exports, and all our scripts.

What concerns a run, a document or a board needs its token (`tokens`). The id of an export or an
offer is such a token. The routes of boards are in `board.routes`.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import anyio
import anyio.to_thread
from sse_starlette.sse import EventSourceResponse
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from builder.runs.run_folder import RunError, find, read
from builder.runs.run_state import BEST, HISTORY, LOG, MODEL, PREDICTIONS, SCRIPT
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.temporary import system_prefix
from components import export_jobs, offers
from components.board.routes import board_routes
from components.first_routes import first_routes
from components.run_events import Cursor, RunEvents
from components.scripts import ADDRESS, PREFIX
from components.tokens import PRIVATE, is_allowed, refused, token

if TYPE_CHECKING:
    from components.gradient_answer import GradientAnswer

_PING_SECONDS = 15
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Download:
    """A file of a run that may be downloaded.

    Attributes:
        suffix: What follows the run's id in the name under which it is saved.
        media_type: Its MIME type.
    """

    suffix: str
    media_type: str


_DOWNLOADS = {
    MODEL: _Download(".keras", "application/octet-stream"),
    BEST: _Download("-best.keras", "application/octet-stream"),
    PREDICTIONS: _Download("-predictions.csv", "text/csv"),
    HISTORY: _Download("-history.csv", "text/csv"),
    SCRIPT: _Download(".py", "text/x-python"),
    LOG: _Download("-log.txt", "text/plain"),
}


def routes(base: str = "") -> list[BaseRoute]:
    """Gives the routes that the app serves beside its pages.

    Args:
        base: What precedes every path, such as `/user/ada`; empty for none.
    """
    return [
        Route(f"{base}{PREFIX}/runs/{{run_id}}/events", _events),
        Route(f"{base}{PREFIX}/runs/{{run_id}}/files/{{name}}", _file),
        Route(f"{base}{PREFIX}/runs/{{run_id}}/archive", _archive),
        Route(f"{base}{PREFIX}/documents/{{document_id}}/gradients", _gradients),
        Route(f"{base}{PREFIX}/exports/{{job_id}}", _export),
        Route(f"{base}{PREFIX}/offers/{{offer_id}}", _offer),
        *board_routes(base),
        *first_routes(base),
    ]


def events_url(run_id: str) -> str:
    """Gives the address of a run's live events, with its token."""
    return f"{ADDRESS}/runs/{quote(run_id, safe='')}/events?token={token(run_id)}"


def file_url(run_id: str, name: str) -> str:
    """Gives the address at which a file of a run is downloaded, with its token.

    Args:
        run_id: The run.
        name: `model.keras`, `best.keras`, `history.csv`, `train.py` or `log.txt`.

    Raises:
        KeyError: The file is none that may be downloaded.
    """
    if name not in _DOWNLOADS:
        raise KeyError(name)
    return f"{ADDRESS}/runs/{quote(run_id, safe='')}/files/{name}?token={token(run_id)}"


def archive_url(run_id: str) -> str:
    """Gives the address at which all of a run is downloaded as one zip."""
    return f"{ADDRESS}/runs/{quote(run_id, safe='')}/archive?token={token(run_id)}"


def gradients_url(document_id: str) -> str:
    """Gives the address of the gradients of a document's latest training, with its token."""
    name = quote(document_id, safe="")
    return f"{ADDRESS}/documents/{name}/gradients?token={token(document_id)}"


def export_url(job_id: str) -> str:
    """Gives the address at which a finished export is downloaded."""
    return f"{ADDRESS}/exports/{quote(job_id, safe='')}"


async def _events(request: Request) -> Response:
    """Streams what a run does, from where the browser left off."""
    folder = _allowed_folder(request)
    if isinstance(folder, Response):
        return folder
    query = request.query_params
    known = f"{query.get('after', -1)}:{query.get('after_epoch', 0)}"
    seen = request.headers.get("last-event-id", known)
    closing = anyio.Event()
    return EventSourceResponse(
        RunEvents(folder, Cursor.parse(seen)).stream(closing),
        ping=_PING_SECONDS,
        headers=PRIVATE,
        shutdown_event=closing,
        shutdown_grace_period=_GRACE_SECONDS,
    )


async def _file(request: Request) -> Response:
    """Sends a file of a run as a download."""
    folder = _allowed_folder(request)
    if isinstance(folder, Response):
        return folder
    download = _DOWNLOADS.get(request.path_params["name"])
    path = folder / request.path_params["name"]
    if download is None or not path.is_file():
        return PlainTextResponse("This run has no such file.", 404, PRIVATE)
    return FileResponse(
        path,
        headers=PRIVATE,
        media_type=download.media_type,
        filename=f"{folder.name}{download.suffix}",
    )


async def _archive(request: Request) -> Response:
    """Sends all of a run as one zip, written for this request."""
    folder = _allowed_folder(request)
    if isinstance(folder, Response):
        return folder
    from builder.analysis.run_archive import write_archive  # with it, seven modules more

    file = tempfile.NamedTemporaryFile(prefix=system_prefix("archive"), suffix=".zip", delete=False)  # noqa: SIM115  it goes when it is sent
    file.close()
    path = Path(file.name)
    try:
        await anyio.to_thread.run_sync(write_archive, read(folder), path)
    except BuilderError as error:
        path.unlink(missing_ok=True)
        return PlainTextResponse(f"{error}.", 500, PRIVATE)
    return FileResponse(
        path,
        headers=PRIVATE,
        media_type="application/zip",
        filename=f"{folder.name}.zip",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


async def _gradients(request: Request) -> Response:
    """Says how strong the gradients are that reach each node of a document."""
    document_id = request.path_params["document_id"]
    if not is_allowed(request, document_id):
        return refused()
    try:
        answer = await anyio.to_thread.run_sync(_gradient_answer, document_id)
    except BuilderError as error:
        return PlainTextResponse(f"{error}.", 404, PRIVATE)
    return JSONResponse(answer, headers=PRIVATE)


def _gradient_answer(document_id: str) -> "GradientAnswer":
    from components.gradient_answer import gradient_answer  # with it, NumPy

    return gradient_answer(document_id)


async def _export(request: Request) -> Response:
    """Sends a finished export as a download."""
    job = export_jobs.find(request.path_params["job_id"])
    if job is None or not job.path.is_file():
        return PlainTextResponse("This export is gone: make it again.", 404, PRIVATE)
    return FileResponse(job.path, headers=PRIVATE, media_type=job.media_type, filename=job.name)


async def _offer(request: Request) -> Response:
    """Writes what a page offers, and sends it as a download."""
    found = offers.find(request.path_params["offer_id"])
    if found is None:
        return PlainTextResponse("This file is no longer offered: reload the page.", 404, PRIVATE)
    try:
        text = await anyio.to_thread.run_sync(found.write)
    except BuilderError as error:
        return PlainTextResponse(f"{error}.", 409, PRIVATE)
    named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    headers = PRIVATE | {"Content-Disposition": named}
    return Response(text, headers=headers, media_type=found.media_type)


def _allowed_folder(request: Request) -> Path | Response:
    """Finds the folder of the run that a request names, or the answer that refuses it.

    Only the pages sign ids, and only those of runs, so that no other path gets past the token.
    """
    run_id = request.path_params["run_id"]
    if not is_allowed(request, run_id):
        return refused()
    try:
        return find(home(), run_id).folder
    except RunError:
        return PlainTextResponse("There is no such run.", 404, PRIVATE)
