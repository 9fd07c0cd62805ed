"""The one gate that every request passes, to our own routes as to Streamlit's."""

import logging
import re
from enum import Enum, auto

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from components.server import policy
from components.server.settings import HOSTS, SHARED, ServerSettings, is_loopback

_LOGGER = logging.getLogger(__name__)
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")


class Refusal(Enum):
    """Why a request is not answered."""

    FAR = auto()
    HOST = auto()
    ORIGIN = auto()


_SENTENCES = {
    Refusal.FAR: (
        "Convstack answers this machine only. If everyone who reaches this address is one person "
        f"or one trusted group, start it with {SHARED}=1."
    ),
    Refusal.HOST: (
        "Convstack is not served under this name. Open it as localhost, or start it with "
        f"{HOSTS} set to the name, such as {HOSTS}=convstack.example.org."
    ),
    Refusal.ORIGIN: (
        "This request comes from a page of another origin. A proxy in front of Convstack has to "
        "hand on the browser's Host header as it is, with its port."
    ),
}


class RequestGuard:
    """Refuses requests that did not come from our pages, and adds the policy's headers to answers.

    A page of another site cannot read our answers, but without this it could show the app in a
    frame, open its socket, or give its own name this machine's address (DNS rebinding).

    Args:
        app: What answers.
        settings: What the operator chose.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(policy.headers())
            await send(message)

        refusal = self.refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send_guarded)
            return
        if scope["type"] == "http":
            answer = PlainTextResponse(_SENTENCES[refusal] + "\n", 403)
            await answer(scope, receive, send_guarded)
        else:
            # No page can read why its socket was refused, so the log has to say it.
            headers = Headers(scope=scope)
            named = headers.get("host"), headers.get("origin")
            _LOGGER.warning("%s (Host %r, Origin %r)", _SENTENCES[refusal], *named)
            await WebSocket(scope, receive, send).close()

    def refusal(self, scope: Scope) -> Refusal | None:
        """Says why a request is refused; None where it is not.

        Args:
            scope: ASGI's description of the request. `server` is the local address that the
                connection reached, or the path of a Unix socket with None as its port.
        """
        address, port = scope.get("server") or (None, None)
        reached = address if port is not None else None
        if not self._settings.is_shared and reached is not None and not is_loopback(reached):
            return Refusal.FAR
        headers = Headers(scope=scope)
        hosts = [host.lower() for host in headers.getlist("host")]
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None:
            return Refusal.HOST
        name = match["name"].strip("[]").rstrip(".")
        if not self._settings.names(name, reached):
            return Refusal.HOST
        # Browsers name the origin with every socket and every request that changes something.
        for origin in headers.getlist("origin"):
            if origin.lower() not in (f"http://{hosts[0]}", f"https://{hosts[0]}"):
                return Refusal.ORIGIN
        return None
