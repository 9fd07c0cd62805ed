"""Builds a script's model and saves it: `python -m …worker.fresh_model SCRIPT FILE`.

Where that fails, the exit status says so, and a sentence stands on standard output.
"""

import os
import re
import runpy
import sys
from collections.abc import Sequence
from typing import Any

from builder.system.disk_errors import reason
from builder.system.helper_process import REFUSED

_MEMORY = re.compile(r"MemoryError|ResourceExhausted|OOM when|out of memory", re.IGNORECASE)
_MAX_LENGTH = 300


def main(arguments: Sequence[str]) -> int:
    """Saves the model of a script; both are paths, and the only arguments."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever Keras prints is no answer
    refusal = save(*arguments)
    os.write(output, refusal.encode())
    return REFUSED if refusal else 0


def save(script: str, file: str) -> str:
    """Runs `build_model()` of the script, with the script's seed, and saves what it gives.

    Returns:
        Why that failed, in a sentence; empty where it did not.
    """
    try:
        exported: dict[str, Any] = runpy.run_path(script, run_name="exported")
        exported["keras"].utils.set_random_seed(exported.get("SEED", 0))
        exported["build_model"]().save(file)
    except Exception as error:  # noqa: BLE001  whatever it is, the person has to be told
        return _explain(error)
    return ""


def _explain(error: Exception) -> str:
    if _MEMORY.search(f"{type(error).__name__}: {error}"):
        return "the memory is not enough for the model; use fewer filters or units"
    if isinstance(error, OSError):
        return f"the model cannot be saved: {reason(error)}"
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"Keras cannot build the model: {lines[0][:_MAX_LENGTH]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
