"""A server whose code was changed on the disk says that it has to be restarted."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.shell import code_age
from tests.components.test_design_page import texts


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    source = tmp_path / "inner" / "module.py"
    source.parent.mkdir()
    source.touch()
    os.utime(source, (1_000, 1_000))
    return tmp_path


def test_only_a_python_file_changed_afterwards_counts(sources: Path) -> None:
    (sources / "notes.txt").touch()
    assert code_age.changed_since(999, [sources])
    assert not code_age.changed_since(1_000, [sources])


def failed_page() -> None:
    from components import shell

    shell.show_failure(KeyError("detail"))


@pytest.mark.parametrize("is_newer", [True, False])
def test_a_failed_page_asks_for_a_restart_where_the_code_is_newer(
    sources: Path, monkeypatch: pytest.MonkeyPatch, is_newer: bool
) -> None:
    now = 4_000_000_000 if is_newer else 1_000
    os.utime(sources / "inner" / "module.py", (now, now))
    monkeypatch.setattr(code_age, "_SOURCES", (sources,))
    shown = texts(AppTest.from_function(failed_page).run(timeout=60))
    assert ("Restart the server" in shown) == is_newer
    assert ("Reload the page" in shown) != is_newer
