"""Work beside a page: how it ends."""

import threading
from typing import NoReturn

import pytest

from builder.system.background import Background
from builder.system.errors import BuilderError

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def ended(error: Exception) -> Background[NoReturn]:
    def work(_: threading.Event) -> NoReturn:
        raise error

    found = Background(work, "the work")
    found.wait(10)
    return found


def test_it_has_a_result_when_it_is_done() -> None:
    go = threading.Event()
    work = Background(lambda _: go.wait(10), "the work")
    assert (work.state, work.result) == ("running", None)
    go.set()
    work.wait(10)
    assert (work.state, work.result, work.error) == ("done", True, None)
    assert work.seconds > 0


def test_it_can_be_cancelled() -> None:
    def work(cancel: threading.Event) -> None:
        cancel.wait(10)
        raise BuilderError("cancelled")

    found = Background(work, "the work")
    found.cancel()
    found.wait(10)
    assert (found.state, found.result) == ("cancelled", None)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BuilderError("the model is damaged", "take another one"), "the model is damaged"),
        (OSError(28, "No space left on device"), "the work failed: the disk is full ("),
        (KeyError("layers"), "the work failed; the server's log says why"),
    ],
)
def test_what_goes_wrong_is_reported(error: Exception, message: str) -> None:
    work = ended(error)
    assert work.state == "failed"
    assert work.error is not None
    assert work.error.message.startswith(message)
