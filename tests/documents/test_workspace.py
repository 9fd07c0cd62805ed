"""Documents that are being edited: history, saving, several threads, other processes."""

import errno
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.blocks.catalogue import block_type
from builder.documents import document_store
from builder.documents.document_store import DocumentStore
from builder.documents.session import Author, Stamp
from builder.documents.workspace import Workspace
from builder.files.document_file import MAX_CLIENTS, Applied, Document
from builder.network import edits
from builder.network.architecture import Architecture
from builder.system.errors import BuilderError, DiskError, EditError, FormatError
from tests.broken import IMAGE, net

NET = net(IMAGE, ("flat", "Flatten"))


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return Workspace(home)


def add_relu(architecture: Architecture) -> Architecture:
    return edits.add(architecture, block_type("ReLU").create({}))


def ids(architecture: Architecture) -> list[str]:
    return [node.id for node in architecture]


def test_an_edit_is_saved_before_it_is_shown(workspace: Workspace, home: Path) -> None:
    document = workspace.create(NET)
    state = workspace.edit(document, add_relu)
    assert ids(state.architecture) == ["image", "flat", "re_lu_1"]
    assert state.document.revision == 2
    assert DocumentStore(home).load(document) == state.document


def test_the_edit_is_found_that_gave_a_value_as_it_is_now(workspace: Workspace) -> None:
    document = workspace.create(NET)

    def renaming(name: str) -> Callable[[Architecture], Architecture]:
        return lambda architecture: edits.rename(architecture, "flat", name)

    def name(architecture: Architecture) -> str:
        return architecture.by_id["flat"].name

    assert workspace.origin(document, name) is None
    workspace.edit(document, renaming("first"), author="one")
    workspace.edit(document, renaming("second"), author="two")
    workspace.edit(document, add_relu, author="one")
    made = workspace.origin(document, name)
    assert made is not None
    assert (made.words, made.author) == ("rename first to second", "two")
    workspace.undo(document)
    workspace.undo(document)
    made = workspace.origin(document, name)
    assert made is not None
    assert made.author == "one"


def test_undo_and_redo(workspace: Workspace) -> None:
    document = workspace.create(NET)
    edited = workspace.edit(document, add_relu)
    assert (edited.can_undo, edited.can_redo) == (True, False)
    undone = workspace.undo(document)
    assert undone.architecture is not edited.architecture
    assert undone.architecture == NET
    assert (undone.can_undo, undone.can_redo) == (False, True)
    assert workspace.open(document) == undone
    assert workspace.redo(document).architecture == edited.architecture
    assert workspace.store.load(document).architecture == edited.architecture


def test_undo_and_redo_know_what_they_would_do_and_whose_edit_it_was(workspace: Workspace) -> None:
    early, late = Author("one", since=0), Author("two", since=time.monotonic())
    document = workspace.create(NET)
    assert workspace.open(document).undoes is None
    workspace.edit(document, add_relu, author="one")
    state = workspace.edit(document, lambda a: edits.repeat(a, "re_lu_1", 2), author="two")
    made = state.undoes
    assert made is not None
    assert (made.words, made.author) == ("set repeat of re_lu_1", "two")
    assert made.is_foreign(early)
    assert not made.is_foreign(late), "it is its own"
    assert not made.is_foreign(Author("three")), "it was there when this page was opened"
    undone = workspace.undo(document)
    assert undone.undoes is not None
    assert undone.undoes.words == "add re_lu_1"
    assert undone.redoes == made
    assert workspace.redo(document).undoes == made


def test_what_changes_nothing_is_not_saved(workspace: Workspace) -> None:
    document = workspace.create(NET)
    before = workspace.open(document)
    assert workspace.edit(document, lambda architecture: architecture) == before
    assert workspace.undo(document) == before
    assert workspace.redo(document) == before


def test_a_refused_edit_changes_nothing(workspace: Workspace) -> None:
    document = workspace.create(NET)
    before = workspace.open(document)
    with pytest.raises(EditError):
        workspace.edit(document, lambda a: edits.remove(a, ["gone"]))
    assert workspace.open(document) == before


@pytest.mark.parametrize("action", ["edit", "undo", "redo", "set_training", "set_request"])
def test_a_full_disk_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    document = workspace.create(NET)
    workspace.edit(document, add_relu)
    workspace.edit(document, add_relu)
    before = workspace.undo(document)
    text = (workspace.store.folder / f"{document}.json").read_text()

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    actions = {
        "edit": lambda: workspace.edit(document, add_relu),
        "undo": lambda: workspace.undo(document),
        "redo": lambda: workspace.redo(document),
        "set_training": lambda: workspace.set_training(document, {"epochs": 5}),
        "set_request": lambda: workspace.set_request(document, "sweep", {"seeds": 5}),
    }
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", fail)
        with pytest.raises(DiskError, match="this cannot be saved: the disk is full"):
            actions[action]()
    assert (workspace.store.folder / f"{document}.json").read_text() == text
    assert workspace.open(document) == before
    actions[action]()
    assert workspace.open(document).document.revision == before.document.revision + 1


def test_training_settings_are_kept_and_are_no_step_back(workspace: Workspace) -> None:
    document = workspace.create(NET, {"epochs": 1})
    state = workspace.set_training(document, {"epochs": 5})
    assert state.document.training == {"epochs": 5}
    assert not state.can_undo
    workspace.edit(document, add_relu)
    assert workspace.undo(document).document.training == {"epochs": 5}


def test_studies_that_are_filled_in_are_kept_and_are_no_step_back(workspace: Workspace) -> None:
    document = workspace.create(NET)
    workspace.set_request(document, "sweep", {"seeds": 5})
    state = workspace.set_request(document, "ablation", {"parts": ["dropout"]})
    assert state.document.requests == {"sweep": {"seeds": 5}, "ablation": {"parts": ["dropout"]}}
    assert not state.can_undo
    workspace.edit(document, add_relu)
    assert workspace.undo(document).document.requests == state.document.requests
    assert Workspace(workspace.store.folder.parent).open(document).document.requests == (
        state.document.requests
    )
    emptied = workspace.set_request(document, "sweep", {}).document
    assert emptied.requests == {"ablation": {"parts": ["dropout"]}}
    assert workspace.set_request(document, "sweep", {}).document.revision == emptied.revision


def test_two_threads_lose_no_edit(workspace: Workspace) -> None:
    document = workspace.create(NET)
    each = 30

    def work() -> None:
        for _ in range(each):
            workspace.edit(document, add_relu)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = workspace.open(document)
    assert len(state.architecture.nodes) == 2 + 2 * each
    assert state.document.revision == 1 + 2 * each
    assert workspace.store.load(document) == state.document
    for _ in range(2 * each):
        workspace.undo(document)
    assert workspace.open(document).architecture == NET


def test_a_change_by_another_process_is_one_more_edit(workspace: Workspace, home: Path) -> None:
    document = workspace.create(NET)
    mine = workspace.edit(document, add_relu)
    time.sleep(0.01)  # the clock of the file system
    other = Workspace(home)
    theirs = other.edit(document, lambda a: edits.repeat(a, "re_lu_1", 3))
    opened = workspace.open(document)
    assert opened.document == theirs.document
    assert opened.undoes is not None
    assert (opened.undoes.words, opened.undoes.author) == ("set repeat of re_lu_1", "")
    assert workspace.undo(document).architecture == mine.architecture


def test_a_document_that_was_damaged_in_the_meantime_says_so(workspace: Workspace) -> None:
    document = workspace.create(NET)
    workspace.open(document)
    time.sleep(0.01)
    (workspace.store.folder / f"{document}.json").write_text("{")
    with pytest.raises(FormatError, match="this is not a JSON file"):
        workspace.open(document)
    with pytest.raises(BuilderError):
        workspace.edit(document, add_relu)


def test_delete_and_restore(workspace: Workspace) -> None:
    document = workspace.create(NET)
    edited = workspace.edit(document, add_relu)
    workspace.delete(document)
    assert workspace.entries() == []
    for action in (workspace.open, workspace.undo, workspace.duplicate, workspace.delete):
        with pytest.raises(FormatError, match="there is no document"):
            action(document)
    workspace.restore(document)
    assert workspace.open(document).document == edited.document
    assert workspace.undo(document).architecture == NET, "its history is still there"


def test_the_list_begins_with_what_was_used_last(workspace: Workspace, home: Path) -> None:
    first, second, third = (workspace.create(NET) for _ in range(3))
    assert [entry.id for entry in workspace.entries()] == [third, second, first]
    workspace.note_opened(first)
    workspace.note_opened("gone")
    workspace.edit(second, add_relu)
    entries = Workspace(home).entries()
    assert [entry.id for entry in entries] == [second, first, third]
    assert entries[1].used == entries[1].opened > entries[1].updated
    assert entries[2].used == entries[2].updated


def test_a_copy_is_a_document_of_its_own(workspace: Workspace) -> None:
    document = workspace.create(NET, {"epochs": 2})
    copy = workspace.duplicate(document)
    assert copy != document
    assert workspace.open(copy).document.name == "net copy"
    assert workspace.open(copy).document.training == {"epochs": 2}
    workspace.edit(copy, add_relu)
    assert workspace.open(document).architecture == NET


def test_copies_are_distinguished(workspace: Workspace) -> None:
    first = workspace.create(NET)
    copies = [workspace.duplicate(first)]
    copies += [workspace.duplicate(copies[0]), workspace.duplicate(first)]
    names = [workspace.open(copy).document.name for copy in copies]
    assert names == ["net copy", "net copy 2", "net copy 3"]


def test_a_copy_of_the_longest_title(workspace: Workspace) -> None:
    document = workspace.create(net(IMAGE))
    workspace.edit(document, lambda a: edits.rename_architecture(a, "n" * 80))
    assert workspace.open(workspace.duplicate(document)).document.name == "n" * 75 + " copy"
    assert workspace.open(workspace.duplicate(document)).document.name == "n" * 73 + " copy 2"


def test_whose_operation_an_edit_was_is_saved_with_it(workspace: Workspace, home: Path) -> None:
    document = workspace.create(NET)
    assert workspace.applied(document, "one") is None
    workspace.edit(document, add_relu, Stamp("one", 3))
    workspace.undo(document, Stamp("one", 4))
    workspace.edit(document, add_relu, Stamp("two", 1))
    workspace.edit(document, lambda a: a, Stamp("two", 9))
    again = Workspace(home)
    assert again.applied(document, "one") == Applied(4, {3: "re_lu_1"})
    assert again.applied(document, "two") == Applied(1, {1: "re_lu_1"}), "nothing changed at 9"
    assert again.open(again.duplicate(document)).document.applied == {}


def test_only_the_latest_browsers_are_remembered(workspace: Workspace) -> None:
    document = workspace.create(NET)
    for number in range(MAX_CLIENTS + 4):
        times = 2 + number % 2
        workspace.edit(
            document, lambda a, t=times: edits.repeat(a, "flat", t), Stamp(f"c{number}", 1)
        )
    known = list(workspace.open(document).document.applied)
    assert known == [f"c{number}" for number in range(4, MAX_CLIENTS + 4)]


def test_a_document_that_takes_long_to_read_blocks_no_one(
    workspace: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All documents shared one lock, under which files were read."""
    slow, other = workspace.create(replace(NET, name="slow")), workspace.create(NET)
    workspace.open(slow)
    reading, go_on = threading.Event(), threading.Event()
    parse = document_store.parse

    def slowly(text: bytes) -> Document:
        if b'"slow"' in text:
            reading.set()
            assert go_on.wait(20)
        return parse(text)

    monkeypatch.setattr(document_store, "parse", slowly)
    opened: list[str] = []
    fresh = Workspace(home)
    thread = threading.Thread(target=lambda: opened.append(fresh.open(slow).document.name))
    thread.start()
    assert reading.wait(20)
    edits_made = [threading.Thread(target=fresh.edit, args=(other, add_relu))]
    edits_made += [threading.Thread(target=workspace.edit, args=(slow, add_relu))]
    for edit in edits_made:
        edit.start()
        edit.join(20)
    assert not any(edit.is_alive() for edit in edits_made), "they wait for a file to be read"
    go_on.set()
    thread.join(20)
    assert opened == ["slow"]
    assert len(fresh.open(slow).architecture.nodes) == 3
