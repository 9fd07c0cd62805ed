"""A requested stop or pause, which the training obeys when it can."""

import signal
import threading
from types import FrameType

from builder.runs.run_state import PAUSE_SIGNAL
from builder.runs.status import RunStatus


class StoppedError(Exception):
    """The training ends here on request.

    Attributes:
        state: The run's state from now on: paused or stopped.
    """

    def __init__(self, state: RunStatus) -> None:
        super().__init__(state)
        self.state = state


class StopRequest:
    """Set by signals, checked by the training.

    SIGTERM and SIGINT stop, SIGUSR1 pauses; a stop takes precedence over a pause.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._pauses = True
        self.is_set = self._event.is_set

    def listen(self) -> None:
        """Handles the signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(PAUSE_SIGNAL, self._on_pause)

    def ask(self, *, pause: bool = False) -> None:
        """Asks for the stop, or for a pause."""
        self._pauses = self._pauses and pause
        self._event.set()

    def take_up(self, request: RunStatus | None) -> None:
        """Takes up a request from before the worker listened: a state as below, or None."""
        if request is not None:
            self.ask(pause=request == RunStatus.PAUSING)

    @property
    def state(self) -> RunStatus:
        """The run's state until the request is obeyed: pausing or stopping."""
        return RunStatus.PAUSING if self._pauses else RunStatus.STOPPING

    def obey(self) -> None:
        """Ends the training if a stop or a pause was asked for.

        Raises:
            StoppedError: One was requested.
        """
        if self._event.is_set():
            raise StoppedError(RunStatus.PAUSED if self._pauses else RunStatus.STOPPED)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()

    def _on_pause(self, _number: int, _frame: FrameType | None) -> None:
        self.ask(pause=True)
