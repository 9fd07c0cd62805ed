"""Codes whose words are a sentence with gaps, which the fields of the problem fill.

    class EditCode(SentenceCode):
        NAME_TAKEN = "the name {name!r} is taken", "choose another one"

    raise EditError(EditCode.NAME_TAKEN, name="conv_1")

A gap may be formatted as in an f-string, and in some ways more:

    {number:,}              a number
    {number:file|files}     the word for one or for several
    {received!r}            a value that was received, as `shown` writes it
    {names}                 the first of several, where the field is a list or a tuple
    {inner.message}         the sentence of another problem

A code whose words depend on more than its fields is a `Code` with a function instead.
"""

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Any, Self, cast

from builder.system.errors import Code, Words, shown

MAX_LISTED = 5
"""Values of a list that a sentence names."""


class SentenceCode(Code):
    """Base of the enums of such codes.

    A member's value is its template; outside of Python it is told by its name.

    Args:
        message: The sentence for what was received and what was expected.
        fix: The sentence for what to do about it; may be empty.
    """

    template: Words

    def __new__(cls, message: str, fix: str = "") -> Self:
        template = Words(message, fix)
        code = str.__new__(cls, template.line)
        code._value_ = template.line
        code.template = template
        return code

    def words(self, **fields: Any) -> Words:
        return Words(*(_GAPS.vformat(text, (), fields) for text in self.template))

    @property
    def gaps(self) -> frozenset[str]:
        """The names of the fields that its words tell."""
        return frozenset(name for text in self.template for name in _names(text))


class _Gaps(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        one, bar, several = format_spec.partition("|")
        if bar:
            return one if value == 1 else several
        if isinstance(value, list | tuple):
            return _listed(cast(Sequence[Any], value))
        return super().format_field(value, format_spec)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return shown(value) if conversion == "r" else super().convert_field(value, conversion)


def _listed(values: Sequence[Any]) -> str:
    first = ", ".join(shown(value) for value in values[:MAX_LISTED])
    more = len(values) - MAX_LISTED
    return f"{first} and {more:,} more" if more > 0 else first


_GAPS = _Gaps()


def _names(text: str) -> Iterator[str]:
    for _, name, _, _ in _GAPS.parse(text):
        if name is not None:
            yield name.partition(".")[0]
