import gzip
import io
import json
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from starlette.applications import Starlette

from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from builder.system.errors import BuilderError
from components import routes, run_events, scripts
from components.export_jobs import Job
from components.first_routes import server_routes
from components.offers import Offer, offer
from components.run_events import Cursor, Known
from tests.analysis.fake_gradients import run_of, write_gradients
from tests.app_server import free_port
from tests.components.fake_run import FakeRun


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Serves the routes in this process, so that the tests may sign tokens; below a path."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=server_routes("/user/ada")), port=port, log_level="error", ws="none"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/user/ada/"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def get(url: str, **headers: str) -> HTTPResponse:
    response = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10)
    assert isinstance(response, HTTPResponse)
    return response


def refused(url: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(url)
    with closing(caught.value):
        assert caught.value.headers["access-control-allow-origin"] is None
        return caught.value.code


@dataclass
class Message:
    event: str
    id: str
    data: Any


def messages(response: HTTPResponse) -> Iterator[Message]:
    """Reads server-sent events until the server ends them."""
    fields: dict[str, str] = {}
    for raw in response:
        line = raw.decode().rstrip("\r\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Message(fields["event"], fields["id"], json.loads(fields["data"]))
            fields = {}


def finished_run(home: Path) -> FakeRun:
    with FakeRun(home, epochs=3, batches=4) as run:
        run.train()
        run.end()
    return run


# ---- what needs no token ------------------------------------------------------------------------


def test_plotly_comes_from_the_installed_package(origin: str) -> None:
    with get(origin + scripts.plotly_url()) as response:
        assert "immutable" in response.headers["cache-control"]
        assert b"plotly.js v" in response.read(2_000)


def test_plotly_is_compressed_for_clients_that_accept_it(origin: str) -> None:
    with (
        get(origin + scripts.plotly_url()) as plain,
        get(origin + scripts.plotly_url(), **{"Accept-Encoding": "gzip"}) as packed,
    ):
        assert plain.headers["content-encoding"] is None
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.read()) == plain.read()


def test_scripts_are_served_under_their_version(origin: str) -> None:
    with get(origin + scripts.script_url("charts")) as response:
        assert "javascript" in response.headers["content-type"]
        assert "immutable" in response.headers["cache-control"]
        assert b"mount" in response.read()


@pytest.mark.parametrize(
    "path", ["../chart.js", "..%2f__init__.py", "%2e%2e/__init__.py", "none.js"]
)
def test_nothing_else_is_served(origin: str, path: str) -> None:
    assert refused(f"{origin}{scripts.ADDRESS}/scripts/v/{path}") in (403, 404)
    assert refused(f"{origin}{scripts.ADDRESS}/shell/{path}") in (403, 404)


def test_what_a_page_offers_is_written_when_it_is_fetched(origin: str) -> None:
    made = Offer("größer.py", "text/x-python", lambda: "größer = 1\n")
    with get(f"{origin}{scripts.ADDRESS}/offers/{offer('written', made)}") as response:
        assert response.read().decode() == "größer = 1\n"
        assert response.headers["content-type"] == "text/x-python; charset=utf-8"
        named = response.headers["content-disposition"]
        assert named == "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fer.py"
        assert response.headers["cache-control"] == "no-store"
    assert refused(f"{origin}{scripts.ADDRESS}/offers/gone") == 404


def test_what_cannot_be_written_is_refused(origin: str) -> None:
    def write() -> str:
        raise BuilderError("two different blocks are named pair")

    address = offer("refused", Offer("net.py", "text/x-python", write))
    assert refused(f"{origin}{scripts.ADDRESS}/offers/{address}") == 409


# ---- tokens -------------------------------------------------------------------------------------


def test_events_and_files_need_the_token_of_their_run(origin: str, home: Path) -> None:
    run, other = finished_run(home), finished_run(home)
    for url in (routes.events_url(run.id), routes.file_url(run.id, "train.py")):
        path, _, token = url.partition("?token=")
        assert refused(origin + path) == 403
        assert refused(f"{origin}{path}?token=") == 403
        assert refused(f"{origin}{path}?token={'0' * len(token)}") == 403
        assert refused(f"{origin}{path}?token=%C3%BC") == 403
        foreign = url.replace(run.id, other.id)
        assert refused(origin + foreign) == 403


@pytest.mark.parametrize("run_id", ["gone", "..", "../..", "a/b", ".new-x"])
def test_a_signed_name_that_is_no_run_is_refused(origin: str, home: Path, run_id: str) -> None:
    (home / "runs").mkdir()
    (home / "train.py").write_text("secret")
    assert refused(origin + routes.events_url(run_id)) in (403, 404)
    assert refused(origin + routes.file_url(run_id, "train.py")) in (403, 404)


def test_gradients_by_node_need_the_token_of_their_document(origin: str, home: Path) -> None:
    architecture = TEMPLATES["small_residual"].architecture
    document = DocumentStore(home).create(architecture)
    url = origin + routes.gradients_url(document.id)
    assert refused(url.partition("?")[0]) == 403
    assert refused(url.replace(document.id, "another")) == 403
    assert refused(origin + routes.gradients_url("another")) == 404
    with get(url) as response:
        none = json.load(response)
    assert (none["run"], none["norms"]) == ("", {})
    assert none["message"] == "No training of this network has recorded gradients yet."
    run = run_of(home, document)
    write_gradients(run, {"conv2d": 0.5, "conv2d_1": 1.0, "dense": None})
    with get(url) as response:
        assert response.headers["cache-control"] == "no-store"
        told = json.load(response)
    assert told["run"] == run.id
    assert told["state"] == "exploding"
    assert told["begins"] == "dense_1"
    assert told["norms"]["residual_block_1"] == [0.5, 1.0]
    assert told["norms"]["dense_1"] == [None, None]


def test_no_other_site_may_read_the_events(origin: str, home: Path) -> None:
    run = finished_run(home)
    with get(origin + routes.events_url(run.id), Origin="http://evil.example") as response:
        assert response.headers["access-control-allow-origin"] is None
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        assert response.headers["cache-control"] == "no-store"


# ---- files --------------------------------------------------------------------------------------


def test_files_are_sent_under_the_name_of_the_run(origin: str, home: Path) -> None:
    run = finished_run(home)
    with get(origin + routes.file_url(run.id, "train.py")) as response:
        assert response.read() == b"NAME = 'small'\n"
        assert response.headers["content-disposition"] == f'attachment; filename="{run.id}.py"'


def test_all_of_a_run_is_sent_as_one_zip(origin: str, home: Path) -> None:
    run = finished_run(home)
    with get(origin + routes.archive_url(run.id)) as response:
        assert response.headers["content-disposition"] == f'attachment; filename="{run.id}.zip"'
        with zipfile.ZipFile(io.BytesIO(response.read())) as archive:
            assert archive.testzip() is None
            assert archive.read(f"{run.id}/train.py") == b"NAME = 'small'\n"
    assert refused(f"{origin}{scripts.ADDRESS}/runs/{run.id}/archive?token=0") == 403


def test_only_files_that_were_meant_are_sent(origin: str, home: Path) -> None:
    run = finished_run(home)
    (run.folder / "model.keras").unlink(missing_ok=True)
    assert refused(origin + routes.file_url(run.id, "model.keras")) == 404
    config = routes.file_url(run.id, "train.py").replace("train.py", "config.json")
    assert refused(origin + config) == 404
    with pytest.raises(KeyError):
        routes.file_url(run.id, "config.json")


# ---- events -------------------------------------------------------------------------------------


def test_a_finished_run_is_reported_completely_and_the_stream_ends(origin: str, home: Path) -> None:
    run = finished_run(home)
    with get(origin + routes.events_url(run.id)) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = list(messages(response))
    assert [message.event for message in told] == [
        "points", "epoch", "epoch", "epoch", "log", "state"
    ]  # fmt: skip
    points = told[0].data
    assert points["steps"] == list(range(12))
    assert points["epochs"][3] == 1.0
    assert points["series"]["loss"][5] == pytest.approx(run.values(5)["loss"])
    assert [message.data["epoch"] for message in told[1:4]] == [1, 2, 3]
    assert "val_loss" in told[3].data["metrics"]
    assert told[-1].data["state"] == "finished"
    assert told[-1].id == "11:3"


@pytest.mark.parametrize("by_header", [True, False])
def test_a_browser_resumes_where_it_left_off(origin: str, home: Path, by_header: bool) -> None:
    run = finished_run(home)
    url = origin + routes.events_url(run.id)
    response = (
        get(url, **{"Last-Event-ID": "6:2"}) if by_header else get(f"{url}&after=6&after_epoch=2")
    )
    with response:
        told = list(messages(response))
    assert told[0].data["steps"] == [7, 8, 9, 10, 11]
    assert [message.data["epoch"] for message in told if message.event == "epoch"] == [3]


def test_points_arrive_while_the_run_goes_on(origin: str, home: Path) -> None:
    with (
        FakeRun(home, epochs=2, batches=5) as run,
        get(origin + routes.events_url(run.id)) as response,
    ):
        told = messages(response)
        assert next(told).data["state"] == "starting"
        run.train(5)
        first = next(message for message in told if message.event == "points")
        assert first.data["steps"][0] == 0
        run.train()
        run.end("stopped")
        rest = list(told)
    steps = [s for m in [first, *rest] if m.event == "points" for s in m.data["steps"]]
    assert steps == list(range(10))
    assert rest[-1].data["state"] == "stopped"


def test_a_worker_that_dies_is_noticed(
    origin: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_events, "STATE_SECONDS", 0.5)
    with FakeRun(home) as run, get(origin + routes.events_url(run.id)) as response:
        told = messages(response)
        assert next(told).data["state"] == "starting"
        run.vanish()
        assert next(told).data["state"] == "lost"
        assert list(told) == []


def test_a_long_run_is_reduced_and_keeps_its_extremes(origin: str, home: Path) -> None:
    with FakeRun(home, epochs=1, batches=9_000) as run:
        run.fill(9_000, spike_at=4_321)
        run.end()
    with get(origin + routes.events_url(run.id)) as response:
        points = next(message for message in messages(response) if message.event == "points")
    assert len(points.data["steps"]) <= 2_000
    assert 4_321 in points.data["steps"]
    assert points.id.startswith("8999:")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of the runs that were read, one for each reading."""
    read: list[Path] = []
    news = run_events.news

    def counted(folder: Path, known: Known) -> Any:
        read.append(folder)
        return news(folder, known)

    monkeypatch.setattr(run_events, "news", counted)
    return read


def test_a_quiet_run_is_not_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, reads: list[Path]
) -> None:
    monkeypatch.setattr(run_events, "POLL_SECONDS", 0.01)

    async def watch(run: FakeRun) -> None:
        with anyio.move_on_after(0.5):
            async for _ in run_events.RunEvents(run.folder, Cursor()).stream(anyio.Event()):
                pass

    with FakeRun(home) as run:
        anyio.run(watch, run)
    assert len(reads) == 1


def test_watchers_in_the_same_state_share_a_reading_and_each_gets_everything(
    home: Path, reads: list[Path]
) -> None:
    told: dict[int, list[int]] = {watcher: [] for watcher in range(6)}

    async def watch(watcher: int, run: FakeRun, cursor: Cursor) -> None:
        async for event in run_events.RunEvents(run.folder, cursor).stream(anyio.Event()):
            if event.event == "points":
                told[watcher] += json.loads(str(event.data))["steps"]

    async def train(run: FakeRun) -> None:
        for _ in range(4):
            await anyio.sleep(0.3)
            run.train(2)
            run.flush()  # else its values may come after its state, which is read twice then
        run.end()

    async def everybody(run: FakeRun) -> None:
        async with anyio.create_task_group() as group:
            for watcher in range(5):
                group.start_soon(watch, watcher, run, Cursor())
            group.start_soon(watch, 5, run, Cursor(4, 0))  # knows more than the others at first
            group.start_soon(train, run)

    with FakeRun(home, epochs=2, batches=4) as run:
        anyio.run(everybody, run)
    assert all(steps == list(range(8)) for watcher, steps in told.items() if watcher < 5)
    assert told[5] == [5, 6, 7]
    alone = len(told) * 5  # the beginning and four changes, by each for itself
    assert len(reads) < alone / 2


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        ("41:2", Cursor(41, 2)),
        ("", Cursor()),
        ("-9:-1", Cursor()),
        ("x:y", Cursor()),
        ("5", Cursor()),
        ("9" * 30 + ":1", Cursor(int("9" * 30), 1)),
    ],
)
def test_cursors(text: str, cursor: Cursor) -> None:
    assert Cursor.parse(text) == cursor


def test_numbers_that_json_lacks_become_null() -> None:
    text = run_events._to_json({"a": [1.5, float("nan")], "b": (float("inf"),)})
    assert json.loads(text) == {"a": [1.5, None], "b": [None]}


def test_an_export_is_sent_to_those_who_know_its_id(origin: str) -> None:
    def make(path: Path, _: threading.Event) -> None:
        path.write_bytes(b"<svg/>")

    job = Job(make, "net.svg", "image/svg+xml", "svg", None)
    job.wait(10)
    with closing(get(f"{origin}{routes.export_url(job.id)}")) as response:
        assert response.read() == b"<svg/>"
        assert response.headers["content-disposition"] == 'attachment; filename="net.svg"'
        assert response.headers["cache-control"] == "no-store"
    assert refused(f"{origin}{routes.export_url('another')}") == 404
