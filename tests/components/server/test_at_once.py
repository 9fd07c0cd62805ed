"""That answers leave at once, where a server's socket is bound as Streamlit binds it."""

import http.client
import inspect
import runpy
import socket
import threading
import time

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from components.server import send_at_once
from tests.app_server import ROOT


@pytest.fixture
def original(monkeypatch: pytest.MonkeyPatch) -> object:
    """How uvicorn starts a server by itself; it does so again after the test."""
    start = uvicorn.Server.startup
    monkeypatch.setattr(uvicorn.Server, "startup", start)
    return start


@pytest.mark.usefixtures("original")
def test_a_connection_does_not_wait_for_what_is_confirmed() -> None:
    assert not _waits_not()  # or there is nothing to be done any more
    send_at_once()
    assert _waits_not()


def test_the_app_starts_its_server_so(original: object) -> None:
    runpy.run_path(str(ROOT / "app.py"), run_name="app")
    assert inspect.unwrap(uvicorn.Server.startup) is original
    assert uvicorn.Server.startup is not original


def _waits_not() -> bool:
    """Whether a server's connection sends what it has, however small it is."""
    listener = socket.socket(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(PlainTextResponse("here"), lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    running = threading.Thread(target=server.run, args=([listener],))
    running.start()
    while not server.started:  # the socket accepts connections before
        time.sleep(0.01)
    client = http.client.HTTPConnection(*listener.getsockname())
    client.request("GET", "/")
    assert client.getresponse().read() == b"here"
    (connection,) = server.server_state.connections
    accepted = connection.transport.get_extra_info("socket")
    option = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    client.close()
    server.should_exit = True
    running.join()
    return bool(option)
