"""A person's operations in the editor, as the browser reports them.

The browser keeps a numbered log of operations and sends those not yet acknowledged, oldest first.
Everything from a browser is untrusted: a log is accepted or refused as a whole.
"""

import logging
from typing import Annotated, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

logger = logging.getLogger(__name__)

MAX_OPERATIONS = 1_000
"""The most operations in a log; the browser sends at most 200 at a time."""
MAX_OPEN = 1_000
"""The most open nodes and parts."""
MAX_SELECTED = 2_000
"""The most selected nodes."""
MAX_PASTED = 2_000_000
"""The longest pasted text."""

_CONFIG = ConfigDict(extra="forbid", validate_by_name=True)

Number = Annotated[StrictInt, Field(ge=1, le=2**53)]
PartKey = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}(/\d{1,5}){0,20}$")]
"""The id of a node, or the place of something inside of it."""
NodeId = Annotated[StrictStr, Field(min_length=1, max_length=200)]
"""The id of a node, or `#n`: the node that operation `n` of the same log created."""
NodeIds = Annotated[tuple[NodeId, ...], Field(max_length=MAX_SELECTED)]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Add:
    """Place a new block after a node; None places it before the first row."""

    n: Number
    op: Literal["add"] = "add"
    block: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    after: NodeId | None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class AddOnEdge:
    """Place a new block on the connection from one node to another."""

    n: Number
    op: Literal["add_on_edge"] = "add_on_edge"
    block: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    source: NodeId
    target: NodeId


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Attach:
    """Place a new block that reads `source` and is read by `target`, each None for none."""

    n: Number
    op: Literal["attach"] = "attach"
    block: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    source: NodeId | None = None
    target: NodeId | None = None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Paste:
    """Paste copied nodes after a node; None pastes them at the end."""

    n: Number
    op: Literal["paste"] = "paste"
    text: Annotated[StrictStr, Field(max_length=MAX_PASTED)]
    after: NodeId | None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Connect:
    """Connect a node to another one; `port` is the input that is replaced, None adds one."""

    n: Number
    op: Literal["connect"] = "connect"
    source: NodeId
    target: NodeId
    port: Annotated[StrictInt, Field(ge=0, le=1_000)] | None = None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Disconnect:
    """Remove the connection from one node to another."""

    n: Number
    op: Literal["disconnect"] = "disconnect"
    source: NodeId
    target: NodeId


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Select:
    """Select a node, or nothing; `others` are selected as well."""

    n: Number
    op: Literal["select"] = "select"
    node: NodeId | None
    others: NodeIds = ()


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Move:
    """Move a node to the place after another; None moves it to the top."""

    n: Number
    op: Literal["move"] = "move"
    node: NodeId
    after: NodeId | None


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Duplicate:
    """Copy a node to the place right after it."""

    n: Number
    op: Literal["duplicate"] = "duplicate"
    node: NodeId


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Remove:
    """Remove a node, and others with it."""

    n: Number
    op: Literal["remove"] = "remove"
    node: NodeId
    others: NodeIds = ()


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Group:
    """Ask to make a block of a node and others."""

    n: Number
    op: Literal["group"] = "group"
    node: NodeId
    others: NodeIds = ()


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Repeat:
    """Repeat a node `times` times in a row."""

    n: Number
    op: Literal["repeat"] = "repeat"
    node: NodeId
    times: Annotated[StrictInt, Field(ge=1, le=1_000_000)]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Open:
    """Unfold these nodes and parts, and no others."""

    n: Number
    op: Literal["open"] = "open"
    parts: Annotated[tuple[PartKey, ...], Field(max_length=MAX_OPEN)]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Undo:
    """Undo the last edit."""

    n: Number
    op: Literal["undo"] = "undo"


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Redo:
    """Redo the edit that was undone last."""

    n: Number
    op: Literal["redo"] = "redo"


Operation = (
    Add
    | AddOnEdge
    | Attach
    | Paste
    | Connect
    | Disconnect
    | Select
    | Move
    | Duplicate
    | Remove
    | Group
    | Repeat
    | Open
    | Undo
    | Redo
)
_Operation = Annotated[Operation, Field(discriminator="op")]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Log:
    """Operations of one browser page on one document, numbered without a gap, oldest first."""

    client: Annotated[StrictStr, Field(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    document: Annotated[StrictStr, Field(max_length=200)]
    ledger: Annotated[StrictStr, Field(max_length=64)]
    operations: Annotated[
        tuple[_Operation, ...],
        Field(alias="ops", min_length=1, max_length=MAX_OPERATIONS),
    ]

    @model_validator(mode="after")
    def _numbers_follow_each_other(self) -> Self:
        first = self.operations[0].n
        numbers = [operation.n for operation in self.operations]
        if numbers != list(range(first, first + len(numbers))):
            raise ValueError("operations must be numbered without a gap")
        return self


_LOG = TypeAdapter(Log)


def parse_log(value: object) -> Log | None:
    """Read what the browser sent.

    Args:
        value: the component's `log` state from Streamlit.

    Returns:
        The log, or None where there is none or it is not one of ours. The latter is logged as a
        warning, without the content.
    """
    if value is None:
        return None
    try:
        return _LOG.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        # As a shortened repr: names of fields come from the browser too.
        logger.warning("refused a log from the browser: %.200r: %.200r", place, first["msg"])
        return None
