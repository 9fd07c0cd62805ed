"""Which user and process something belongs to, and whether that process still lives.

A process id alone would not do: the system reuses it, and containers and other machines that share
the disk have their own ids. So a mark holds the place, the id and the process's start:
`cs-3f2a9c01-4711-882313`.
"""

import hashlib
import os
import re
import socket
from functools import cache
from pathlib import Path

import psutil

MARK = re.compile(r"cs-(?P<place>[0-9a-f]{8})-(?P<pid>[0-9]{1,10})-(?P<start>[0-9]{1,20})(?![0-9])")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_OWN_IDS = Path("/proc/self/ns/pid")


def boot_id() -> str:
    """Names this start of the machine; empty where the system has no name for it."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def mark() -> str:
    """The mark of this process."""
    return _mark(os.getpid())


def is_of_a_living_process(name: str) -> bool | None:
    """Whether a name holds the mark of a process that lives.

    Returns:
        None where it holds no mark, or the mark of another machine or container, where this process
        cannot look.
    """
    found = MARK.search(name)
    if found is None or found["place"] != _place():
        return None
    return _start(int(found["pid"])) == int(found["start"])


def is_own(found: os.stat_result) -> bool:
    """Whether a file belongs to the user of this process; Windows does not tell."""
    return os.name == "nt" or found.st_uid == os.geteuid()


@cache
def _mark(pid: int) -> str:
    return f"cs-{_place()}-{pid}-{_start(pid) or 0}"


@cache
def _place() -> str:
    """This start of this machine or container."""
    try:
        ids = _OWN_IDS.stat().st_ino
    except OSError:
        ids = 0
    return hashlib.sha256(f"{boot_id()} {ids} {socket.gethostname()}".encode()).hexdigest()[:8]


def _start(pid: int) -> int | None:
    """When a process began, in the kernel's ticks where it tells; None where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(fields.rpartition(")")[2].split()[19])
    except FileNotFoundError:
        return None if _BOOT_ID.exists() else _start_without_proc(pid)
    except (OSError, ValueError, IndexError):
        return _start_without_proc(pid)


def _start_without_proc(pid: int) -> int | None:
    try:
        return int(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError, OverflowError):
        return None
