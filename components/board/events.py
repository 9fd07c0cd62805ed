"""A board's changes as server-sent events, for the browser tab that shows it.

An edit of this server is told at once, whoever made it: another tab, or a field of the inspector
while the page is still being drawn. What another server or a program saves shows in the document's
file, at which this looks every second.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress

import anyio
import anyio.to_thread
from sse_starlette.event import ServerSentEvent

from builder.system.errors import BuilderError
from components.board.session import Board

LOOK_SECONDS = 1.0
RETRY_MILLISECONDS = 1_000
CHANGED = "changed"
GONE = "gone"


async def stream(
    board: Board, version: int | None, closing: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    """Yields what changes until the document is gone or the server closes.

    Args:
        board: What the browser shows.
        version: The version that it has; None for none.
        closing: Is set when the server closes.
    """
    loop, stirred = asyncio.get_running_loop(), asyncio.Event()

    def stir() -> None:
        with suppress(RuntimeError):  # the server has just closed: nobody is left to be told
            loop.call_soon_threadsafe(stirred.set)

    with board.listening(stir):
        while not closing.is_set():
            stirred.clear()
            try:
                told = await anyio.to_thread.run_sync(board.delta, version)
            except BuilderError as error:
                yield ServerSentEvent(event=GONE, data=json.dumps(str(error)))
                return
            if told["version"] != version:
                version = told["version"]
                yield ServerSentEvent(
                    event=CHANGED, data=to_json(told), id=str(version), retry=RETRY_MILLISECONDS
                )
            board.note_sent(told["version"])
            await _first(stirred.wait(), closing.wait())


async def _first(*waits: Awaitable[object]) -> None:
    """Waits for the first of some events, at most as long as between two looks at the file."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def to_json(told: object) -> str:
    """Writes what a board tells."""
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
