"""Finds the call of a layer that a reference means; Keras counts the calls in three ways.

Keras 2 counts the creation of a model as its call 0, so a model that is called twice is read as
`["encoder", 1, 0]` and `["encoder", 2, 0]`. A Sequential without an input shape at its first call
has no such call 0, and is read as 0 and 1. Every saved call is read somewhere, so a reference to 0
shows that the creation does not count.

Keras 3 does not count it. Layers read `["encoder", 0, 0]` and `["encoder", 1, 0]`, for a Sequential
too. Only in the list of a model's inputs and outputs does it write 1 and 2 for a functional model,
as if the creation counted; for a Sequential it writes 0 and 1.
"""

from collections.abc import Iterable, Mapping

from builder.importers.entries import SEQUENTIAL, Entry, Reference
from builder.system.errors import FormatError, shown


class Numbering:
    """Counts the calls of one model's layers.

    Args:
        entries: The layers, by name.
        ends: The model's inputs and outputs.
    """

    def __init__(self, entries: Mapping[str, Entry], ends: Iterable[Reference]) -> None:
        self._entries = entries
        read = [r for entry in entries.values() for call in entry.inbound for r in call.references]
        self._read_at_0 = {r.layer for r in (*read, *ends) if r.node == 0}

    def call(self, reference: Reference, *, end: bool = False) -> tuple[str, int]:
        """The layer's name, and the call that is meant, from 0.

        Args:
            reference: The reference.
            end: Whether it is one of the model's own inputs or outputs.

        Raises:
            FormatError: There is no such layer or no such call of it.
        """
        entry = self._entries.get(reference.layer)
        if entry is None:
            raise FormatError(
                f"the model reads a layer {shown(reference.layer)}, which it does not have"
            )
        number = reference.node - self._first(entry, end)
        calls = max(1, len(entry.inbound))
        if not 0 <= number < calls:
            raise FormatError(
                f"the layer {shown(entry.name)} is called {calls} times, not {number + 1}",
                "choose a file that Keras wrote",
            )
        return entry.name, number

    def _first(self, entry: Entry, end: bool) -> int:
        """The number of a layer's first call."""
        if not entry.is_model:
            return 0
        if any(call.old for call in entry.inbound):
            return 0 if entry.name in self._read_at_0 else 1
        return 1 if end and entry.class_name != SEQUENTIAL else 0
