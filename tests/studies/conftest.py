"""What tests of studies share."""

import pytest

from tests.studies.fake_trainings import Worker, stand_in


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return stand_in(monkeypatch)
