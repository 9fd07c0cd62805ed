"""Operations over HTTP, and changes as server-sent events."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from components import routes
from components.board import Board
from components.board import routes as board_routes
from components.board.events import LOOK_SECONDS
from components.board.registry import register
from components.board.routes import board_url
from components.server import RequestGuard, ServerSettings
from tests.app_server import free_port
from tests.components.boards import log_for

ADD = {"op": "add", "block": "Dropout", "after": "dense_1"}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Serves the routes in this process, behind the guard, below a path."""
    port = free_port()
    app = Starlette(
        routes=routes.routes("/user/ada"),
        middleware=[Middleware(RequestGuard, ServerSettings.read())],
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/user/ada/"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def board(workspace: Workspace) -> Board:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    made = Board(workspace, document, Author())
    register(made)
    return made


def request(url: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
    asked = urllib.request.Request(url, body, headers)
    response = urllib.request.urlopen(asked, timeout=10)
    assert isinstance(response, HTTPResponse)
    return response


def refusal(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        request(url, body, **headers)
    with closing(caught.value):
        return caught.value.code, caught.value.read().decode()


def post(origin: str, board: Board, *operations: dict[str, Any], **more: Any) -> Any:
    version = more.pop("version", "")
    url = f"{origin}{board_url(board, 'operations')}&version={version}"
    body = json.dumps(log_for(board, *operations, **more)).encode()
    with request(url, body) as response:
        assert response.headers["cache-control"] == "no-store"
        return json.load(response)


def state(origin: str, board: Board, version: object = "") -> Any:
    with request(f"{origin}{board_url(board, 'state')}&version={version}") as response:
        return json.load(response)


def test_the_answer_to_operations_acknowledges_them_and_tells_what_changed(
    origin: str, board: Board
) -> None:
    before = state(origin, board)
    assert [node["id"] for node in before["nodes"]][-1] == "dense_1"
    told = post(origin, board, ADD, version=before["version"])
    assert (told["ledger"], told["ack"], told["base"]) == (board.id, 1, before["version"])
    assert [node["id"] for node in told["nodes"]] == ["dropout_1"]
    assert post(origin, board, ADD, version=told["version"])["nodes"] == [], "sent again"
    assert state(origin, board, told["version"])["order"] is None
    assert len(state(origin, board)["nodes"]) == len(before["nodes"]) + 1


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "x", "1.5", "²", "9" * 400])
def test_a_version_that_is_not_there_gets_the_whole_state(
    origin: str, board: Board, version: str
) -> None:
    assert state(origin, board, quote(version))["base"] is None


def test_every_route_needs_the_token_of_its_board(
    origin: str, board: Board, workspace: Workspace
) -> None:
    other = Board(workspace, board.document, Author())
    for what in ("operations", "state", "events", "connections", "foresight"):
        path, _, token = f"{origin}{board_url(board, what)}".partition("?token=")
        body = b"{}" if what == "operations" else None
        wrong = board_url(other, what).partition("?token=")[2]
        for given in ("", "?token=", f"?token={'0' * len(token)}", f"?token={wrong}"):
            status, words = refusal(path + given, body)
            assert (status, words) == (403, "Reload the page: its token is not valid.")


def test_a_board_that_is_gone_is_told_of(origin: str, workspace: Workspace) -> None:
    board = Board(workspace, "any", Author())  # as after a restart: nobody has registered it
    for what, body in (
        ("operations", b"{}"),
        ("state", None),
        ("events", None),
        ("connections", None),
        ("foresight", None),
    ):
        status, words = refusal(f"{origin}{board_url(board, what)}", body)
        assert status == 410
        assert words.endswith("reload it.")


def test_a_document_that_is_gone_is_told_of(
    origin: str, board: Board, workspace: Workspace
) -> None:
    workspace.delete(board.document)
    body = json.dumps(log_for(board, ADD)).encode()
    assert refusal(f"{origin}{board_url(board, 'operations')}", body)[0] == 404
    status, words = refusal(f"{origin}{board_url(board, 'state')}")
    assert status == 404
    assert words == f"There is no document '{board.document}'."


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"client": 1}',
        b'{"client": "0123abcd", "document": "d", "ledger": "l", "ops": [{"n": 1, "op": "eval"}]}',
    ],
)
def test_what_is_no_log_is_refused_with_a_sentence(origin: str, board: Board, body: bytes) -> None:
    before = board.version()
    status, words = refusal(f"{origin}{board_url(board, 'operations')}", body)
    assert status == 422
    assert words.startswith("These operations cannot be read: ")
    assert words.endswith(" Reload the page.")
    assert board.version() == before


def test_too_much_at_once_is_refused(
    origin: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_routes, "MAX_BODY", 1_000)
    status, words = refusal(f"{origin}{board_url(board, 'operations')}", b" " * 1_001)
    assert (status, words) == (413, "Too much at once: expected at most 1,000 bytes.")


def test_a_page_of_another_origin_or_name_gets_nothing(origin: str, board: Board) -> None:
    url = f"{origin}{board_url(board, 'operations')}"
    body = json.dumps(log_for(board, ADD)).encode()
    before = board.version()
    assert refusal(url, body, Origin="https://elsewhere.example")[0] == 403
    assert refusal(url, body, Host="elsewhere.example")[0] == 403
    assert board.version() == before


def test_operations_are_posted_only(origin: str, board: Board) -> None:
    assert refusal(f"{origin}{board_url(board, 'operations')}")[0] == 405
    assert refusal(f"{origin}{board_url(board, 'state')}", b"{}")[0] == 405


def verdicts(
    origin: str, board: Board, end: str, node: str, more: str = ""
) -> dict[str, tuple[str, str]]:
    url = f"{origin}{board_url(board, 'connections')}&{end}={node}{more}"
    with request(url) as response:
        return {name: (told["fit"], told["why"]) for name, told in json.load(response).items()}


def test_what_may_be_connected_is_told_of_both_ends(origin: str, board: Board) -> None:
    post(origin, board, {"op": "attach", "block": "Flatten", "source": "residual_block_1"})
    fit, why = verdicts(origin, board, "source", "flatten_1")["residual_block_2"]
    assert fit == "misfit"
    assert "expected an image" in why
    assert why.endswith(".")
    told = verdicts(origin, board, "source", "residual_block_2")
    assert told["flatten_1"] == ("fits", "")
    assert told["residual_block_1"] == (
        "refused",
        "residual_block_2 already depends on residual_block_1, so this connection would close a "
        "cycle; connect from a node above.",
    )
    told = verdicts(origin, board, "reader", "residual_block_2")
    assert told["rescaling_1"] == ("fits", "")
    assert told["dense_1"][0] == "refused"
    assert verdicts(origin, board, "source", "gone") == {}


def test_where_an_end_may_be_moved_is_told_without_the_connection_that_it_is_of(
    origin: str, board: Board
) -> None:
    post(
        origin,
        board,
        {"op": "add", "block": "Subtract", "after": "residual_block_1"},
        {"op": "connect", "source": "rescaling_1", "target": "#1"},
    )
    assert verdicts(origin, board, "reader", "subtract_1")["input_1"][0] == "refused", "it is full"
    second = "&from=rescaling_1&to=subtract_1&port=1"
    told = verdicts(origin, board, "reader", "subtract_1", second)
    assert told["residual_block_1"] == ("fits", "")
    assert told["input_1"][0] == "misfit"
    assert told["dense_1"][0] == "refused"
    told = verdicts(origin, board, "source", "rescaling_1", second)
    assert told["subtract_1"][0] != "refused", "where it is now"
    status, words = refusal(
        f"{origin}{board_url(board, 'connections')}&source=input_1&from=input_1&to=dense_1&port=0"
    )
    assert status == 422
    assert "does not read" in words


def test_a_question_on_connections_names_a_node(origin: str, board: Board) -> None:
    status, words = refusal(f"{origin}{board_url(board, 'connections')}")
    assert (status, words) == (400, "Expected ?source= or ?reader= with the id of a node.")


def test_what_an_edit_would_change_is_told_and_nothing_is_changed(
    origin: str, board: Board
) -> None:
    before = board.version()
    with request(foresight_url(origin, board, "residual_block_1", "filters", "24")) as response:
        told = json.load(response)
    assert told["version"] == before
    assert told["nodes"][0]["shape"].endswith("×24")
    assert board.version() == before


@pytest.mark.parametrize(
    ("node", "parameter", "value", "status", "words"),
    [
        ("gone", "filters", "24", 422, "gone"),
        ("residual_block_1", "nothing", "1", 422, "nothing"),
        ("residual_block_1", "filters", "", 400, "Expected ?node="),
        ("residual_block_1", "filters", "{" * 3, 400, "Expected ?node="),
        ("residual_block_1", "filters", "[" * 5_000, 400, "Expected ?node="),
        ("residual_block_1", "filters", "9" * 5_000, 400, "Expected ?node="),
    ],
)
def test_an_edit_that_is_none_is_refused_with_a_sentence(
    origin: str, board: Board, node: str, parameter: str, value: str, status: int, words: str
) -> None:
    got, said = refusal(foresight_url(origin, board, node, parameter, value))
    assert got == status
    assert words.lower() in said.lower()


@pytest.mark.parametrize("value", ["-1", "[1, 2]"])
def test_a_value_that_is_refused_changes_nothing(origin: str, board: Board, value: str) -> None:
    with request(foresight_url(origin, board, "residual_block_1", "filters", value)) as response:
        assert json.load(response)["nodes"] == []


def foresight_url(origin: str, board: Board, node: str, parameter: str, value: str) -> str:
    asked = urlencode({"node": node, "parameter": parameter, "value": value})
    return f"{origin}{board_url(board, 'foresight')}&{asked}"


# ---- events -------------------------------------------------------------------------------------


class Events:
    """The stream of a board, read in this thread."""

    def __init__(self, origin: str, board: Board, version: object = "", **headers: str) -> None:
        parts = urlsplit(f"{origin}{board_url(board, 'events')}&version={version}")
        self._connection = HTTPConnection(parts.netloc, timeout=10)
        self._connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        self._response = self._connection.getresponse()
        assert self._response.status == 200

    def next(self) -> tuple[str, Any]:
        """The next event and its data; None and None where the stream has ended."""
        fields: dict[str, str] = {}
        for raw in self._response:
            line = raw.decode().rstrip("\r\n")
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "data" in fields:
                return fields["event"], json.loads(fields["data"])
        return "", None

    def close(self) -> None:
        self._response.close()
        self._connection.close()


def test_the_stream_begins_with_what_the_browser_lacks(origin: str, board: Board) -> None:
    version = board.version()
    with closing(Events(origin, board)) as events:
        name, told = events.next()
        assert (name, told["base"], told["version"]) == ("changed", None, version)
    board.select("dense_1")
    with closing(Events(origin, board, version)) as events:
        told = events.next()[1]
        assert (told["base"], told["fields"]) == (version, {"selection": "dense_1"})
    again = {"Last-Event-ID": str(version)}
    with closing(Events(origin, board, **again)) as events:
        assert events.next()[1]["base"] == version, "as browsers say it when they try again"


def test_a_change_by_anyone_in_this_server_is_told(
    origin: str, board: Board, workspace: Workspace
) -> None:
    other = Board(workspace, board.document, Author())
    register(other)
    with closing(Events(origin, other)) as events:
        events.next()
        post(origin, board, ADD)
        assert [node["id"] for node in events.next()[1]["nodes"]] == ["dropout_1"]
        workspace.undo(board.document)
        assert "dropout_1" not in events.next()[1]["order"]
        other.select("rescaling_1")
        assert events.next()[1]["fields"] == {"selection": "rescaling_1"}
        workspace.delete(board.document)
        assert events.next()[0] == "gone"
        assert events.next() == ("", None)


def test_what_another_server_saves_is_told(origin: str, board: Board, tmp_path: Path) -> None:
    with closing(Events(origin, board)) as events:
        events.next()
        Workspace(tmp_path).edit(board.document, lambda a: edits.rename(a, "dense_1", "end"))
        assert [node["name"] for node in events.next()[1]["nodes"]] == ["end"]


def test_a_browser_that_leaves_is_not_told_any_longer(
    origin: str, board: Board, workspace: Workspace
) -> None:
    with closing(Events(origin, board)) as events:
        events.next()
        assert board._listeners
    until = time.monotonic() + 10 * LOOK_SECONDS
    while board._listeners and time.monotonic() < until:
        board.select("dense_1" if board.view.selection is None else None)
        time.sleep(0.02)
    assert not board._listeners
