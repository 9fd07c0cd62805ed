"""A person's operations on the board, as the browser reports them.

The browser keeps a numbered log of operations and sends those not yet acknowledged, oldest first.
Everything from a browser is untrusted: a log is accepted or refused as a whole.
"""

import logging
from typing import TYPE_CHECKING, Annotated, Self, Union

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictStr,
    ValidationError,
    model_validator,
)

from builder.system.errors import BuilderError
from components.board import operations
from components.board.operation import Operation, operation_types

logger = logging.getLogger(__name__)

MAX_OPERATIONS = 1_000
"""The most operations in a log; the browser sends at most 200 at a time."""

__all__ = ["MAX_OPERATIONS", "Log", "operations", "read_body"]

if TYPE_CHECKING:
    AnyOperation = Operation
else:  # whatever `operations` declares: `|` does not join the types of a tuple
    AnyOperation = Annotated[Union[operation_types()], Field(discriminator="op")]  # noqa: UP007


class Log(BaseModel):
    """Operations of one browser page on one document, numbered without a gap, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    client: Annotated[StrictStr, Field(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    document: Annotated[StrictStr, Field(max_length=200)]
    ledger: Annotated[StrictStr, Field(max_length=64)]
    operations: Annotated[
        tuple[AnyOperation, ...],
        Field(alias="ops", min_length=1, max_length=MAX_OPERATIONS),
    ]

    @model_validator(mode="after")
    def _numbers_follow_each_other(self) -> Self:
        first = self.operations[0].n
        numbers = [operation.n for operation in self.operations]
        if numbers != list(range(first, first + len(numbers))):
            raise ValueError("operations must be numbered without a gap")
        return self


def read_body(body: bytes) -> Log:
    """Reads what the browser posted, as JSON.

    Raises:
        BuilderError: It is not a log. It is logged as a warning too, without the content.
    """
    try:
        return Log.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        # As a shortened repr: names of fields come from the browser too.
        place, reason = ascii(".".join(map(str, first["loc"])))[:200], first["msg"][:200]
        logger.warning("refused a log from the browser: %s: %.200r", place, reason)
        where = f" at {place}" if first["loc"] else ""
        raise BuilderError(
            f"these operations cannot be read: {reason}{where}", "reload the page"
        ) from None
