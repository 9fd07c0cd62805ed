"""What has changed on a board since a version that a browser has.

Each field and each node is remembered with the version in which it changed last. So what is new
since any earlier version can be told without keeping earlier states:

    version 7: filters of conv_1 set     conv_1 → 7, title → 1, order → 1
    version 8: dropout_1 added behind    dropout_1 → 8, order → 8
    since 6: conv_1, dropout_1, the order;  since 7: dropout_1, the order;  since 8: nothing

What is told since an older version may be applied to a newer state too: it holds more than needed,
all of it as it is now. Answers and events may therefore overtake each other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.board.ledger import Answer
from components.board.payload import Delta, NodeRow


class Changes:
    """Versions of one board's state. Not thread-safe.

    Attributes:
        version: The number of the latest state; 0 before the first.
    """

    def __init__(self) -> None:
        self.version = 0
        self._fields: dict[str, tuple[int, Any]] = {}
        self._nodes: dict[str, tuple[int, NodeRow]] = {}
        self._order: tuple[int, list[str]] = (0, [])

    def record(self, fields: Mapping[str, Any], nodes: Sequence[NodeRow]) -> None:
        """Notes the present state; one that says the same as before is no new version."""
        now = self.version + 1
        old = self._fields, self._nodes, self._order
        self._fields = {
            name: _noted(old[0].get(name), value, now) for name, value in fields.items()
        }
        self._nodes = {node["id"]: _noted(old[1].get(node["id"]), node, now) for node in nodes}
        self._order = _noted(self._order, [node["id"] for node in nodes], now)
        noted = (self._order, *self._fields.values(), *self._nodes.values())
        if any(since == now for since, _ in noted):
            self.version = now

    def since(self, base: int | None, answer: Answer) -> Delta:
        """Tells what has changed.

        Args:
            base: The version that the browser has; None, or one that was never given, for none.
            answer: How far the browser's operations are applied.
        """
        known = base if base is not None and 0 < base <= self.version else None
        after = known or 0
        ordered, order = self._order
        fields = {name: value for name, (since, value) in self._fields.items() if since > after}
        return Delta(
            **answer,
            base=known,
            version=self.version,
            fields=fields,
            nodes=[node for since, node in self._nodes.values() if since > after],
            order=order if known is not None and ordered > after else None,
        )


def _noted(before: tuple[int, Any] | None, value: Any, now: int) -> tuple[int, Any]:
    """A value with the version in which it became what it is."""
    return before if before is not None and before[1] == value else (now, value)
