"""The run's own script, imported by its path."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def load_script(path: Path) -> Any:
    """Imports a run's script, and leaves no compiled copy in the run's folder.

    Raises:
        OSError: It cannot be read.
    """
    return run_script(path.read_text(encoding="utf-8"), str(path))


def run_script(text: str, path: str) -> Any:
    """Imports a script.

    Args:
        text: The script's.
        path: Where it is kept, or would be.
    """
    module = ModuleType("train")
    module.__file__ = path
    sys.modules["train"] = module
    exec(compile(text, path, "exec"), module.__dict__)
    return module
