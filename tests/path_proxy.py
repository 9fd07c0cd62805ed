"""A proxy that serves several apps under one address, each below a path, as JupyterHub does."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.app_server import free_port

_HEAD_END = b"\r\n\r\n"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Mounted:
    """An app behind the proxy.

    Attributes:
        path: What precedes its paths, such as `/user/ada`.
        port: Where it listens on this machine.
        strips: Whether the app gets its paths without `path`.
    """

    path: str
    port: int
    strips: bool


@contextmanager
def proxied(*apps: Mounted) -> Iterator[str]:
    """Runs the proxy in a thread of its own; gives its address."""
    proxy = _Proxy(apps, free_port())
    thread = threading.Thread(target=lambda: asyncio.run(proxy.run()), daemon=True)
    thread.start()
    assert proxy.started.wait(10)
    try:
        yield f"http://localhost:{proxy.port}"
    finally:
        proxy.stop()
        thread.join(10)
        assert not thread.is_alive()


class _Proxy:
    """Hands on one request a connection, and all that follows it: bodies, events and sockets."""

    def __init__(self, apps: tuple[Mounted, ...], port: int) -> None:
        self.port = port
        self.started = threading.Event()
        self._apps = apps
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._served: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serves until `stop` is called from another thread."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.started.set()
        await self._stopping.wait()
        server.close()
        for served in self._served:  # a stream of events ends when its page does, or never
            served.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served = asyncio.current_task()
        assert served is not None
        self._served.add(served)
        served.add_done_callback(self._served.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(_HEAD_END)
            method, target, _ = head.split(b" ", 2)
            app = self._app(target.decode())
            if app is None:
                writer.write(_NOT_FOUND)
                await writer.drain()
            else:
                await self._hand_on(app, _rewritten(head, method, target, app), reader, writer)
        writer.close()

    def _app(self, target: str) -> Mounted | None:
        return next((app for app in self._apps if target.startswith(f"{app.path}/")), None)

    async def _hand_on(
        self,
        app: Mounted,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        from_app, to_app = await asyncio.open_connection("127.0.0.1", app.port)
        to_app.write(head)
        upwards = asyncio.create_task(_pipe(reader, to_app))
        try:
            await _pipe(from_app, writer)
        finally:
            upwards.cancel()
            to_app.close()


def _rewritten(head: bytes, method: bytes, target: bytes, app: Mounted) -> bytes:
    """Writes the request as the app gets it: the browser's Host stays, as it has to."""
    path = target[len(app.path) :] if app.strips else target
    first, *fields = head.removesuffix(_HEAD_END).split(b"\r\n")
    lines = [b" ".join((method, path, first.rsplit(b" ", 1)[1]))]
    is_socket = any(field.lower().startswith(b"upgrade:") for field in fields)
    if is_socket:
        lines += fields
    else:
        lines += [field for field in fields if not field.lower().startswith(b"connection:")]
        lines.append(b"Connection: close")
    return b"\r\n".join(lines) + _HEAD_END


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
