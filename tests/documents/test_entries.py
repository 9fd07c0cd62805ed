"""The list of documents: it reads titles and times, and no architecture."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.documents import document_store
from builder.documents.document_store import Document, DocumentStore, to_text
from builder.files import document_file, entries
from builder.files.architecture_file import to_json
from builder.system.errors import FormatError
from tests.broken import IMAGE, net

NET = net(IMAGE, ("flat", "Flatten"))


@pytest.fixture
def store(home: Path) -> DocumentStore:
    return DocumentStore(home)


@pytest.fixture
def no_text_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the whole of a document is read for the list")

    for module, name in (
        (document_store, "parse"),
        (document_file, "from_dict"),
        (entries, "load_json"),
    ):
        monkeypatch.setattr(module, name, refuse)


@pytest.mark.usefixtures("no_text_is_parsed")
def test_the_list_reads_the_start_of_each_file(store: DocumentStore) -> None:
    names = ('Größer 网 "{}"', 'a\\n "training": b', "é" * 80, "\U0001f98a" * 80)
    saved = [store.create(replace(NET, name=name), {"epochs": 3}) for name in names]
    store.delete(saved[0].id)
    found = {entry.id: (entry.name, entry.updated, entry.problem) for entry in store.entries()}
    assert found == {each.id: (each.name, each.updated, "") for each in saved[1:]}
    assert [(entry.name, entry.updated) for entry in store.deleted()] == [
        (saved[0].name, saved[0].updated)
    ]


def test_files_of_before_and_architectures_are_listed_too(store: DocumentStore) -> None:
    content = json.loads(to_text(Document("", NET, None, 3, "2026-01-02T03:04:05.000000+00:00")))
    content["version"] = 1
    del content["title"]
    (store.folder / "before.json").write_text(json.dumps(content))
    (store.folder / "plain.json").write_text(to_json(replace(NET, name="plain one")))
    found = {entry.id: entry for entry in store.entries()}
    assert (found["before"].name, found["before"].updated) == ("net", content["updated"])
    assert (found["plain"].name, found["plain"].problem) == ("plain one", "")


def test_what_is_damaged_is_reported_as_far_as_the_list_can_know(store: DocumentStore) -> None:
    text = to_text(Document("", NET, None, 1, "2026-01-02"))
    (store.folder / "cut.json").write_text(text[:-40])
    (store.folder / "newer.json").write_text(text.replace('"version": 2,', '"version": 9,', 1))
    (store.folder / "inside.json").write_text(text.replace('"Flatten"', '"Flattens"'))
    found = {entry.id: entry.problem for entry in store.entries()}
    assert "this is not a JSON file" in found["cut"]
    assert "document: received version 9, expected 1 to 2" in found["newer"]
    assert not found["inside"]
    with pytest.raises(FormatError, match="Flattens"):
        store.load("inside")
    known = {entry.id: entry for entry in store.entries()}["inside"]
    assert "Flattens" in known.problem, "it was opened meanwhile"
    assert known.name == "inside"
    (store.folder / "inside.json").write_text(text)
    assert not {entry.id: entry.problem for entry in store.entries()}["inside"]
