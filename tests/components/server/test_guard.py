"""Who may connect, and what every answer carries."""

from collections.abc import Sequence
from http.client import HTTPConnection
from urllib.parse import urlsplit

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Message, Scope

from components.routes import routes
from components.server import RequestGuard, ServerSettings
from components.server.guard import Refusal
from tests.app_server import AppServer

OWN = ServerSettings()
SHARED = ServerSettings(address="0.0.0.0", hosts=("lab.example", "*.class.example"), is_shared=True)
LOOPBACK = ("127.0.0.1", 8501)
NETWORK = ("192.168.1.5", 8501)


def scope(
    host: str | Sequence[str],
    origin: str | None = None,
    *,
    kind: str = "http",
    server: tuple[str, int | None] | None = LOOPBACK,
) -> Scope:
    hosts = [host] if isinstance(host, str) else host
    headers = [(b"host", name.encode()) for name in hosts]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return {
        "type": kind,
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        "server": server,
    }


def refusal(settings: ServerSettings, request: Scope) -> Refusal | None:
    return RequestGuard(Starlette(), settings).refusal(request)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LOCALHOST:8501", "localhost.", "127.0.0.1:8501", "[::1]:8501"],
)
def test_the_names_of_this_machine_itself_are_answered(host: str) -> None:
    assert refusal(OWN, scope(host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "evil.example/localhost",
        "user@localhost",
        "localhost:8501:80",
        "192.168.1.5",
        "",
        [],
        ["localhost", "evil.example"],
    ],
)
def test_no_other_name_is_answered(host: str | list[str]) -> None:
    assert refusal(OWN, scope(host)) is Refusal.HOST


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("lab.example:8501", None),
        ("LAB.example", None),
        ("ada.class.example", None),
        ("192.168.1.5:8501", None),
        ("192.168.1.6:8501", Refusal.HOST),
        ("class.example", Refusal.HOST),
        ("evilclass.example", Refusal.HOST),
        ("0.0.0.0.evil.example", Refusal.HOST),
    ],
)
def test_a_shared_app_answers_to_its_address_and_the_names_given(
    host: str, expected: Refusal | None
) -> None:
    assert refusal(SHARED, scope(host, server=NETWORK)) is expected
    mapped = ("::ffff:192.168.1.5", 8501)
    assert refusal(SHARED, scope(host, server=mapped)) is expected


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, None),
        ("http://localhost:8501", None),
        ("https://LOCALHOST:8501", None),
        ("http://localhost:9000", Refusal.ORIGIN),
        ("http://localhost", Refusal.ORIGIN),
        ("http://127.0.0.1:8501", Refusal.ORIGIN),
        ("http://localhost:8501.evil.example", Refusal.ORIGIN),
        ("ftp://localhost:8501", Refusal.ORIGIN),
        ("null", Refusal.ORIGIN),
        ("", Refusal.ORIGIN),
    ],
)
def test_a_page_of_another_origin_opens_no_socket_and_sends_nothing(
    kind: str, origin: str | None, expected: Refusal | None
) -> None:
    assert refusal(OWN, scope("localhost:8501", origin, kind=kind)) is expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (NETWORK, Refusal.FAR),
        (("::", 8501), Refusal.FAR),
        (("127.0.0.5", 8501), None),
        (("::ffff:127.0.0.1", 8501), None),
        (("/run/convstack.sock", None), None),
        (None, None),
    ],
)
def test_other_machines_are_answered_only_where_that_was_allowed(
    server: tuple[str, int | None] | None, expected: Refusal | None
) -> None:
    """However the app was started: the address that a server listens on is not always known."""
    assert refusal(OWN, scope("localhost", server=server)) is expected
    assert refusal(SHARED, scope("localhost", server=server)) is None


def answer(request: Scope, settings: ServerSettings = OWN) -> list[Message]:
    """What is sent back by an app that has our routes, and knows no other."""
    sent: list[Message] = []
    messages = iter([{"type": "websocket.connect"}])

    async def receive() -> Message:
        if request["type"] == "websocket":
            return next(messages)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    app = Starlette(
        routes=routes(settings.base_path), middleware=[Middleware(RequestGuard, settings)]
    )
    anyio.run(app, request, receive, send)
    return sent


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/favicon.png", "localhost", 200),
        ("/_convstack/runs/none/events", "localhost", 403),
        ("/nowhere", "localhost", 404),
        ("/favicon.png", "evil.example", 403),
    ],
)
def test_every_answer_carries_the_policy(path: str, host: str, status: int) -> None:
    start = answer({**scope(host), "method": "GET", "path": path})[0]
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert start["status"] == status
    assert len(headers) == len(start["headers"]), "a header was sent twice"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]


def test_a_refused_socket_is_closed_before_it_opens(caplog: pytest.LogCaptureFixture) -> None:
    sent = answer(scope("localhost", "http://localhost:9000", kind="websocket"))
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert "http://localhost:9000" in caplog.text


@pytest.mark.browser
@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost", None, 101),
        ("localhost", "http://localhost", 101),
        ("localhost", "http://localhost:9000", 403),
        ("evil.example", None, 403),
        ("evil.example", "http://evil.example", 403),
    ],
)
def test_streamlit_s_own_socket_is_behind_the_guard(
    live_server: AppServer, host: str, origin: str | None, status: int
) -> None:
    connection = HTTPConnection("127.0.0.1", urlsplit(live_server.url).port or 0, timeout=10)
    headers = {
        "Host": host,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    connection.request(
        "GET", "/_stcore/stream", headers=headers | ({"Origin": origin} if origin else {})
    )
    answer = connection.getresponse()
    connection.close()
    assert answer.status == status


@pytest.mark.browser
def test_no_program_and_no_other_window_steers_the_app(live_server: AppServer) -> None:
    """Streamlit offers an interface for agents, and takes messages from its own hosting's pages."""
    connection = HTTPConnection("127.0.0.1", urlsplit(live_server.url).port or 0, timeout=10)
    connection.request("GET", "/_stcore/host-config", headers={"Host": "localhost"})
    assert b'"allowedOrigins":[]' in connection.getresponse().read()
    connection.request("POST", "/_stcore/agent/interact", b"{}", {"Host": "localhost"})
    refused = connection.getresponse()
    assert (refused.status, b"not_available" in refused.read()) == (403, True)
    connection.close()
