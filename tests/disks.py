"""Small disks that are full, for the tests of what happens there."""

from pathlib import Path


def fill(disk: Path) -> Path:
    """Leaves no room at all."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler
