"""The process in which an uploaded model is read: bounded by itself, and it can be killed.

It takes a request as JSON on standard input and answers in JSON. Started by `importing.py`. However
much work a file causes, the app does not wait for it longer than it wants to.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from builder.files.document_file import Document, to_text
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError
from builder.system.helper_process import REFUSED

CPU_SECONDS = 60
"""NASNet-Large takes three."""
MAX_MEMORY = 1_000_000_000
"""The most bytes that the process may hold."""
MAX_FILE = 4_000_000_000
"""The largest weights whose statistics are read, in bytes."""


def main() -> int:
    """Does what is asked for.

    Returns:
        0, or `REFUSED` with the reason as the answer.
    """
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _limit_itself()
    try:
        with Path(request["path"]).open("rb") as file:
            result = open_file(file, request["name"], fold=request["fold"])
        answer = json.dumps(_plain(result))
    except BuilderError as error:
        return _refuse(error.message, error.fix)
    except MemoryError:
        return _refuse("it asks for more memory than any model needs", "choose a smaller one")
    except OSError as error:
        return _refuse(f"it cannot be read: {reason(error)}", "")
    sys.stdout.write(answer)
    return 0


def _plain(result: ImportResult) -> dict[str, Any]:
    return {
        "document": to_text(Document("", result.architecture, result.training)),
        "unmapped": [found.plain() for found in result.unmapped],
        "num_layers": result.num_layers,
        "has_weights": result.has_weights,
    }


def _refuse(message: str, fix: str) -> int:
    sys.stdout.write(json.dumps({"message": message, "fix": fix}))
    return REFUSED


def _limit_itself() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
