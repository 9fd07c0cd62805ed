"""How large the scripts are that a browser fetches, once for each version of the app."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import heading, line
from components.scripts import STATIC

_SHARED = re.compile(r'["\'`]\./(shared-[\w-]+\.js)["\'`]')
_NOT_AN_ENTRY = re.compile(r"shared-|elk-worker")


def run() -> None:
    """Prints each entry with what it shares with others, raw and packed."""
    heading("Scripts with what they share with others, raw and packed with gzip")
    entries = [path for path in STATIC.glob("*.js") if not _NOT_AN_ENTRY.match(path.name)]
    for path in sorted(entries):
        _print(path.stem, set(_parts(path)))
    _print("elk-worker, which lays out large networks", {STATIC / "elk-worker.min.js"})
    _print("all of them, each part once", set(STATIC.glob("*.js")))


def _parts(path: Path) -> Iterator[Path]:
    """An entry and, through any number of steps, what it imports."""
    yield path
    for name in _SHARED.findall(path.read_text(encoding="utf-8")):
        yield from _parts(STATIC / name)


def _print(name: str, parts: set[Path]) -> None:
    raw = sum(len(part.read_bytes()) for part in parts)
    packed = sum(len(gzip.compress(part.read_bytes())) for part in parts)
    line(name, f"{raw / 1e3:,.1f} / {packed / 1e3:,.1f} kB")
