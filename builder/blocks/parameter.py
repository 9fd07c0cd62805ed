"""A parameter of a declaration, and the marks in its annotation.

    filters: Annotated[Count, Field(description="Number of output channels."), Role.WIDTH]

Type, range and help are pydantic's; a mark adds what pydantic has no word for: what scaling does to
the parameter (`Role`), where a form shows it (`Section`), and when it has an effect (`Applies`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

MarkT = TypeVar("MarkT")


class Role(StrEnum):
    """How scaling a network changes a parameter."""

    WIDTH = "width"
    """A number of channels."""
    DEPTH = "depth"
    """A number of layers or blocks in a row."""
    RESOLUTION = "resolution"
    """A height or width in pixels."""
    BLOCKS_BEFORE = "blocks before"
    """How many blocks of the network come before the node's own, for stochastic depth."""
    BLOCKS_TOTAL = "blocks in total"
    """How many blocks the network has, for stochastic depth."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form. Sections come in the order in which the declaration first names them.

    Attributes:
        name: Unique in the form.
        title: The title under which it is folded; empty for a section that is always open.
    """

    name: str
    title: str = ""


OPEN = Section("open")
"""The section of a parameter without such a mark."""
MORE = Section("more", "More")
"""Parameters that few people change."""


@dataclass(frozen=True, slots=True)
class Applies:
    """When a parameter has an effect; a form only offers those that have one.

    Attributes:
        when: Is given the declared value that holds the parameter.
    """

    when: Callable[[Any], bool]


@dataclass(frozen=True)
class Parameter:
    """A parameter, as its form, its command-line option and its documentation need it.

    Attributes:
        name: Keras's name, where Keras has the parameter.
        annotation: Its type, with range, help and marks.
        default: Its default; None where a value is required.
        required: Whether a value has to be given.
        positional: Whether it is positional in Keras; such a parameter is always written out.
    """

    name: str
    annotation: Any
    default: Any
    required: bool
    positional: bool

    @cached_property
    def help(self) -> str:
        """One sentence on what it does; the outermost one overrides that of a shared type."""
        texts = (info.description for info in _marks(self.annotation, FieldInfo))
        return next((text for text in texts if text), "")

    @cached_property
    def label(self) -> str:
        """The text beside its field."""
        titles = (info.title for info in _marks(self.annotation, FieldInfo))
        return next((title for title in titles if title), self.name)

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """Its JSON schema, from which widget and range are derived."""
        return TypeAdapter(self.annotation).json_schema()

    @cached_property
    def role(self) -> Role | None:
        """How scaling changes it; None if it does not."""
        return self._mark(Role)

    @cached_property
    def section(self) -> Section | None:
        """Its section in a form; None where the declaration does not say."""
        return self._mark(Section)

    def applies(self, holder: object) -> bool:
        """Whether it has an effect, given the other values of its declaration."""
        mark = self._mark(Applies)
        return mark is None or mark.when(holder)

    @cached_property
    def tag(self) -> str:
        """For a choice between declarations, the name of the tag."""
        tags = (info.discriminator for info in _marks(self.annotation, FieldInfo))
        return next((tag for tag in tags if isinstance(tag, str)), "")

    @cached_property
    def variants(self) -> Mapping[str, type[Any]]:
        """For a choice between declarations, these by their tags."""
        if not self.tag:
            return {}
        return {_tag_value(member, self.tag): member for member in _members(self.annotation)}

    @cached_property
    def is_constant(self) -> bool:
        """Whether it has one value only: it is the tag of a choice."""
        return len(get_args(plain := _plain(self.annotation))) == 1 and get_origin(plain) is Literal

    @cached_property
    def is_optional(self) -> bool:
        """Whether None is allowed."""
        return any(part is NoneType for part in _branches(self.annotation))

    @cached_property
    def kind(self) -> type:
        """The type of its values, apart from None; the first if there are several."""
        plain = _plain(self.annotation)
        return str if get_origin(plain) is Literal or self.tag else get_origin(plain) or plain

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """Its allowed texts; empty where other values are possible."""
        plain = _plain(self.annotation)
        return get_args(plain) if get_origin(plain) is Literal else tuple(self.variants)

    def _mark(self, kind: type[MarkT]) -> MarkT | None:
        return next(_marks(self.annotation, kind), None)


def _marks(hint: Any, kind: type[MarkT]) -> Iterator[MarkT]:
    """All marks in a hint, including those inside a union; the outermost first."""
    if get_origin(hint) is Annotated:
        inner, *metadata = get_args(hint)
        yield from (mark for mark in reversed(metadata) if isinstance(mark, kind))
        yield from _marks(inner, kind)
    elif get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _marks(part, kind)


def _branches(hint: Any) -> Iterator[Any]:
    """The types that a hint allows, without marks."""
    if get_origin(hint) is Annotated:
        yield from _branches(get_args(hint)[0])
    elif get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _branches(part)
    else:
        yield hint


def _members(hint: Any) -> Iterator[Any]:
    return (branch for branch in _branches(hint) if branch is not NoneType)


def _plain(hint: Any) -> Any:
    return next(_members(hint))


def _tag_value(member: type[Any], tag: str) -> str:
    return get_args(_plain(get_type_hints(member, include_extras=True)[tag]))[0]
