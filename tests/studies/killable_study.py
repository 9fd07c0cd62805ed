"""A study with trainings that end at once, in a process of its own that a test can kill.

It waits before each of its steps until it is told to go on, so that it is killed at that very one.
"""

import multiprocessing
import sys
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from optuna.storages.journal import JournalFileBackend

from builder.studies.conductor import conduct
from tests.studies.fake_trainings import stand_in
from tests.studies.search_cases import accuracy_of


def begin(folder: Path, steps: Connection | None = None) -> BaseProcess:
    """Starts the process of a study, forked from one that has imported all that it needs.

    Args:
        folder: The study's folder.
        steps: Where it says that it is about to take a step, and is answered; None where it takes
            all of them at once.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_conduct, args=(folder, steps))
    # Streamlit's tests leave a page behind as the main module, which the process would run.
    with mock.patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    if steps is not None:
        steps.close()  # so that the other end is told when the process is gone
    return process


def _conduct(folder: Path, steps: Connection | None) -> None:
    def wait() -> None:
        if steps is not None:
            steps.send(None)
            steps.recv()

    def append_logs(self: JournalFileBackend, logs: list[dict[str, Any]]) -> None:
        wait()
        append(self, logs)
        wait()

    patch = pytest.MonkeyPatch()
    worker = stand_in(patch)
    worker.accuracy = accuracy_of
    worker.before = lambda run: wait()
    append = JournalFileBackend.append_logs
    patch.setattr(JournalFileBackend, "append_logs", append_logs)
    conduct(folder, 0)
