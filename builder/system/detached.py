"""Processes of ours: where they find this package, and how one outlives its parent."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import builder


def python_path() -> str:
    """The variable PYTHONPATH of a process that is to find this package, wherever it runs."""
    root = str(Path(builder.__file__).parents[1])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def launch(module: str, folder: Path, log: Path | None = None) -> None:
    """Starts a module in its own session, in a folder that it gets as its only argument.

    Args:
        module: Its full name.
        folder: The folder.
        log: Where it writes; None for nowhere.

    Raises:
        OSError: The process cannot be started, or its log cannot be opened.
    """
    with Path(log or os.devnull).open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(folder)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": python_path()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # An ended process stays in the process table until its parent waits for it.
    threading.Thread(target=process.wait, name=module, daemon=True).start()
