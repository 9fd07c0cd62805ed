"""A stop or a pause that somebody asks for, and that the training obeys where it can."""

import signal
import threading
from types import FrameType

from builder.runs.run_state import PAUSE_SIGNAL


class StoppedError(Exception):
    """The training ends here because somebody asked for it.

    Attributes:
        state: The run's state from now on: `paused` or `stopped`.
    """

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class StopRequest:
    """Set by signals, looked at by the training.

    SIGTERM and SIGINT stop, and SIGUSR1 pauses; a stop goes before a pause.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._pauses = True
        self.is_set = self._event.is_set

    def listen(self) -> None:
        """Takes the signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(PAUSE_SIGNAL, self._on_pause)

    def ask(self, *, pause: bool = False) -> None:
        """Asks for the stop, or for a pause."""
        self._pauses = self._pauses and pause
        self._event.set()

    def take_up(self, request: str | None) -> None:
        """Asks for what somebody asked of the run before it listened: a state as below, or None."""
        if request is not None:
            self.ask(pause=request == "pausing")

    @property
    def state(self) -> str:
        """The run's state until the request is obeyed: `pausing` or `stopping`."""
        return "pausing" if self._pauses else "stopping"

    def obey(self) -> None:
        """Ends the training if a stop or a pause was asked for.

        Raises:
            StoppedError: It was.
        """
        if self._event.is_set():
            raise StoppedError("paused" if self._pauses else "stopped")

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()

    def _on_pause(self, _number: int, _frame: FrameType | None) -> None:
        self.ask(pause=True)
