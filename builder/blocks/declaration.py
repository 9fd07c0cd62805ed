"""How a block, or a value that a block holds, is declared: a frozen pydantic dataclass."""

from typing import Any, TypeVar, dataclass_transform

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

CONFIG = ConfigDict(extra="forbid", str_max_length=200)

DeclarationT = TypeVar("DeclarationT")


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def declaration(cls: type[DeclarationT]) -> type[DeclarationT]:
    """Makes a class a frozen, hashable and validated dataclass that refuses unknown parameters."""
    decorated: Any = dataclass(cls, frozen=True, config=CONFIG)
    return decorated
