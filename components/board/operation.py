"""What a person can do on the board: the base of all operations, and the types of their fields.

An operation is one class in `operations/`: its fields are what the browser sends, its `perform` is
what the server does. The log reads it, the ledger resolves its references, and its TypeScript type
is generated, without being told of it.
"""

from abc import abstractmethod
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Optional, Self, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

if TYPE_CHECKING:
    from components.board.operator import Operator

MAX_OPEN = 1_000
"""The most open nodes and parts."""
MAX_SELECTED = 2_000
"""The most selected nodes."""
MAX_PASTED = 2_000_000
"""The longest pasted text."""

Number = Annotated[StrictInt, Field(ge=1, le=2**53)]
BlockName = Annotated[StrictStr, Field(min_length=1, max_length=200)]
PartKey = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}(/\d{1,5}){0,20}$")]
"""The id of a node, or the place of something inside of it."""
NodeId = Annotated[StrictStr, Field(min_length=1, max_length=200)]
"""The id of a node, or `#n`: the node that operation `n` of the same log created."""
Port = Annotated[StrictInt, Field(ge=0, le=1_000)]
"""Which of a node's inputs, from 0."""
NodeIds = Annotated[tuple[NodeId, ...], Field(max_length=MAX_SELECTED)]

# Outside of annotations the type checker knows no `|` for what is annotated.
_REFERENCES: tuple[object, ...] = (NodeId, Optional[NodeId], NodeIds)  # noqa: UP045


class Operation(BaseModel):
    """One thing that a person did.

    Attributes:
        n: Its number in the browser's log, counted from 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Number

    @abstractmethod
    def perform(self, operator: "Operator") -> str | None:
        """Does it.

        Args:
            operator: The document and the selection that it applies to.

        Returns:
            The id of the node that it created, if any.

        Raises:
            BuilderError: It is refused; nothing has changed.
        """

    def resolved(self, id_of: Callable[[str], str | None]) -> Self | None:
        """Puts ids in the place of `#n`.

        Args:
            id_of: Gives the id for a reference such as `#7`; None where no node was created.

        Returns:
            None where a node that it needs was not created; missing ones of several are left out.
        """
        changes: dict[str, Any] = {}
        for name in _references(type(self)):
            value = getattr(self, name)
            if isinstance(value, tuple):
                ids = [id_of(each) if each.startswith("#") else each for each in value]
                changes[name] = tuple(each for each in ids if each is not None)
            elif value is not None and value.startswith("#"):
                changes[name] = id_of(value)
                if changes[name] is None:
                    return None
        return self.model_copy(update=changes) if changes else self


def operation_types() -> tuple[type[Operation], ...]:
    """All operations, in the order of their declarations."""
    return tuple(Operation.__subclasses__())


@cache
def _references(kind: type[Operation]) -> tuple[str, ...]:
    """The fields of an operation that name nodes."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(name for name in kind.model_fields if hints[name] in _REFERENCES)
