"""The routes of a board: operations come in, and what has changed goes out.

A request names a board by its id and holds its token. All answers but a refusal are JSON.
"""

import json
from collections.abc import Callable
from urllib.parse import quote

import anyio
import anyio.to_thread
from sse_starlette.sse import EventSourceResponse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from builder.system.errors import BuilderError, EditError, ParameterError
from components.board.events import stream, to_json
from components.board.log import read_body
from components.board.payload import Delta
from components.board.registry import find
from components.board.session import Board, Wire
from components.scripts import ADDRESS, PREFIX
from components.tokens import PRIVATE, is_allowed, refused, token

MAX_BODY = 8_000_000
"""Bytes of a request; the longest pasted text has 2 million characters."""

_PING_SECONDS = 15
_GRACE_SECONDS = 2.0


def board_routes(base: str) -> list[BaseRoute]:
    """Gives the routes of boards; all paths begin with `base`."""
    path = f"{base}{PREFIX}/boards/{{board_id}}"
    return [
        Route(f"{path}/operations", _operations, methods=["POST"]),
        Route(f"{path}/state", _state),
        Route(f"{path}/events", _events),
        Route(f"{path}/connections", _connections),
        Route(f"{path}/foresight", _foresight),
    ]


def board_url(board: Board, what: str) -> str:
    """Gives the address of one of a board's routes, by its name, with its token."""
    name = quote(board.id, safe="")
    return f"{ADDRESS}/boards/{name}/{what}?token={token(board.id)}"


async def _operations(request: Request) -> Response:
    """Applies what is new in a browser's log, and answers with what has changed.

    `?version=` names the version that the browser has.
    """
    board = _found(request)
    if isinstance(board, Response):
        return board
    try:
        body = await _body(request)
        if body is None:
            return _sentence(f"Too much at once: expected at most {MAX_BODY:,} bytes.", 413)
        log = read_body(body)
    except ClientDisconnect:
        return _sentence("Only a part of it has arrived.", 400)
    except BuilderError as error:
        return _sentence(error.problem.words.sentences, 422)
    version = _version(request)

    def act() -> Delta:
        board.apply(log)
        return board.delta(version)

    return await _answer(act)


async def _state(request: Request) -> Response:
    """Tells what has changed since `?version=`; everything without one."""
    board = _found(request)
    if isinstance(board, Response):
        return board
    version = _version(request)
    return await _answer(lambda: board.delta(version))


async def _connections(request: Request) -> Response:
    """Tells which nodes may read `?source=`, or which ones `?reader=` may read, and why not.

    With `&from=`, `&to=` and `&port=` that connection is the one whose end is moved.
    """
    board = _found(request)
    if isinstance(board, Response):
        return board
    source, reader = (request.query_params.get(name) for name in ("source", "reader"))
    moved = _wire(request)
    if source is not None:
        return await _answer(lambda: board.readers(source, moved))
    if reader is not None:
        return await _answer(lambda: board.sources(reader, moved))
    return _sentence("Expected ?source= or ?reader= with the id of a node.", 400)


async def _foresight(request: Request) -> Response:
    """Tells how nodes would look if `?parameter=` of `?node=` were `?value=`, which is JSON."""
    board = _found(request)
    if isinstance(board, Response):
        return board
    given = request.query_params
    node, parameter = given.get("node", ""), given.get("parameter", "")
    try:
        value = json.loads(given.get("value", ""))
    except (ValueError, RecursionError):
        return _sentence("Expected ?node=, ?parameter= and ?value= with JSON.", 400)
    return await _answer(lambda: board.foresee(node, parameter, value))


async def _events(request: Request) -> Response:
    """Streams what changes, from the version that the browser has."""
    board = _found(request)
    if isinstance(board, Response):
        return board
    closing = anyio.Event()
    return EventSourceResponse(
        stream(board, _version(request), closing),
        ping=_PING_SECONDS,
        headers=PRIVATE,
        shutdown_event=closing,
        shutdown_grace_period=_GRACE_SECONDS,
    )


def _found(request: Request) -> Board | Response:
    """The board that a request names, or the answer that refuses it."""
    board_id = request.path_params["board_id"]
    if not is_allowed(request, board_id):
        return refused()
    board = find(board_id)
    if board is None:
        return _sentence("This page was left, or the server has forgotten it: reload it.", 410)
    return board


def _wire(request: Request) -> Wire | None:
    """The connection that a request names; None for none, and for anything but a number."""
    given = request.query_params
    start, end, port = given.get("from"), given.get("to"), _number(given.get("port", ""))
    return None if start is None or end is None or port is None else (start, end, port)


def _version(request: Request) -> int | None:
    """The version that the browser has; None for none, and for anything but a number."""
    given = request.headers.get("last-event-id") or request.query_params.get("version", "")
    return _number(given)


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None


async def _body(request: Request) -> bytes | None:
    """A request's body; None where it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


async def _answer(act: Callable[[], object]) -> Response:
    try:
        told = await anyio.to_thread.run_sync(act)
    except (EditError, ParameterError) as error:
        return _sentence(error.problem.words.sentences, 422)
    except BuilderError as error:  # the document is gone, or its file is damaged
        return _sentence(error.problem.words.sentences, 404)
    return Response(to_json(told), headers=PRIVATE, media_type="application/json")


def _sentence(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, PRIVATE)
