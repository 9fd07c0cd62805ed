"""What is known of the end of a worker that said nothing: its exit status and the log's last lines.

Memory that ran out and memory that was damaged both end in SIGABRT; glibc and C++ say which it was.
"""

import re
import signal

from builder.system.errors import Words

_KILLED = "killed from outside (SIGKILL): by a person, or by the system because memory ran out"
# By name: Windows lacks some of them.
_SIGNALS = {
    "SIGSEGV": "crashed (segmentation fault): a fault in a library, not a lack of memory",
    "SIGBUS": "crashed (bus error), as when the disk is full",
    "SIGFPE": "crashed (arithmetic error): a fault in a library",
    "SIGILL": "crashed (illegal instruction): TensorFlow was built for another processor",
    "SIGKILL": f"was {_KILLED}",
}

GONE = 76
"""The exit status of a worker that found its run's folder or lock gone."""
_GONE = (
    "ended itself, since the run's folder or lock had been removed, moved or replaced while it "
    "trained"
)

# What glibc's checks of the heap print before they abort.
_DAMAGED_HEAP = re.compile(
    r"^(?:corrupted (?:size|double-linked)|double free or corruption|malloc\w*\(\)|free\(\)"
    r"|realloc\(\)|munmap_chunk\(\)|\*\*\* stack smashing).*$",
    re.MULTILINE,
)
_NO_MEMORY = re.compile(r"std::bad_alloc|Cannot allocate memory|out of memory", re.IGNORECASE)

CLUSTER_LOST = 77
"""The exit status of a run's process here that lost the cluster which trained it."""
_CLUSTER_LOST = Words(
    "lost the Ray cluster that it trained on", "resume it from its last checkpoint, here or there"
)


def describe_end(exit_code: int | None, log: str) -> Words:
    """Completes the sentence "the training process …"; the fix stands by itself.

    Args:
        exit_code: Of the process, negative for a signal; None where it is not known.
        log: The end of what the process printed.
    """
    if exit_code is None:
        return Words(f"ended without a message, perhaps {_KILLED}")
    if exit_code == GONE:
        return Words(_GONE)
    if exit_code == CLUSTER_LOST:
        return _CLUSTER_LOST
    if exit_code >= 0:
        return Words(f"ended without a message (exit status {exit_code})")
    if exit_code == -signal.SIGABRT:
        return _describe_abort(log)
    name = _name(-exit_code)
    return Words(_SIGNALS.get(name) or f"was ended by signal {-exit_code} ({name})")


def _describe_abort(log: str) -> Words:
    damaged = _DAMAGED_HEAP.findall(log)
    if damaged:
        return Words(
            f"was aborted because its memory was damaged ({damaged[-1].strip()}): a fault in a "
            "library, not a lack of memory"
        )
    if _NO_MEMORY.search(log):
        return Words("was aborted because memory ran out", "use a smaller batch_size")
    return Words("was aborted (SIGABRT) by a library", "the end of the log may say why")


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
