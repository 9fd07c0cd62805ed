"""Apply each operation of the browser's log once, in order, and say how far it got.

The browser sends its unacknowledged operations again and again until they are acknowledged, so
every operation may arrive several times. The ledger remembers the last number applied.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TypedDict
from uuid import uuid4

from components.board.log import Log
from components.board.operation import Operation

logger = logging.getLogger(__name__)

Known = tuple[int, Mapping[int, str]] | None

MAX_CREATED = 1_000
"""How many created nodes are remembered, for operations that refer to them as `#n`."""


class Answer(TypedDict):
    """The part of the board's state that acknowledges operations.

    `ack` is the number of the last operation applied of the log `client`, by the ledger `ledger`.
    """

    ledger: str
    client: str
    ack: int


def to_apply(last: int | None, log: Log) -> tuple[Operation, ...]:
    """The operations of a log that still have to be applied, in order.

    Args:
        last: the number of the last operation applied for the log's client; None where the client
            is new. A new client may begin with any number: what came before was acknowledged.
        log: the client's unacknowledged operations, oldest first.

    Returns:
        The operations after `last`; none if the first of them would leave a gap, because an
        operation without the ones before it would do something else.
    """
    if last is None:
        return log.operations
    if log.operations[0].n > last + 1:
        logger.warning(
            "refused operations %d onwards of client %s: %d is missing",
            log.operations[0].n,
            log.client,
            last + 1,
        )
        return ()
    return tuple(operation for operation in log.operations if operation.n > last)


class Ledger:
    """What has been applied of the logs of one browser tab.

    A new board has a new ledger, and a log that was written for another one is left alone until the
    browser has read the new ledger's id and sent what is truly unacknowledged.

    Not thread-safe.
    """

    def __init__(self) -> None:
        self.id = uuid4().hex
        self._clients: dict[str, str] = {}
        self._last: dict[tuple[str, str], int] = {}
        self._created: dict[tuple[str, str, int], str] = {}

    def apply(
        self,
        log: Log,
        document: str,
        perform: Callable[[Operation], str | None],
        before: Callable[[str], Known] = lambda _: None,
    ) -> int:
        """Apply what is new in a log of this document.

        Args:
            log: what the browser sent; logs for other documents or ledgers are left alone.
            document: the id of the document that is shown.
            perform: does one operation and returns the id of the node that it created, if any.
                An operation counts as applied even where this raises: it isn't tried again.
            before: what earlier sessions have applied of a client's log: the last number that
                changed the document, and the nodes that were created, by number.

        Returns:
            How many operations were new.
        """
        if log.document != document or log.ledger != self.id:
            return 0
        key = (document, log.client)
        operations = to_apply(self._last.get(key), log)
        known = before(log.client) if key not in self._last else None
        if known is not None:  # a new session of a page that keeps sending
            operations = tuple(op for op in operations if op.n > known[0])
            self._clients[document], self._last[key] = log.client, log.operations[-1].n
            self._created |= {(*key, number): node for number, node in known[1].items()}
        for operation in operations:
            self._clients[document] = log.client
            self._last[key] = operation.n
            resolved = self._resolve(operation, key)
            created = perform(resolved) if resolved is not None else None
            if created is not None:
                self._remember(key, operation.n, created)
        return len(operations)

    def answer(self, document: str) -> Answer:
        """The part of the editor's data to send after `apply`."""
        client = self._clients.get(document, "")
        return Answer(ledger=self.id, client=client, ack=self._last.get((document, client), 0))

    def _resolve(self, operation: Operation, key: tuple[str, str]) -> Operation | None:
        """The operation with ids for `#n`; None where operation `n` created nothing."""
        found = operation.resolved(lambda name: self._known(name, key))
        if found is None:
            logger.warning("skipped operation %d: it names a node that is not there", operation.n)
        return found

    def _known(self, name: str, key: tuple[str, str]) -> str | None:
        """The node that an operation created, by its `#n`."""
        return self._created.get((*key, int(name[1:]))) if name[1:].isdecimal() else None

    def _remember(self, key: tuple[str, str], number: int, node: str) -> None:
        self._created[(*key, number)] = node
        while len(self._created) > MAX_CREATED:
            del self._created[next(iter(self._created))]
