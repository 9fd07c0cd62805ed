"""Whom the system ends first when memory runs out: not the server, on which all pages depend."""

import contextlib
from pathlib import Path

WORKER = 500
"""A training goes on from its checkpoint."""
WAITING_WORKER = 700
"""Nothing is lost with a worker that waits."""
HELPER = 800
"""What a short process does can be asked for again."""


def expose(pid: int, score: int) -> None:
    """Has the system end a process before others that take as much memory.

    Args:
        pid: Of a process of ours; what it starts from now on is treated alike.
        score: Thousandths of all memory that are added to what it takes; 0 for the server.
    """
    with contextlib.suppress(OSError):  # not on Linux, or it has ended
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(score), encoding="ascii")
