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
    module = ModuleType("train")
    module.__file__ = str(path)
    sys.modules["train"] = module
    exec(compile(path.read_bytes(), path, "exec"), module.__dict__)
    return module
