"""Every setting of a training by itself, derived from the declarations, and read from text.

A choice such as the optimizer has settings of its own. They are listed once each, with the names of
the choices that have them: `optimizer.momentum` is one of SGD and RMSprop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from builder.training.settings import TrainingSettings

NONE = "none"
"""How a value that may be absent is written."""


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting.

    Attributes:
        path: Where it stands: `("epochs",)`, `("optimizer", "momentum")`.
        kind: `bool`, `int`, `float`, `str`, or `tuple` for whole numbers.
        choices: The texts that it may be; empty where others are possible.
        is_optional: Whether it may be absent.
        description: What it does.
        owners: The choices that have it; empty where it belongs to the training itself.
        defaults: Its usual value for each owner; one value where there is no owner.
    """

    path: tuple[str, ...]
    kind: type
    choices: tuple[str, ...]
    is_optional: bool
    description: str
    owners: tuple[str, ...]
    defaults: tuple[Any, ...]


@cache
def setting_fields(declared: type[Any] = TrainingSettings) -> tuple[SettingField, ...]:
    """All settings in the order of their declaration; a choice comes before its own settings."""
    return tuple(field for name, info in _infos(declared) for field in _fields(name, info))


def read_setting(field: SettingField, text: str) -> Any:
    """The plain value that a text means; the text itself where it means none.

    What the settings take is decided where they are validated, so that a wrong value is refused
    there as everywhere else.
    """
    if field.is_optional and text.strip().lower() == NONE:
        return None
    if field.kind is tuple:
        return [_number(int, part) for part in text.split(",")]
    return _number(field.kind, text) if field.kind in (int, float) else text


def _fields(name: str, info: FieldInfo) -> Iterator[SettingField]:
    variants = _variants(info)
    if not variants:
        yield _field((name,), info)
        return
    names = tuple(variants)
    default: Any = info.get_default()
    yield SettingField((name,), str, names, False, info.description or "", (), (default.name,))
    own: dict[str, SettingField] = {}
    for owner, declared in variants.items():
        for key, part in _infos(declared):
            if key == "name":
                continue
            field, before = _field((name, key), part, owner), own.get(key)
            own[key] = _joined(before, field) if before else field
    yield from own.values()


def _field(path: tuple[str, ...], info: FieldInfo, owner: str = "") -> SettingField:
    kind, choices, is_optional = _kind(info.annotation)
    owners = (owner,) if owner else ()
    default = info.get_default()
    return SettingField(
        path, kind, choices, is_optional, info.description or "", owners, (default,)
    )


def _joined(first: SettingField, other: SettingField) -> SettingField:
    """A setting that several choices have; what it does is said by the first of them."""
    return replace(
        first,
        is_optional=first.is_optional or other.is_optional,
        owners=first.owners + other.owners,
        defaults=first.defaults + other.defaults,
    )


def _infos(declared: type[Any]) -> list[tuple[str, FieldInfo]]:
    return list(declared.__pydantic_fields__.items())


def _variants(info: FieldInfo) -> dict[str, type[Any]]:
    """The choices of a setting that has settings of its own, by their names."""
    if info.discriminator != "name":
        return {}
    return {declared().name: declared for declared in get_args(info.annotation)}


def _kind(annotation: Any) -> tuple[type, tuple[str, ...], bool]:
    """The kind of a value, the texts that it may be, and whether it may be absent."""
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        (given,) = (part for part in get_args(annotation) if part is not NoneType)
        return (*_kind(given)[:2], True)
    if get_origin(annotation) is Literal:
        return str, get_args(annotation), False
    return get_origin(annotation) or annotation, (), False


def _number(kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text
