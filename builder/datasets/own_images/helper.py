"""The process in which a person's images are read, isolated from everything else.

It takes a request as JSON on standard input, writes its progress to a file, and answers in JSON.
"""

import json
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from builder.datasets.own_images import refusal
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.storing import store
from builder.datasets.own_images.survey import survey
from builder.datasets.own_images.target import Target
from builder.system.atomic import write_atomically
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, DiskError, FormatError
from builder.system.helper_process import REFUSED

REPORT_SECONDS = 0.2
PROGRESS = "progress.json"


def main() -> int:
    """Does the requested work.

    Returns:
        0, or `REFUSED` with the reason as the answer.
    """
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    folder = Path(request["folder"])
    try:
        path, title, roles = Path(request["path"]), request["title"], request["roles"]
        with open_source(path, title, roles) as source:
            report = _Reporter(folder / PROGRESS)
            if request["target"] is None:
                answer = survey(source, folder, report).values()
            else:
                new = folder / "new"
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir()
                stored = store(
                    source,
                    Target.create(request["target"]),
                    Path(request["home"]),
                    new,
                    title=request["title"],
                    leave_out=request["leave_out"],
                    report=report,
                )
                answer = asdict(stored)
    except BuilderError as error:
        return _refuse(error)
    except OSError as error:
        what = error.filename or request["path"]
        return _refuse(DiskError(f"{what}: {reason(error)}"))
    except MemoryError:
        return _refuse(FormatError(DataCode.OUT_OF_MEMORY))
    sys.stdout.write(json.dumps(answer))
    return 0


class _Reporter:
    """Writes the progress now and then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + REPORT_SECONDS
            write_atomically(self._path, json.dumps([done, total]), durable=False)


def _refuse(error: BuilderError) -> int:
    sys.stdout.write(refusal.write(error.problem))
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
