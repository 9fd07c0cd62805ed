"""A look at pictures beside a page, which would have to wait for it otherwise."""

import threading
import time
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.training.prediction_process import Look, PredictionProcess


class LookWork:
    """A look in a thread, for a page that is drawn again and again.

    Args:
        process: Whom to ask.
        model: A `.keras` file.
        images: As for `PredictionProcess.look`.
        layer: As there.
        chosen: As there.

    Attributes:
        state: How it stands.
        error: Why it failed.
        result: What the model makes of the images, when it is done.
    """

    def __init__(
        self,
        process: PredictionProcess,
        model: Path,
        images: NDArray[np.uint8] | None = None,
        layer: str | None = None,
        chosen: int | None = None,
    ) -> None:
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.error: BuilderError | None = None
        self.result: Look | None = None
        self._asked = (model, images, layer, chosen)
        self._process = process
        self._cancel = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="look", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._started

    def cancel(self) -> None:
        """Ends it; it is over within a moment."""
        self._cancel.set()

    def wait(self, timeout: float | None = None) -> None:
        """Waits until it is over, in seconds at most."""
        self._thread.join(timeout)

    def _run(self) -> None:
        model, images, layer, chosen = self._asked
        try:
            self.result = self._process.look(
                model, images, layer=layer, chosen=chosen, cancel=self._cancel
            )
        except BuilderError as error:
            self._fail(error)
        except OSError as error:
            self._fail(BuilderError(f"the pictures cannot be handed over: {error.strerror}"))
        except Exception:  # the page must not wait for ever; the log gets the rest
            self._fail(BuilderError("looking at the pictures failed; the server's log says why"))
            raise
        else:
            self.state = "done"

    def _fail(self, error: BuilderError) -> None:
        self.error = error
        self.state = "cancelled" if self._cancel.is_set() else "failed"
