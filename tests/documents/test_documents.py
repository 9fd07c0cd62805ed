"""Documents on disk."""

import errno
import io
import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builder.documents.document_store import Document, DocumentStore, parse, to_text
from builder.files.architecture_file import to_json
from builder.network.architecture import Architecture
from builder.system.atomic import write_atomically
from builder.system.errors import FormatError
from builder.system.home import home as data_folder
from tests.broken import IMAGE, net

NET = net(IMAGE, ("flat", "Flatten"))
TRAINING = {"dataset": "digits", "epochs": 3, "optimizer": {"rate": 0.1}}


@pytest.fixture
def store(home: Path) -> DocumentStore:
    return DocumentStore(home)


def test_home_is_made_where_it_is_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSTACK_HOME", str(home / "deep" / "down"))
    assert data_folder() == home / "deep" / "down"
    assert data_folder().is_dir()


def test_a_document_survives_its_file(store: DocumentStore) -> None:
    saved = store.create(NET, TRAINING)
    assert store.load(saved.id) == saved
    assert (saved.revision, saved.name) == (1, "net")
    again = store.save(replace(saved, architecture=replace(NET, name="Größer 网")))
    assert again.revision == 2
    assert store.load(saved.id) == again


def test_text_and_back() -> None:
    document = Document("", NET, TRAINING, 3, "2026-01-02T03:04:05.000000+00:00")
    assert parse(to_text(document)) == document
    assert parse(to_text(document).encode()) == document
    assert parse(to_json(NET)) == Document("", NET), "an architecture's file is one as well"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "other"}, "this is not a Convstack file"),
        ({"version": 3}, "document: received version 3, expected 1 to 2; update Convstack"),
        ({"version": True}, "document: received version True, expected 1 to 2"),
        ({"training": []}, "training: received [], expected an object of plain values"),
        ({"training": {"a": [[[[[[[[1]]]]]]]]}}, "expected an object of plain values"),
        ({"training": {"a": "\ud800"}}, "training: received half a character"),
        ({"revision": -1}, "revision: received -1, expected a number of saves"),
        ({"revision": 1.5}, "revision: received 1.5"),
        ({"revision": None}, "revision: received None"),
        ({"revision": 10**30}, "expected a number of saves"),
        ({"updated": "yesterday"}, "updated: received 'yesterday', expected a date and time"),
        ({"updated": None}, "updated: received None"),
        ({"architecture": None}, "this is not a Convstack architecture"),
    ],
)
def test_refused(changes: dict[str, Any], message: str) -> None:
    content = json.loads(to_text(Document("", NET, TRAINING, 1, "2026-01-02"))) | changes
    with pytest.raises(FormatError) as caught:
        parse(json.dumps(content))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "unusable", [None, [], {"a": 1}, {"a": {"b": "\ud800"}}, {"a": {"b": [[[[[[[[1]]]]]]]]}}]
)
def test_studies_that_are_filled_in_are_kept_and_unusable_ones_dropped(unusable: Any) -> None:
    document = Document("", NET, requests={"sweep": {"vary": ["batch_size=16,32"]}})
    assert parse(to_text(document)) == document
    content = json.loads(to_text(document)) | {"requests": unusable}
    assert parse(json.dumps(content)) == Document("", NET)


def test_the_list_of_documents_names_damaged_ones_and_goes_on(store: DocumentStore) -> None:
    first, second = store.create(NET), store.create(replace(NET, name="second"))
    store.save(first)
    (store.folder / "broken.json").write_text('{"format": ')
    (store.folder / "folder.json").mkdir()
    (store.folder / "notes.txt").write_text("not a document")
    entries = {entry.id: entry for entry in store.entries()}
    assert set(entries) == {first.id, second.id, "broken", "folder"}
    assert entries["broken"].problem.startswith("this is not a JSON file: ")
    assert entries["folder"].problem == "it cannot be read: Is a directory"
    assert entries["broken"].name == "broken"
    assert not entries[first.id].problem
    good = [entry.id for entry in store.entries() if not entry.problem]
    assert good == [first.id, second.id], "the latest saved first"
    assert (store.folder / "broken.json").read_text() == '{"format": ', "left as it is"


@pytest.mark.parametrize("document_id", ["", ".", "..", "../../secret", "a/b", "A", "x" * 200, "é"])
def test_ids_are_no_paths(store: DocumentStore, document_id: str) -> None:
    assert not store.exists(document_id)
    for action in (store.load, store.delete, store.restore):
        with pytest.raises(FormatError, match="there is no"):
            action(document_id)


def test_an_unreadable_document(store: DocumentStore) -> None:
    (store.folder / "folder.json").mkdir()
    with pytest.raises(FormatError, match="the document cannot be read: Is a directory"):
        store.load("folder")


def test_the_trash_gives_back(store: DocumentStore) -> None:
    saved = store.create(NET)
    store.delete(saved.id)
    assert not store.exists(saved.id)
    assert store.entries() == []
    with pytest.raises(FormatError, match="there is no document"):
        store.delete(saved.id)
    store.restore(saved.id)
    assert store.load(saved.id) == saved
    with pytest.raises(FormatError, match="there is no deleted document"):
        store.restore(saved.id)


def test_the_trash_lists_the_latest_deleted_first(store: DocumentStore) -> None:
    first, second = store.create(NET), store.create(NET)
    before = datetime.now(UTC)
    for document in (second, first):
        store.delete(document.id)
    (store.trash / "broken.json").write_text("{")
    os.utime(store.trash / "broken.json", (1, 1))
    found = store.deleted()
    assert [entry.id for entry in found] == [first.id, second.id, "broken"]
    assert before <= datetime.fromisoformat(found[0].deleted) <= datetime.now(UTC)
    assert found[0].updated == first.updated, "deleting is no edit"
    assert found[2].problem
    store.restore(second.id)
    assert [entry.id for entry in store.deleted()] == [first.id, "broken"]
    assert {entry.deleted for entry in store.entries()} == {""}


def test_what_could_not_be_opened_again_is_not_saved(store: DocumentStore) -> None:
    source = ("a" * 60, "Input")
    wide = net(source, *((f"n{k}", "Add", {}, (source[0],) * 64) for k in range(1_000)))
    saved = store.create(NET)
    with pytest.raises(FormatError, match="would have more than 2,000,000 bytes"):
        store.save(replace(saved, architecture=wide))
    assert store.load(saved.id) == saved


class TestAtomicWriting:
    """Either the old text or the new one is there, and nothing else."""

    def test_it_replaces(self, tmp_path: Path) -> None:
        path = tmp_path / "file.json"
        write_atomically(path, "öld")
        write_atomically(path, "néw")
        assert path.read_text("utf-8") == "néw"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("step", ["write", "fsync", "replace"])
    def test_a_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        path = tmp_path / "file.json"
        write_atomically(path, "old")
        full_disk(monkeypatch, step)
        with pytest.raises(OSError, match="No space left"):
            write_atomically(path, "new " * 100_000)
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path], "no temporary file is left behind"

    def test_readers_never_see_half_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "file.json"
        texts = {letter * 200_000 for letter in "ab"}
        write_atomically(path, "a" * 200_000)
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                for text in texts:
                    write_atomically(path, text)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            seen = {path.read_text() for _ in range(50)}
        finally:
            stop.set()
            writer.join()
        assert seen <= texts


class Full(io.FileIO):
    """A file that takes nothing."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def full_disk(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Lets one step of writing fail, as on a disk that is full."""

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "write":
        opened = Path.open

        def open_full(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
            return Full(path, "x") if mode == "xb" else opened(path, mode, *args, **options)

        monkeypatch.setattr(Path, "open", open_full)
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)


def test_an_architecture_of_nothing_is_saved_too(store: DocumentStore) -> None:
    saved = store.create(Architecture("empty"))
    assert store.load(saved.id).architecture == Architecture("empty")
    assert saved.id.startswith("empty-")


@pytest.mark.parametrize(
    ("title", "start"),
    [("Mein Netz!", "mein-netz-"), ("网络", "document-"), ("a" * 80, "a" * 40 + "-")],
)
def test_ids_are_made_from_titles(store: DocumentStore, title: str, start: str) -> None:
    assert store.create(replace(NET, name=title)).id.startswith(start)
