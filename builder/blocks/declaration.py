"""Everything that is declared once: blocks, values of blocks, training settings, scaling.

A declaration is a frozen pydantic dataclass. Form, command-line option, JSON, validation and help
are derived from its parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from itertools import islice
from typing import Any, Self, TypeVar, cast, dataclass_transform, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from builder.blocks.parameter import Parameter
from builder.system.errors import ParameterError, Refusal
from builder.system.expectations import expected

MAX_LIST = 4_096
"""The most entries of a parameter, since reporting each wrong one costs time."""
MAX_UNKNOWN = 16
"""How many unknown parameters are reported one by one."""

CONFIG = ConfigDict(
    extra="forbid",
    str_max_length=200,
    field_title_generator=lambda name, _: name,  # else "Weight Decay"; a declared title stays
)

DeclarationT = TypeVar("DeclarationT")


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def declaration(cls: type[DeclarationT]) -> type[DeclarationT]:
    """Makes a class a frozen, hashable and validated dataclass that refuses unknown parameters."""
    decorated: Any = dataclass(cls, frozen=True, config=CONFIG)
    return decorated


class Declared:
    """Base of everything that is declared; a subclass is decorated with `declaration`."""

    @classmethod
    def type_name(cls) -> str:
        """Its name in messages."""
        return cls.__name__

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """The parameters in the order of their declaration, which is Keras's where Keras has them.

        The tag that distinguishes the alternatives of a choice is not included.
        """
        hints = get_type_hints(cls, include_extras=True)
        found = [
            Parameter(
                name=field.name,
                annotation=hints[field.name],
                default=_default(field.default),
                required=field.default is MISSING,
                positional=not field.kw_only,
            )
            for field in fields(cast(Any, cls))
        ]
        return tuple(parameter for parameter in found if not parameter.is_constant)

    @classmethod
    def create(cls, values: Mapping[str, Any]) -> Self:
        """Makes one from plain values.

        Args:
            values: Values by name; a parameter that is left out keeps its default.

        Raises:
            ParameterError: A name is unknown or a value is out of range.
        """
        too_long = [
            Refusal((name,), value, f"at most {MAX_LIST:,} entries")
            for name, value in values.items()
            if isinstance(value, list | tuple) and len(cast(Sequence[Any], value)) > MAX_LIST
        ]
        if too_long:
            raise ParameterError(owner=cls.type_name(), refusals=too_long)
        _check_names(cls, values)
        try:
            return adapter(cls).validate_python(dict(values))
        except ValidationError as error:
            raise parameter_error(cls, error, values) from None

    def values(self) -> dict[str, Any]:
        """The parameters' values by name, as plain JSON values."""
        return adapter(type(self)).dump_python(self, mode="json")


@cache
def adapter(cls: type[DeclarationT]) -> TypeAdapter[DeclarationT]:
    """The adapter with which pydantic reads and writes a declaration."""
    return TypeAdapter(cls)


def _check_names(cls: type[Declared], values: Mapping[str, Any]) -> None:
    """Refuses a flood of unknown parameters; pydantic would write an error for each."""
    names = {parameter.name for parameter in cls.parameters()}
    if len(values) > len(names) + MAX_UNKNOWN:
        unknown = islice((name for name in values if name not in names), MAX_UNKNOWN)
        refusals = [_unknown(cls, (name,), values[name]) for name in unknown]
        raise ParameterError(owner=cls.type_name(), refusals=refusals)


def _unknown(holder: type[Declared], path: tuple[str, ...], value: Any) -> Refusal:
    """Refuses a parameter that a declaration does not have."""
    names = ", ".join(parameter.name for parameter in holder.parameters())
    return Refusal(path, value, names or "none", is_unknown=True)


def parameter_error(
    cls: type[Declared], error: ValidationError, values: Mapping[str, Any]
) -> ParameterError:
    """Makes an error with a refusal for each wrong parameter of pydantic's error.

    Args:
        cls: The declaration.
        error: What pydantic says of the values.
        values: The values that it refuses, by name.
    """
    first: dict[tuple[str, ...], Refusal] = {}
    for details in cast(list[dict[str, Any]], error.errors(include_url=False)):
        refusal = _refusal(cls, details, values)
        first.setdefault(refusal.path, refusal)  # for a union, what its first type expects
    return ParameterError(owner=cls.type_name(), refusals=tuple(first.values()))


def _refusal(cls: type[Declared], details: Mapping[str, Any], values: Mapping[str, Any]) -> Refusal:
    path, holder = _place(cls, details["loc"])
    if details["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown(holder, path, details["input"])
    parameter = next((one for one in holder.parameters() if path[-1:] == (one.name,)), None)
    schema = parameter.schema if parameter else None
    context = details.get("ctx", {})
    if details["type"] == "union_tag_invalid":
        return Refusal(path, context["tag"], expected(details, schema))
    if details["type"] == "union_tag_not_found":
        return Refusal(path, details["input"], f"an object with the key {context['discriminator']}")
    received = _received(values, path) if parameter else details["input"]
    return Refusal(path, received, expected(details, schema))


def _received(values: Any, path: Sequence[str]) -> Any:
    """The value of a parameter, of a wrong number in a list the whole list; None for none given.

    Args:
        values: Plain values by name, or declared ones.
        path: Names of parameters, between them the kinds that were chosen.
    """
    for name in path[::2]:
        is_plain = isinstance(values, Mapping)
        values = values.get(name) if is_plain else getattr(values, name, None)
    return values


def _place(
    cls: type[Declared], location: Sequence[str | int]
) -> tuple[tuple[str, ...], type[Declared]]:
    """The parameter of pydantic's error, and the declaration that it belongs to.

    A location also names the branch of a union and the place in a list:
    `("kernel_size", "tuple[int, int]", 0)` is the parameter `("kernel_size",)`.
    """
    if not location:
        return (), cls
    name, *rest = location
    parameter = next((one for one in cls.parameters() if one.name == name), None)
    if parameter is None or not rest or rest[0] not in parameter.variants:
        return (str(name),), cls
    kind = str(rest[0])
    inner, holder = _place(parameter.variants[kind], rest[1:])
    return (str(name), kind, *inner), holder


def _default(default: Any) -> Any:
    value = default.default if isinstance(default, FieldInfo) else default
    return None if value is MISSING else value
