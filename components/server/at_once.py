"""Answers leave at once, instead of waiting until the browser has confirmed what came before.

Streamlit binds the server's socket itself, and leaves open that it speaks TCP. asyncio then does
not switch off Nagle's algorithm: the body of each small answer waits for its head's confirmation,
which systems put off for some 40 ms. See https://github.com/Kludex/uvicorn/issues/3149.
"""

import functools
import socket
from collections.abc import Sequence

import uvicorn


def send_at_once() -> None:
    """Has each server that starts from now on send what it has; connections inherit it."""
    start = uvicorn.Server.startup

    @functools.wraps(start)
    async def startup(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        _switch_off_waiting(sockets or ())
        await start(self, sockets)

    uvicorn.Server.startup = startup


def _switch_off_waiting(sockets: Sequence[socket.socket]) -> None:
    for each in sockets:
        if each.family in (socket.AF_INET, socket.AF_INET6):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
