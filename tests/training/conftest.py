from collections.abc import Iterator

import pytest

from tests.training.workers import ONE_THREAD, Nursery


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ONE_THREAD.items():
            patch.setenv(name, value)
        with Nursery() as made:
            yield made
