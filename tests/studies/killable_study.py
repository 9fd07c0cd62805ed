"""A study with trainings that end at once: `python -m tests.studies.killable_study FOLDER`.

It says each step on a line of its own, so that a test can kill it behind any of them.
"""

import sys
from pathlib import Path
from typing import Any

import pytest
from optuna.storages.journal import JournalFileBackend

from builder.studies.conductor import conduct
from tests.studies.fake_trainings import stand_in
from tests.studies.search_cases import accuracy_of


def announce(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    patch = pytest.MonkeyPatch()
    worker = stand_in(patch)
    worker.accuracy = accuracy_of
    worker.before = lambda run: announce(f"starts {run.id}")
    append = JournalFileBackend.append_logs

    def append_logs(self: JournalFileBackend, logs: list[dict[str, Any]]) -> None:
        announce("writes the journal")
        append(self, logs)
        announce("has written the journal")

    patch.setattr(JournalFileBackend, "append_logs", append_logs)
    conduct(folder, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
