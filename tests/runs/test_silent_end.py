"""What is said of a worker that ended without a word: memory is blamed for what memory did."""

import subprocess
import sys

import pytest

from builder.runs.silent_end import describe_end

FREED_TWICE = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
block = ctypes.c_void_p(libc.malloc(100))
libc.free(block)
libc.free(block)
"""


def end_of(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return describe_end(done.returncode, done.stdout + done.stderr).message


def test_a_damaged_heap_is_not_called_a_lack_of_memory() -> None:
    end = end_of(FREED_TWICE)
    assert end.startswith("was aborted because its memory was damaged (")
    assert end.endswith("a fault in a library, not a lack of memory")


@pytest.mark.parametrize(
    "line",
    [
        "corrupted size vs. prev_size while consolidating",
        "corrupted double-linked list",
        "double free or corruption (!prev)",
        "malloc(): invalid size (unsorted)",
        "malloc_consolidate(): unaligned fastbin chunk detected",
        "free(): invalid next size (normal)",
        "munmap_chunk(): invalid pointer",
        "*** stack smashing detected ***: terminated",
    ],
)
def test_every_finding_of_glibc_is_known(line: str) -> None:
    log = f"Epoch 1/3\n{line}\nFatal Python error: Aborted\n"
    assert line in describe_end(-6, log).message


def test_an_abort_for_want_of_memory_says_so() -> None:
    log = "terminate called after throwing an instance of 'std::bad_alloc'\n"
    assert "memory ran out" in describe_end(-6, log).message
    assert describe_end(-6, log).fix == "use a smaller batch_size"
    assert "memory" not in describe_end(-6, "Check failed: ok\n").message


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("SIGSEGV", "segmentation fault"),
        ("SIGFPE", "arithmetic error"),
        ("SIGILL", "illegal instruction"),
        ("SIGBUS", "bus error"),
        ("SIGHUP", "signal 1 (SIGHUP)"),
    ],
)
def test_signals_are_named(number: str, words: str) -> None:
    end = end_of(f"import os, signal; os.kill(os.getpid(), signal.{number})")
    assert words in end
    assert "memory ran out" not in end


def test_a_signal_without_a_name_is_named_by_its_number() -> None:
    assert describe_end(-99, "").message == "was ended by signal 99 (unknown)"
