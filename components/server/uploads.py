"""Stores uploads on the disk instead of in the server's memory, with a quota for each page.

Streamlit keeps what a browser uploads in memory as long as the page is open, under any id that the
browser names. So this stands in front of its route. The content goes to a file without a name,
which vanishes with the server; Streamlit gets the same request with an empty file in its place, so
that it still decides who may upload what. `opened` gives the content to whoever holds Streamlit's
file.
"""

import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

MAX_BYTES = 200 * 1024 * 1024
"""The largest file, as the uploaders say."""
IN_MEMORY = 1_000_000
"""Bytes up to which a file stays with Streamlit."""
PAGE_BYTES = 2 * MAX_BYTES + 50_000_000
"""Of all files of one page."""
PAGE_FILES = 100
ALL_BYTES = 2_000_000_000
"""Of all pages; never more than half of what is free on the disk."""

_PATH = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
_OVERHEAD = 64 * 1024
"""Bytes of a request that are not the file's."""
_TOO_LARGE = f"This file is too large: expected at most {MAX_BYTES // 1024**2} MB."
_NO_ROOM = "There is no room for this file among the uploads of this server. Try it again later."
_NO_FORM = "Expected a form with one file."
_TOO_MANY = "This page holds too many uploads. Remove some, or reload the page."

_Key = tuple[str, str]


class _TooLargeError(MultiPartException):
    """More has come than a file may have, or than there is room for."""


@dataclass(slots=True)
class _Upload:
    """An upload.

    Attributes:
        size: Bytes; as announced, until it is whole.
        received: Bytes that have come.
        file: Its content, once it is whole and large.
        is_whole: Whether all of it has come.
    """

    size: int
    received: int = 0
    file: BinaryIO | None = None
    is_whole: bool = False


def _is_known(session: str, file_id: str) -> bool:
    """Whether Streamlit still has a file: it forgets those of pages that were left."""
    return Runtime.exists() and bool(
        Runtime.instance().uploaded_file_mgr.get_files(session, [file_id])
    )


class UploadStore:
    """The uploads that are still in use. Thread-safe.

    Args:
        is_known: Says of a session and a file's id whether it is.
    """

    def __init__(self, is_known: Callable[[str, str], bool] = _is_known) -> None:
        self._is_known = is_known
        self._uploads: dict[_Key, _Upload] = {}
        self._lock = threading.Lock()

    def refusal(self, session: str, file_id: str, size: int) -> str:
        """Records the start of an upload, or says why there is no room for it.

        Its size counts at once among the uploads of its page. Among those of all pages only the
        received part counts, so that slow or announced uploads do not block others.

        Args:
            session: The page.
            file_id: As the browser names it.
            size: Bytes that it may have.
        """
        self.sweep()
        free = shutil.disk_usage(tempfile.gettempdir()).free
        with self._lock:
            own = [upload.size for (page, _), upload in self._uploads.items() if page == session]
            held = self._held()
            if (session, file_id) in self._uploads:
                return _TOO_MANY  # Streamlit names each file anew
            if len(own) >= PAGE_FILES or sum(own) + size > PAGE_BYTES:
                return _TOO_MANY
            if held + size > min(ALL_BYTES, held + free // 2):
                return _NO_ROOM
            self._uploads[session, file_id] = _Upload(size)
            return ""

    def has_room(self, session: str, file_id: str, received: int) -> bool:
        """Records how much of an upload has arrived, and returns whether there is room for it.

        Args:
            session: The page.
            file_id: Of the file.
            received: Bytes so far.
        """
        with self._lock:
            self._uploads[session, file_id].received = received
            return self._held() <= ALL_BYTES

    def _held(self) -> int:
        return sum(upload.received for upload in self._uploads.values())

    def keep(self, session: str, file_id: str, size: int, file: BinaryIO | None) -> None:
        """Keeps a complete upload.

        Args:
            session: The page.
            file_id: Of the file.
            size: In bytes.
            file: Its content; None where Streamlit has it.
        """
        with self._lock:
            self._uploads[session, file_id] = _Upload(size, size, file, is_whole=True)

    def drop(self, session: str, file_id: str) -> None:
        """Drops an upload and its content."""
        with self._lock:
            upload = self._uploads.pop((session, file_id), None)
        if upload is not None and upload.file is not None:
            upload.file.close()

    def sweep(self) -> None:
        """Drops what Streamlit has dropped."""
        with self._lock:
            whole = [key for key, upload in self._uploads.items() if upload.is_whole]
        for key in whole:
            if not self._is_known(*key):
                self.drop(*key)

    def content(self, session: str, file_id: str) -> BinaryIO | None:
        """The content of an upload, from its beginning; None where Streamlit has it."""
        with self._lock:
            upload = self._uploads.get((session, file_id))
        if upload is None or upload.file is None:
            return None
        upload.file.seek(0)
        return upload.file


_store = UploadStore()


def opened(file: UploadedFile) -> BinaryIO:
    """The content of a file that `st.file_uploader` has given, from its beginning."""
    context = get_script_run_ctx()
    content = _store.content(context.session_id, file.file_id) if context else None
    if content is None:
        file.seek(0)
        return file
    return content


def done(file: UploadedFile) -> None:
    """Says that a file is no longer needed; its room is free again."""
    context = get_script_run_ctx()
    if context is not None:
        _store.drop(context.session_id, file.file_id)


class UploadsToDisk:
    """Takes the content out of uploads on their way to Streamlit.

    Args:
        app: What answers.
        store: Where the content is kept.
    """

    def __init__(self, app: ASGIApp, store: UploadStore = _store) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_put = scope["type"] == "http" and scope["method"] == "PUT"
        match = _PATH.search(scope["path"]) if is_put else None
        if match is None:
            await self._app(scope, receive, send)
            return
        session, file_id = match.groups()
        length = Headers(scope=scope).get("content-length", "")
        size = int(length) if length.isdecimal() else MAX_BYTES
        if size > MAX_BYTES + _OVERHEAD:
            await PlainTextResponse(_TOO_LARGE, 413)(scope, receive, send)
            return
        refusal = self._store.refusal(session, file_id, size)
        if refusal:
            await PlainTextResponse(refusal, 413)(scope, receive, send)
            return
        is_kept = False
        try:
            is_kept = await self._take(session, file_id, scope, receive, send)
        except MultiPartException as error:
            status = 413 if isinstance(error, _TooLargeError) else 400
            await PlainTextResponse(error.message, status)(scope, receive, send)
        except OSError:
            await PlainTextResponse(_NO_ROOM, 507)(scope, receive, send)
        except ClientDisconnect:
            pass  # the client is gone
        finally:
            if not is_kept:
                self._store.drop(session, file_id)

    async def _take(
        self, session: str, file_id: str, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        """Receives an upload and passes it on; returns whether it was accepted."""
        request = Request(scope, receive)
        if "content-type" not in request.headers:  # which the parser takes for granted
            raise MultiPartException(_NO_FORM)
        stream = _limited(request.stream(), partial(self._store.has_room, session, file_id))
        form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=0).parse()
        uploads = [value for value in form.values() if isinstance(value, UploadFile)]
        if not uploads:
            raise MultiPartException(_NO_FORM)
        upload = uploads[0]
        size = upload.size or 0
        content = await upload.read() if size <= IN_MEMORY else b""
        is_kept = await self._hand_on(upload, content, scope, send)
        if not is_kept or content or not size:
            await upload.close()
        if is_kept:
            file = None if content or not size else cast(BinaryIO, upload.file)
            self._store.keep(session, file_id, size, file)
        return is_kept

    async def _hand_on(self, upload: UploadFile, content: bytes, scope: Scope, send: Send) -> bool:
        """Lets Streamlit decide on an upload whose content may be another; says whether it did."""
        boundary = secrets.token_hex(16)
        body = _multipart(upload, content, boundary)
        replaced = (b"content-type", b"content-length", b"transfer-encoding")
        headers = [pair for pair in scope["headers"] if pair[0] not in replaced]
        headers.append((b"content-type", f"multipart/form-data; boundary={boundary}".encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])
        statuses: list[int] = []

        async def receive() -> Message:
            return next(messages, {"type": "http.disconnect"})

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        await self._app({**scope, "headers": headers}, receive, send_noted)
        return statuses[:1] == [204]


async def _limited(
    stream: AsyncGenerator[bytes, None], has_room: Callable[[int], bool]
) -> AsyncGenerator[bytes, None]:
    """A request's body, which may have said nothing of its length, or something else."""
    received = 0
    async for chunk in stream:
        received += len(chunk)
        if received > MAX_BYTES + _OVERHEAD:
            raise _TooLargeError(_TOO_LARGE)
        if not has_room(received):
            raise _TooLargeError(_NO_ROOM)
        yield chunk


def _multipart(upload: UploadFile, content: bytes, boundary: str) -> bytes:
    """Writes a form of one file."""
    name = re.sub(r'["\r\n\\]', "_", upload.filename or "")
    kind = re.sub(r"[^\x20-\x7e]", "", upload.content_type or "application/octet-stream")
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}'
    return f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
