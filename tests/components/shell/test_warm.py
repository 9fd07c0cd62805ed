"""What is made ready while the first page is still loading."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import delta_generator, env_util

from builder.actions import trash
from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from builder.system.temporary import temporary_path
from components.shell import warm


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_the_pages_import_is_spared_by_the_garbage_collection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit collects after every run: with all the imports in it that takes 60 ms each time."""
    monkeypatch.setattr(warm, "_take_up_trainings", lambda: None)
    before = sys.getswitchinterval()
    warm._make_ready()  # pyright: ignore[reportPrivateUsage]  what its thread does
    assert "components.design.page" in sys.modules
    assert gc.get_freeze_count() > 50_000
    assert sys.getswitchinterval() == before


def test_the_first_element_looks_for_no_repl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    monkeypatch.setattr(env_util, "is_repl", lambda: pytest.fail("it looked"))
    warm._skip_the_look_for_a_repl()  # pyright: ignore[reportPrivateUsage]
    st.empty()


def test_a_server_that_starts_keeps_its_data_folder_in_order(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home.chmod(0o755)
    store = DocumentStore(home)
    document = store.create(TEMPLATES["lenet5"].architecture)
    store.delete(document.id)
    left = temporary_path(home / "recent.json")
    left = left.with_name(left.name.replace(f"-{os.getpid()}-", "-99999999-"))
    left.touch()
    warm._keep_up()  # pyright: ignore[reportPrivateUsage]
    assert not left.exists()
    assert home.stat().st_mode & 0o777 == 0o700
    assert [entry.id for entry in store.deleted()] == [document.id]
    monkeypatch.setattr(trash, "DEFAULT_DAYS", -1)
    warm._empty_trash()  # pyright: ignore[reportPrivateUsage]
    assert store.deleted() == []
    assert "could be read by others" in caplog.text
    assert "deleted long ago: 1" in caplog.text
