"""Paths of files as tuples, and the folders that lie around them."""

from collections.abc import Iterable

from builder.system.errors import MAX_SHOWN, shown

Parts = tuple[str, ...]
"""A path: the folders, then the file."""


def listed(names: Iterable[str]) -> str:
    """The names, the first of them where they are many."""
    every = [
        name if name.isprintable() and len(name) <= MAX_SHOWN else shown(name) for name in names
    ]
    return ", ".join(every[:8]) + (" …" if len(every) > 8 else "")


def folders_in(rests: Iterable[Parts]) -> set[str]:
    """The folders that files lie in."""
    return {rest[0] for rest in rests if len(rest) > 1}


def wrapper(paths: Iterable[Parts], name: str = "") -> Parts:
    """The folders that all others lie in, from the outside in.

    Args:
        paths: Of the files.
        name: Of the folder that the paths start in: one of the same name in it counts as well.
    """
    found, taken = list(paths), list[str]()
    while True:
        tops = folders_in(found)
        deeper = any(len(parts) > 2 for parts in found)
        if len(tops) != 1 or not (deeper or tops == {name}):
            return tuple(taken)
        taken += tops
        found = [without(parts, tuple(tops)) for parts in found]


def without(parts: Parts, outer: Parts) -> Parts:
    """A path inside of other folders; of one beside them the file alone is left."""
    inside = len(parts) > len(outer) and parts[: len(outer)] == outer
    return parts[len(outer) :] if inside else parts[-1:]
