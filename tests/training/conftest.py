from collections.abc import Iterator

import pytest

from tests.training.workers import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made
