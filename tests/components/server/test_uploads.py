"""Uploads lie on the disk, within a quota, and Streamlit decides on them as before."""

from collections.abc import Iterator
from dataclasses import dataclass

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from components.server import uploads
from components.server.uploads import UploadsToDisk, UploadStore

LARGE = b"picture!" * 200_000


class FakeStreamlit:
    """Its route for uploads: who is allowed, and what it was given by session and id."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], tuple[str, str, bytes]] = {}

    async def put(self, request: Request) -> Response:
        session, file_id = request.path_params["session"], request.path_params["file_id"]
        if request.headers.get("x-xsrftoken") != "mine":
            return Response(status_code=403)
        form = await request.form()
        (file,) = form.values()
        assert not isinstance(file, str)
        content = await file.read()
        self.held[session, file_id] = (file.filename or "", file.content_type or "", content)
        await form.close()
        return Response(status_code=204)

    def is_known(self, session: str, file_id: str) -> bool:
        return (session, file_id) in self.held


@dataclass
class Answer:
    status_code: int = 0
    text: str = ""


class Server:
    """The route with the middleware in front of it."""

    def __init__(self) -> None:
        self.token = "mine"
        self.streamlit = FakeStreamlit()
        self.store = UploadStore(self.streamlit.is_known)
        route = Route(
            "/base/_stcore/upload_file/{session}/{file_id}", self.streamlit.put, methods=["PUT"]
        )
        app = Starlette(routes=[route])
        self.app = UploadsToDisk(app, self.store)

    def put(
        self, file_id: str, content: bytes, session: str = "page", name: str = "flowers.zip"
    ) -> Answer:
        """Uploads as a browser does, which writes %22 for a quotation mark."""
        named = name.replace('"', "%22")
        head = f'Content-Disposition: form-data; name="f"; filename="{named}"'
        begin = f"--x\r\n{head}\r\nContent-Type: application/zip\r\n\r\n".encode()
        return self.send(file_id, [begin + content + b"\r\n--x--\r\n"], session)

    def send(
        self,
        file_id: str,
        pieces: list[bytes],
        session: str = "page",
        kind: str | None = "multipart/form-data; boundary=x",
        says_its_length: bool = True,
    ) -> Answer:
        length = str(sum(map(len, pieces)))
        headers = {"x-xsrftoken": self.token} | ({} if kind is None else {"content-type": kind})
        headers |= {"content-length": length} if says_its_length else {}
        path = f"/base/_stcore/upload_file/{session}/{file_id}"
        scope = {
            "type": "http",
            "method": "PUT",
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        parts = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        messages = iter([*parts, {"type": "http.request", "body": b"", "more_body": False}])
        answer = Answer()

        async def receive() -> Message:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            answer.status_code = message.get("status", answer.status_code)
            answer.text += message.get("body", b"").decode()

        anyio.run(self.app, scope, receive, send)
        return answer

    def content(self, file_id: str, session: str = "page") -> bytes | None:
        content = self.store.content(session, file_id)
        return content.read() if content else None


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.streamlit.held.clear()
    made.store.sweep()


def test_a_large_file_lies_on_the_disk_and_streamlit_gets_an_empty_one(server: Server) -> None:
    assert server.put("a", LARGE, name='two "flowers" ü.zip').status_code == 204
    name, kind, content = server.streamlit.held["page", "a"]
    assert (kind, content) == ("application/zip", b"")
    assert name.endswith(" ü.zip")
    assert server.content("a") == LARGE
    assert server.content("a") == LARGE, "it is read from its beginning each time"
    assert server.content("a", "another page") is None


def test_a_small_file_stays_with_streamlit(server: Server) -> None:
    assert server.put("a", b"small").status_code == 204
    assert server.streamlit.held["page", "a"][2] == b"small"
    assert server.content("a") is None
    assert server.put("b", b"").status_code == 204


def test_what_streamlit_refuses_is_not_kept(server: Server) -> None:
    server.token = "another's"
    assert server.put("a", LARGE).status_code == 403
    assert server.content("a") is None


def test_invented_ids_find_no_room_beyond_the_quota_of_their_page(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PAGE_BYTES", 4_000_000)
    monkeypatch.setattr(uploads, "ALL_BYTES", 6_000_000)
    assert [server.put(name, LARGE).status_code for name in "abcd"] == [204, 204, 413, 413]
    assert "too many uploads" in server.put("e", LARGE).text
    assert server.put("a", LARGE).status_code == 413, "an id is given once"
    assert server.put("a", LARGE, session="other").status_code == 204
    assert "no room" in server.put("b", LARGE, session="other").text
    del server.streamlit.held["page", "a"]  # the page was left, or the file removed
    assert server.put("b", LARGE, session="other").status_code == 204


def test_what_is_announced_takes_no_room_from_others_before_it_comes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "ALL_BYTES", 2_000_000)
    store = server.store
    assert [store.refusal(f"page {n}", "slow", 1_900_000) for n in range(10)] == [""] * 10
    assert server.put("a", LARGE).status_code == 204
    assert store.has_room("page 1", "slow", 300_000)
    assert not store.has_room("page 2", "slow", 300_000)
    assert "no room" in store.refusal("page 11", "slow", 1_900_000)
    store.drop("page 1", "slow")
    assert store.has_room("page 2", "slow", 300_001)


def test_an_upload_that_finds_no_room_any_more_ends_and_keeps_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(server.store, "has_room", lambda *_: False)
        answer = server.put("a", LARGE)
    assert (answer.status_code, server.streamlit.held) == (413, {})
    assert "no room" in answer.text
    assert server.put("a", LARGE).status_code == 204


def test_many_small_files_are_too_many(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PAGE_FILES", 2)
    assert [server.put(name, b"x").status_code for name in "abc"] == [204, 204, 413]


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    says_its_length: bool, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 1_000_000)
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.zip"\r\n\r\n'
    pieces = [form, *[LARGE[:100_000]] * 16, b"\r\n--x--\r\n"]
    answer = server.send("a", pieces, says_its_length=says_its_length)
    assert answer.status_code == 413
    assert "too large: expected at most" in answer.text
    assert server.streamlit.held == {}
    assert server.put("a", b"its room is free again").status_code == 204


def test_what_is_no_form_is_refused(server: Server) -> None:
    for kind in (None, "multipart/form-data; boundary=x", "text/plain", "multipart/form-data"):
        answer = server.send("a", [b"--x\r\nnothing"], kind=kind)
        assert 400 <= answer.status_code < 500, kind


def test_a_full_disk_refuses_and_keeps_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.MultiPartParser, "parse", full)
    answer = server.put("a", LARGE)
    assert (answer.status_code, server.streamlit.held) == (507, {})
    assert server.content("a") is None


def test_done_frees_the_room_at_once(server: Server) -> None:
    server.put("a", LARGE)
    content = server.store.content("page", "a")
    assert content is not None
    server.store.drop("page", "a")
    assert content.closed
    assert server.content("a") is None
