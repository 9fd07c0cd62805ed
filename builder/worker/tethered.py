"""A worker on another machine, which ends with the process that started it.

`python -m builder.worker.tethered RUN_FOLDER`; the folder is a copy. The process that started it
holds the other end of its standard input, which the kernel closes however that process ends. Then
nobody would fetch what is trained, so the worker ends at once and removes the copy.
"""

import contextlib
import os
import shutil
import sys
import threading
from pathlib import Path

from builder.runs.silent_end import GONE
from builder.worker.leaving import leave
from builder.worker.main import main


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1):
        pass
    with contextlib.suppress(OSError):
        gone = folder.rename(folder.with_name(".gone"))  # nothing is written there meanwhile
        shutil.rmtree(gone, ignore_errors=True)
        folder.parent.rmdir()  # which held only that
    leave(GONE)


if __name__ == "__main__":
    threading.Thread(
        target=_end_with_parent, args=(Path(sys.argv[-1]),), name="tether", daemon=True
    ).start()
    leave(main(sys.argv[1:]))
