"""A stop that somebody asks for, and that the training obeys where it can."""

import signal
import threading
from types import FrameType


class StoppedError(Exception):
    """The training ends here because somebody asked for it."""


class StopRequest:
    """Set by SIGTERM or SIGINT, looked at by the training."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.is_set = self._event.is_set

    def listen(self) -> None:
        """Takes the signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def ask(self) -> None:
        """Asks for the stop."""
        self._event.set()

    def obey(self) -> None:
        """Ends the training if a stop was asked for.

        Raises:
            StoppedError: It was.
        """
        if self._event.is_set():
            raise StoppedError

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()
