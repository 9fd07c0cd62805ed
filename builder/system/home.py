"""Where documents and runs live."""

import os
from pathlib import Path

from platformdirs import user_data_dir

_PRIVATE = 0o700


def home() -> Path:
    """The data folder: `CONVSTACK_HOME`, else the user's data folder; made where it is missing."""
    chosen = os.environ.get("CONVSTACK_HOME") or user_data_dir("convstack", appauthor=False)
    folder = Path(chosen).expanduser().absolute()
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    return folder
