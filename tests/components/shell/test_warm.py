"""What is made ready while the first page is still loading."""

import gc
import sys
from collections.abc import Iterator

import pytest

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
