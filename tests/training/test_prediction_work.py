"""A look beside a page: how it ends."""

import threading
from pathlib import Path
from typing import Any

import pytest

from builder.errors import BuilderError
from builder.training.prediction_process import PredictionProcess
from builder.training.prediction_work import LookWork

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


class Waiting(PredictionProcess):
    """Answers nothing until it is cancelled, or raises what it is given."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error

    def look(
        self, model: Path, images: Any = None, *, cancel: threading.Event | None = None, **_: Any
    ) -> Any:
        assert cancel is not None
        if self.error is None:
            cancel.wait(10)
            raise BuilderError("cancelled")
        raise self.error


def ended(error: Exception) -> LookWork:
    work = LookWork(Waiting(error), Path("model.keras"))
    work.wait(10)
    return work


def test_it_can_be_cancelled() -> None:
    work = LookWork(Waiting(), Path("model.keras"))
    assert work.state == "running"
    work.cancel()
    work.wait(10)
    assert (work.state, work.result) == ("cancelled", None)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BuilderError("the model is damaged"), "the model is damaged"),
        (OSError(28, "No space left on device"), "cannot be handed over: No space left on device"),
        (KeyError("layers"), "the server's log says why"),
    ],
)
def test_what_goes_wrong_is_told(error: Exception, message: str) -> None:
    work = ended(error)
    assert work.state == "failed"
    assert work.error is not None
    assert message in work.error.message
