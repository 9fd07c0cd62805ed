"""Thirty visitors who edit documents of their own on one server: how soon their edits are answered.

They speak Streamlit's protocol over its WebSocket and post their operations, as the browser does,
since thirty browsers would need more of the machine than the server that is measured. After each
answer the page is run again, as for the inspector and the tables.
"""

import asyncio
import json
import random
import secrets
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.report import heading, line
from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from tests.app_server import ROOT, running

VISITORS = 30
EDITS = 6
THINK_SECONDS = 8.0
"""On average, between the answer to an edit and a visitor's next one."""
GIVE_UP_SECONDS = 60.0
ARRIVE_SECONDS = 15.0
"""In which all of them have opened their page."""
LIMIT_SECONDS = 0.5
_BOARD = "convstack.board"


def run() -> None:
    """Prints the figures."""
    heading(f"{VISITORS} visitors, each with a document of their own, on one server")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        store = DocumentStore(home)
        architecture = TEMPLATES["small_residual"].architecture
        documents = [store.create(architecture).id for _ in range(VISITORS)]
        with running(ROOT / "app.py", home) as server:
            waits = asyncio.run(_all(server.url, documents))
        sizes = [len(store.load(document).architecture.nodes) for document in documents]
    assert sizes == [len(architecture.nodes) + EDITS] * VISITORS, sizes
    waits.sort()
    late = waits[int(len(waits) * 0.95)]
    line(f"{len(waits)} edits, one in {THINK_SECONDS:.0f} s each, until the answer (median)",
         f"{statistics.median(waits):.2f} s")  # fmt: skip
    line("95 % of them within", f"{late:.2f} s", "< 0.5 s", late < LIMIT_SECONDS)


async def _all(url: str, documents: list[str]) -> list[float]:
    results = await asyncio.gather(
        *(_visit(url, document, number) for number, document in enumerate(documents))
    )
    return [wait for waits in results for wait in waits]


async def _visit(url: str, document: str, number: int) -> list[float]:
    drawn = random.Random(number)
    await asyncio.sleep(ARRIVE_SECONDS * number / VISITORS)
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    waits: list[float] = []
    async with connect(address, subprotocols=["streamlit"], origin=url, max_size=None) as socket:  # pyright: ignore[reportArgumentType]
        visitor = Visitor(socket, url, document)
        await visitor.look()
        # Before the first edit all of them have come.
        await asyncio.sleep(ARRIVE_SECONDS * (1 - number / VISITORS))
        for edit in range(1, EDITS + 1):
            await asyncio.sleep(drawn.expovariate(1 / THINK_SECONDS))
            waits.append(await visitor.add_a_block(edit))
    return waits


@dataclass
class Visitor:
    """A browser's page, as far as the server can tell.

    Attributes:
        socket: Its connection.
        url: The server's.
        document: The id of its document.
        data: Where the board is found.
        board: The board's id as a widget.
    """

    socket: ClientConnection
    url: str
    document: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    board: str = ""
    client: str = field(default_factory=lambda: secrets.token_hex(16))
    page: str = ""
    state: dict[str, Any] = field(default_factory=dict[str, Any])

    async def look(self) -> None:
        """Opens the page, and asks for what its board shows."""
        await self.rerun({})
        self.state = await asyncio.to_thread(self._ask, self.data["state"])

    async def add_a_block(self, number: int) -> float:
        """Adds a block behind the first row; returns the seconds until the answer had come."""
        first = self.state["nodes"][0]["id"]
        operation = {"n": number, "op": "add", "block": "BatchNormalization", "after": first}
        log = {"client": self.client, "document": self.document, "ledger": self.state["ledger"]}
        begin = time.perf_counter()
        answer = await asyncio.to_thread(
            self._ask, self.data["operations"], log | {"ops": [operation]}
        )
        waited = time.perf_counter() - begin
        assert answer["ack"] == number, answer
        await self.rerun({"seen": answer["version"]})
        return waited

    async def rerun(self, state: dict[str, Any]) -> None:
        """Has the script run with a state of the board."""
        message = BackMsg()
        message.rerun_script.query_string = f"doc={self.document}"
        message.rerun_script.page_script_hash = self.page
        if self.board:
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id, widget.json_value = self.board, json.dumps(state)
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(GIVE_UP_SECONDS):
            await self._read()

    async def _read(self) -> None:
        """Reads until the script has finished."""
        while True:
            message = ForwardMsg()
            received = await self.socket.recv()
            assert isinstance(received, bytes)
            message.ParseFromString(received)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            if kind == "delta" and self._is_board(message):
                found = message.delta.new_element.bidi_component
                self.board, self.data = found.id, json.loads(found.mixed.json or found.json)
            if kind == "script_finished":
                assert self.data, "the page was drawn without a board"
                return

    def _ask(self, address: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks a route of the board, or posts to it."""
        body = None if content is None else json.dumps(content).encode()
        request = Request(f"{self.url}/{address}", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=GIVE_UP_SECONDS) as answer:
            return json.load(answer)

    @staticmethod
    def _is_board(message: ForwardMsg) -> bool:
        element = message.delta.new_element
        return element.bidi_component.component_name == _BOARD
