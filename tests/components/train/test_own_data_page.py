"""The dialog of one's own images, driven without a browser; its helper processes are real."""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from builder.datasets.own_images import shelf
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.value_range import Kind, ValueRange
from builder.documents.workspace import Workspace
from builder.training.settings import TrainingSettings
from components import trash
from tests.components.fake_run import FakeRun
from tests.components.train.test_train_page import button, field, open_page, settled, texts
from tests.datasets.given import kept, picture, two_classes, write_folder, write_npz, write_zip


def opened(document: str) -> AppTest:
    at = open_page(document)
    button(at, "cs-own").click().run()
    return settled(at)


def until(at: AppTest, done: Callable[[AppTest], Any]) -> AppTest:
    """Draws the page again once the helper process is through."""
    for work in threading.enumerate():
        if work.name == "reading the images":
            work.join(60)
    for _ in range(3):
        if done(settled(at.run())):
            return at
    raise AssertionError(texts(at))


def looked_at(document: str, path: Path) -> AppTest:
    at = opened(document)
    field = next(w for w in at.text_input if w.label.startswith("Or a"))
    field.set_value(str(path)).run()
    button(at, "cs-own-look").click().run()
    return until(at, lambda at: button(at, "cs-own-add") or "cs-notice cs-error" in texts(at))


def test_a_zip_is_uploaded_chosen_and_used(
    workspace: Workspace, document: str, home: Path, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "Two colors.zip", two_classes(4) | {"red/x.txt": b"x"})
    at = opened(document)
    at.file_uploader[0].set_value((path.name, path.read_bytes(), "application/zip")).run()
    until(at, lambda at: button(at, "cs-own-add"))
    shown = texts(at)
    assert "red <b>4</b>" in shown
    assert "1 file is no image: red/x.txt" in shown
    assert "Say below that it is left out." in shown
    assert shown.count("<figcaption>") == 8
    assert at.text_input(key="cs-own-title").value == "Two colors"
    assert at.selectbox(key="cs-own-size").options == [
        "8×8, the network's input",
        "8×12, all files",
        "another size",
    ]
    assert button(at, "cs-own-add").disabled
    at.checkbox(key="cs-own-leave-out").check().run()
    at.selectbox(key="cs-own-size").select_index(2).run()
    at.number_input(key="cs-own-width").set_value(10).run()
    at.selectbox(key="cs-own-color").select_index(0).run()
    button(at, "cs-own-add").click().run()
    # The form may list them a moment before the dialog hears that they are stored.
    until(at, lambda _: "dataset" in (workspace.open(document).document.training or {}))
    assert "Two colors" in field(at.selectbox, "dataset").options
    assert not at.file_uploader, "the dialog is closed"
    (own,) = shelf.own_datasets(home)
    assert (own.title, own.left_out) == ("Two colors", 1)
    assert (own.height, own.width, own.channels) == (8, 10, 3)
    kept_with = workspace.open(document).document.training or {}
    assert kept_with["dataset"] == f"own:{own.id}"
    assert field(at.selectbox, "dataset").options[-1] == "Two colors"
    assert "2 classes of 4" in texts(at)
    assert not [*(home / "datasets").glob(".*")], "what was uploaded is removed"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("folder", lambda path: write_folder(path, two_classes())),
        ("set.npz", lambda path: write_npz(path, x=[[[0] * 4] * 4] * 4, y=[0, 1, 0, 1])),
    ],
)
def test_a_path_of_this_machine_is_taken(
    document: str, tmp_path: Path, name: str, make: Callable[[Path], Path]
) -> None:
    at = looked_at(document, make(tmp_path / name))
    assert "<b>2</b> classes" in texts(at)
    button(at, "cs-own-back").click().run()
    assert settled(at).file_uploader


def in_parts(*parts: str) -> dict[str, bytes]:
    """Two classes in each of some folders."""
    return {f"{part}/{name}": content for part in parts for name, content in two_classes().items()}


def test_a_split_is_kept_and_can_be_split_again(
    workspace: Workspace, document: str, home: Path, tmp_path: Path
) -> None:
    path = write_folder(tmp_path / "set", in_parts("training_set", "dev", "test_set"))
    at = looked_at(document, path)
    assert "<b>6</b> to learn from" in texts(at)
    assert "<b>6</b> for validation" in texts(at)
    assert at.radio(key="cs-own-split-kind").value == "They divide the images"
    assert at.selectbox(key="cs-own-role-dev").value == "validation"
    button(at, "cs-own-add").click().run()
    until(at, lambda _: "dataset" in (workspace.open(document).document.training or {}))
    (own,) = shelf.own_datasets(home)
    assert (own.class_counts, own.validation_class_counts) == ((6, 6), (3, 3))
    assert "6 of them came for validation, 6 for a last test" in texts(at)
    assert "given: 6 images that came for validation" in texts(at)
    assert not any("validation_share" in (widget.key or "") for widget in at.text_input)
    field(at.selectbox, "validation_set").select("share").run()
    assert (workspace.open(document).document.training or {})["validation_set"] == "share"
    assert field(settled(at).text_input, "validation_share")


def test_what_is_not_certain_is_asked_before_it_is_added(
    workspace: Workspace, document: str, home: Path, tmp_path: Path
) -> None:
    path = write_folder(tmp_path / "set", in_parts("2020", "2021"))
    at = looked_at(document, path)
    assert "it is not clear what each is for" in texts(at)
    assert button(at, "cs-own-add").disabled
    at.radio(key="cs-own-split-kind").set_value("They are the classes").run()
    assert button(at, "cs-own-add").disabled, "it has to be looked at again"
    assert button(at, "cs-own-again")
    at.radio(key="cs-own-split-kind").set_value("They divide the images").run()
    assert button(at, "cs-own-again") is None
    at.selectbox(key="cs-own-role-2020").select("train").run()
    at.selectbox(key="cs-own-role-2021").select("test").run()
    button(at, "cs-own-again").click().run()
    until(at, lambda at: button(at, "cs-own-add") and not button(at, "cs-own-again"))
    assert "<b>6</b> for a last test" in texts(at)
    button(at, "cs-own-add").click().run()
    until(at, lambda _: "dataset" in (workspace.open(document).document.training or {}))
    (own,) = shelf.own_datasets(home)
    assert own.classes == ("blue", "red")
    assert (own.class_counts, own.test_class_counts) == ((3, 3), (3, 3))


def test_a_refusal_says_why_and_keeps_what_was_typed(document: str, tmp_path: Path) -> None:
    at = looked_at(document, tmp_path / "nowhere")
    assert "There is no folder or file" in texts(at)
    assert any(widget.value == str(tmp_path / "nowhere") for widget in at.text_input)


def test_choices_outlive_a_refusal_and_another_look_but_not_other_images(
    workspace: Workspace, document: str, home: Path, tmp_path: Path
) -> None:
    broken = picture((200, 30, 31), size=(64, 64))[:-40]  # its header is whole
    path = write_folder(tmp_path / "set", in_parts("2020", "2021") | {"2020/red/x.png": broken})
    at = looked_at(document, path)
    assert at.text_input(key="cs-own-title").value == "set"
    at.text_input(key="cs-own-title").set_value("Mine").run()
    at.selectbox(key="cs-own-size").select_index(3).run()
    at.number_input(key="cs-own-height").set_value(10).run()
    at.selectbox(key="cs-own-color").select_index(0).run()
    at.selectbox(key="cs-own-fit").select_index(2).run()
    at.radio(key="cs-own-split-kind").set_value("The folders in them are the classes").run()
    button(at, "cs-own-again").click().run()
    until(at, lambda at: button(at, "cs-own-add") and not button(at, "cs-own-again"))
    assert at.radio(key="cs-own-split-kind").value == "The folders in them are the classes"
    chosen = next(w for w in at.selectbox if w.label == "Values that become 0 to 255")
    chosen.set_value(2).run()
    button(at, "cs-own-add").click().run()
    until(at, lambda at: "is no image" in texts(at) and button(at, "cs-own-add"))
    at.checkbox(key="cs-own-leave-out").check().run()
    button(at, "cs-own-add").click().run()
    until(at, lambda _: "dataset" in (workspace.open(document).document.training or {}))
    (own,) = shelf.own_datasets(home)
    assert (own.title, own.height, own.channels, own.fit) == ("Mine", 10, 3, "pad")
    assert own.value_ranges == (ValueRange(Kind.BYTE, 0, 15),)
    assert own.classes == ("blue", "red")
    button(at, "cs-own").click().run()
    next(w for w in at.text_input if w.label.startswith("Or a")).set_value(str(path)).run()
    button(at, "cs-own-look").click().run()
    until(at, lambda at: button(at, "cs-own-add"))
    assert at.text_input(key="cs-own-title").value == "set"


def test_those_that_are_here_are_used_renamed_deleted_and_restored(
    workspace: Workspace,
    document: str,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_zip(tmp_path / "colors.zip", two_classes())
    own = kept(path, home, Target(4, 4, 1)).dataset
    at = opened(document)
    assert "2 classes, 6 images, 4×4 gray" in texts(at)
    name = next(w for w in at.text_input if w.label == "Name of colors")
    name.set_value("Reds and blues").run()
    assert shelf.find(home, own.id).title == "Reds and blues"
    button(at, f"cs-own-use-{own.id}").click().run()
    assert (workspace.open(document).document.training or {})["dataset"] == f"own:{own.id}"
    button(at, "cs-own").click().run()
    button(at, f"cs-own-delete-{own.id}").click().run()
    assert shelf.own_datasets(home) == []
    button(settled(at), "cs-own-undo").click().run()
    assert shelf.find(home, own.id).title == "Reds and blues"
    button(settled(at), f"cs-own-delete-{own.id}").click().run()
    monkeypatch.setattr(trash, "_DOUBLE_CLICK_SECONDS", 3_600.0)
    button(at, "cs-own-purge").click().run()
    assert shelf.find_deleted(home, own.id) is not None, "it asks once more"
    button(settled(at), "cs-own-purge-yes").click().run()
    assert shelf.find_deleted(home, own.id) is not None, "a second press in the same moment"
    monkeypatch.setattr(trash, "_DOUBLE_CLICK_SECONDS", 0.0)
    button(settled(at), "cs-own-purge-yes").click().run()
    assert button(settled(at), "cs-own-undo") is None
    assert shelf.find_deleted(home, own.id) is None


def test_images_that_were_deleted_can_be_restored_where_they_are_missed(
    workspace: Workspace, document: str, home: Path, tmp_path: Path
) -> None:
    own = kept(write_zip(tmp_path / "colors.zip", two_classes()), home).dataset
    settings = TrainingSettings(dataset=f"own:{own.id}")
    workspace.set_training(document, settings.values())
    shelf.delete(home, own.id)
    at = open_page(document)
    assert "The images &#x27;colors&#x27; were deleted." in texts(at)
    assert field(at.selectbox, "dataset").value == f"own:{own.id}"
    button(at, "cs-own-restore").click().run()
    assert re.search(r"2 classes of 3", texts(settled(at)))


def test_what_a_run_needs_is_not_deleted(document: str, home: Path, tmp_path: Path) -> None:
    own = kept(write_zip(tmp_path / "colors.zip", two_classes()), home).dataset
    with FakeRun(home, epochs=3, batches=5) as run:
        config = run.folder / "config.json"
        config.write_text(config.read_text().replace('"digits"', f'"own:{own.id}"'))
        at = opened(document)
        button(at, f"cs-own-delete-{own.id}").click().run()
        assert shelf.find(home, own.id)
        assert "is training on colors" in settled(at).toast[0].value


def test_the_values_that_become_0_to_255_are_shown_and_changed(
    document: str, home: Path, tmp_path: Path
) -> None:
    images = np.linspace(0, 3_000, 4 * 8 * 8).reshape(4, 8, 8).astype(np.uint16)
    path = write_npz(tmp_path / "deep.npz", images=images, labels=[0, 1, 0, 1])
    at = looked_at(document, path)
    said = "The values 0 to 4,095 (12 bit) become 0 to 255. The images have 0 to 3,000."
    assert said in texts(at)
    chosen = next(w for w in at.selectbox if w.label == "Values that become 0 to 255")
    assert chosen.options[:2] == ["0 to 4,095 (12 bit)", "0 to 3,000, as in the images"]
    assert chosen.options[-1] == "other values"
    chosen.select_index(len(chosen.options) - 1).run()
    low, high = (next(w for w in at.number_input if w.label == name) for name in ("low", "high"))
    assert (low.value, high.value) == (0, 3_000)
    high.set_value(-1).run()
    assert "eceived 0 to -1, expected a low value and a higher one" in texts(at)
    assert button(at, "cs-own-add").disabled
    next(w for w in at.number_input if w.label == "high").set_value(1_000).run()
    assert "The values go from 0 to 3,000; what is beyond 0 to 1,000 is cut off." in texts(at)
    button(at, "cs-own-add").click().run()
    until(at, lambda _: shelf.own_datasets(home))
    (own,) = shelf.own_datasets(home)
    assert own.value_ranges == (ValueRange(Kind.INTEGER, 0, 1_000),)


def test_what_is_not_taken_is_listed_by_its_reason(document: str, tmp_path: Path) -> None:
    others = {"red/x.png": b"", "red/y.png": b"no", "red/.DS_Store": b"x", "<b>.txt": b"x"}
    at = looked_at(document, write_folder(tmp_path / "set", two_classes() | others))
    shown = texts(at)
    assert "2 files are no images, for these reasons:" in shown
    assert "<li><b>1</b> an empty file: <span>red/x.png</span></li>" in shown
    assert "2 other entries are not used, for these reasons:" in shown
    assert "<b>1</b> hidden, or left behind by a system: <span>red/.DS_Store</span>" in shown
    assert "<span>&lt;b&gt;.txt</span>" in shown
