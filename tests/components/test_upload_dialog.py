"""The upload dialog: a model of Keras's is looked at first, then opened; bad files are refused."""

import json
import threading
import time
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.documents.workspace import Workspace
from builder.importers import importing
from builder.importers.result import ImportResult
from builder.network.inference import infer
from builder.system.errors import FormatError
from components.design import upload_dialog
from tests.components.driven import button, settled
from tests.components.test_design_page import document, open_page, texts, workspace
from tests.importers.files import archive, functional, image, layer, text
from tests.importers.hostile import HOSTILE

assert document, workspace  # fixtures

MODEL = functional(
    image(32, 32, 3),
    layer("Conv2D", "stem", "image", filters=8, kernel_size=[3, 3], trainable=False),
    layer("BatchNormalization", "stem_bn", "stem", trainable=False),
    layer("Attention", "looks", "stem_bn"),
    layer("Conv2D", "left", "looks", filters=8, kernel_size=[3, 3], padding="same", use_bias=False),
    layer("BatchNormalization", "left_bn", "left"),
    layer("Activation", "left_relu", "left_bn", activation="relu"),
    name="some_model",
)


@pytest.fixture(autouse=True)
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read at once and in this process; how another one does it is tested elsewhere."""
    monkeypatch.setattr(importing, "is_ours", lambda _: True)
    monkeypatch.setattr(upload_dialog, "AT_ONCE", 60.0)


def upload(document: str, name: str, content: bytes) -> AppTest:
    at = open_page(document)
    button(at, "cs-menu-upload").click().run()
    at.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    return settled(at)


@pytest.mark.parametrize(
    ("name", "content"), [("m.keras", archive(text(MODEL))), ("m.json", text(MODEL))]
)
def test_a_model_is_shown_and_then_opened(
    workspace: Workspace, document: str, name: str, content: bytes
) -> None:
    at = upload(document, name, content)
    shown = texts(at)
    assert "some_model" in shown
    assert "Left out: 1 layer." in shown
    assert "The catalogue has no such layer." in shown
    assert "Taken over with a difference: 2 layers." in shown
    assert "It is frozen (trainable=False)" in shown
    assert at.query_params["doc"] == document
    button(at, "cs-upload-open").click().run()
    opened = settled(at).query_params["doc"]
    assert opened != document
    architecture = workspace.open(opened).architecture
    assert architecture.name == "some_model"
    assert "conv_bn_relu" in {node.block.type_name() for node in architecture}
    assert infer(architecture).ok


def test_weights_that_are_not_read_are_reported(workspace: Workspace, document: str) -> None:
    with_weights = upload(document, "m.keras", archive(text(MODEL), "model.weights.h5"))
    assert "Its trained weights are not read." in texts(with_weights)
    for name, content in (("m.json", text(MODEL)), ("m.keras", archive(text(MODEL)))):
        assert "weights are not read" not in texts(upload(document, name, content))


def test_layers_can_be_left_as_they_are(workspace: Workspace, document: str) -> None:
    at = upload(document, "m.keras", archive(text(MODEL)))
    at.toggle(key="cs-upload-fold").set_value(False).run()
    button(at, "cs-upload-open").click().run()
    opened = workspace.open(settled(at).query_params["doc"]).architecture
    assert [node.label for node in opened][-3:] == ["left", "left_bn", "left_relu"]


def test_what_is_too_large_can_come_as_json(document: str) -> None:
    at = open_page(document)
    button(at, "cs-menu-upload").click().run()
    assert "more than 200 MB comes as its JSON" in "".join(caption.value for caption in at.caption)


def test_a_model_that_is_imported_whole_says_so(workspace: Workspace, document: str) -> None:
    model = functional(image(), layer("Flatten", "flat", "image"))
    at = upload(document, "m.json", json.dumps(model).encode())
    assert "Every layer was imported unchanged." in texts(at)


def test_a_model_that_reads_no_images_says_that_its_shapes_are_unknown(
    workspace: Workspace, document: str
) -> None:
    model = functional(image(10), layer("Dense", "out", "image", units=2))
    at = upload(document, "m.json", json.dumps(model).encode())
    assert '<p class="cs-flow">– → –</p>' in texts(at)
    assert "It opens with 2 problems." in texts(at)


@pytest.mark.parametrize(
    "title", ["a Lambda", "a zip bomb", "10 billion units", "a truncated archive"]
)
def test_a_hostile_model_is_refused_in_a_sentence(
    workspace: Workspace, document: str, title: str
) -> None:
    content, expected = HOSTILE[title]
    name = "m.keras" if content.startswith(b"PK") else "m.json"
    at = upload(document, name, content)
    assert f"{name} was not opened" in texts(at)
    assert expected in unescape(texts(at))
    assert "Nothing has changed." in texts(at)
    assert at.query_params["doc"] == document
    assert len(workspace.entries()) == 1


def test_a_file_that_is_not_what_its_name_says(workspace: Workspace, document: str) -> None:
    at = upload(document, "m.h5", text(MODEL))
    assert "this is not an HDF5 file" in texts(at)


def test_a_long_reading_can_be_cancelled_and_begun_again(
    workspace: Workspace, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled: list[bool] = []

    def read(*_: Any, cancel: threading.Event, **__: Any) -> ImportResult:
        cancelled.append(cancel.wait(60))
        raise FormatError("reading the model was cancelled")

    with monkeypatch.context() as slow:
        slow.setattr(importing, "import_file", read)
        slow.setattr(upload_dialog, "AT_ONCE", 0.0)
        at = upload(document, "m.json", text(MODEL))
        assert "Reading the model" in texts(at)
        button(at, "cs-upload-cancel").click().run()
        deadline = time.monotonic() + 60
        while "m.json was not read." not in texts(at):
            assert time.monotonic() < deadline
            at.run()
    assert cancelled == [True]
    assert "Nothing has changed." in texts(at)
    button(at, "cs-upload-again").click().run()
    assert "some_model" in texts(settled(at))
    assert len(workspace.entries()) == 1


def test_leaving_the_dialog_ends_the_reading(
    workspace: Workspace, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def read(*_: Any, cancel: threading.Event, **__: Any) -> ImportResult:
        cancel.wait(60)
        ended.set()
        raise FormatError("reading the model was cancelled")

    monkeypatch.setattr(importing, "import_file", read)
    monkeypatch.setattr(upload_dialog, "AT_ONCE", 0.0)
    at = upload(document, "m.json", text(MODEL))
    at.file_uploader[0].set_value([]).run()
    assert ended.wait(60)
