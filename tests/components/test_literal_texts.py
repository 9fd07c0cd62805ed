"""Texts out of a person's files are shown as they are: Markdown loads pictures from anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.network.own_block import Exposed, definitions_in
from components import state
from tests.components import test_design_page
from tests.components.fake_run import FakeRun
from tests.components.train import test_train_page

PICTURE = "![x](https://evil.example/x.png)"
ELEMENT = "<img src=https://evil.example/y.png>"
HOSTILE = f"{PICTURE} {ELEMENT}"

PLAIN = {
    ("BidiComponent", "json"),
    ("Code", "code_text"),
    ("Exception", "message"),
    ("GraphVizChart", "spec"),
    ("MultiSelect", "options"),
    ("Selectbox", "options"),
    ("Text", "body"),
    ("TextInput", "default"),
    ("TextInput", "value"),
}
"""Where Streamlit's page shows a text as it is, or hands it on to a component of ours."""


def texts(message: Message) -> Iterator[tuple[str, str, str]]:
    """Every text in what the browser is sent for one element: of which message, which field."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in values:
                if isinstance(inner, Message):
                    yield from texts(inner)
        elif field.type == FieldDescriptor.TYPE_STRING:
            for text in values:
                yield message.DESCRIPTOR.name, field.name, text


def sent(at: AppTest) -> list[tuple[str, str, str]]:
    nodes: Any = at._tree
    protos = (getattr(node, "proto", None) for node in nodes)
    return [found for proto in protos if isinstance(proto, Message) for found in texts(proto)]


def show_it_as_it_is(at: AppTest) -> None:
    found = [one for one in sent(at) if "evil" in one[2]]
    assert found, "the page shows nothing of the text"
    for kind, field, text in found:
        if (kind, field) == ("Html", "body"):
            assert ELEMENT not in text
        elif (kind, field) not in PLAIN:
            assert PICTURE not in text, (kind, field)
            assert ELEMENT not in text, (kind, field)


@pytest.fixture
def document(home: Path) -> str:
    """A network as a file may hold it: its title, an own block and what is said of that."""
    architecture = group(
        TEMPLATES["small_residual"].architecture,
        ["residual_block_2", "residual_block_3"],
        "body",
        [Exposed("width", (("residual_block_2", "filters"),), HOSTILE)],
        HOSTILE,
    )
    document = state.workspace().create(replace(architecture, name=HOSTILE[:60]))
    state.workspace().library.save(definitions_in(architecture)[0])
    return document


@pytest.mark.parametrize("opened", ["", "open", "library"])
def test_the_design_page(document: str, opened: str) -> None:
    at = test_design_page.open_page(document, "body_1")
    if opened:
        at.session_state["cs-dialog"] = opened
        at.run()
        assert not at.exception
    show_it_as_it_is(at)


def test_the_train_page(document: str, home: Path) -> None:
    with FakeRun(home) as run:
        show_it_as_it_is(test_train_page.open_page(document, run.id))
