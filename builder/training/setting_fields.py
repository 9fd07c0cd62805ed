"""The individual settings of a training, derived from the declarations.

The options of a choice, such as the optimizers, have their own settings. Each is listed once, with
the options that have it: `optimizer.momentum` belongs to SGD and RMSprop. The form shows the
settings of the chosen option; the command line has an option for each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from builder.blocks.declaration import Declared
from builder.blocks.parameter import OPEN, Parameter, Section
from builder.training.settings import TrainingSettings

NONE = "none"
"""The text for a missing value."""


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting.

    Attributes:
        path: Where it stands: `("epochs",)`, `("optimizer", "momentum")`.
        parameters: Its declaration by each option that has it, or by an empty name if it belongs to
            the training itself.
    """

    path: tuple[str, ...]
    parameters: Mapping[str, Parameter]

    @property
    def first(self) -> Parameter:
        """Its declaration; the first of several, which have the same meaning and type."""
        return next(iter(self.parameters.values()))

    @property
    def owners(self) -> tuple[str, ...]:
        """The options that have it; empty if it belongs to the training itself."""
        return tuple(name for name in self.parameters if name)

    @property
    def is_optional(self) -> bool:
        """Whether it may be absent."""
        return any(parameter.is_optional for parameter in self.parameters.values())

    @property
    def defaults(self) -> tuple[Any, ...]:
        """Its default for each owner; a single value if there is no owner."""
        return tuple(
            getattr(parameter.default, parameter.tag) if parameter.tag else parameter.default
            for parameter in self.parameters.values()
        )


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting that has an effect on a training, as its form shows it.

    Attributes:
        path: Where it stands: `("epochs",)`, `("optimizer", "momentum")`.
        owner: The option that it belongs to; empty for the training itself.
        parameter: Its declaration; for one with kinds, the choice between them.
        value: Its value as plain JSON; for a choice, the name of the kind.
    """

    path: tuple[str, ...]
    owner: str
    parameter: Parameter
    value: Any


@cache
def setting_fields(declared: type[Declared] = TrainingSettings) -> tuple[SettingField, ...]:
    """All settings in the order of their declaration; a choice precedes its options' settings."""
    return tuple(field for parameter in declared.parameters() for field in _fields(parameter))


def shown_settings(settings: Declared) -> list[tuple[Section, list[ShownSetting]]]:
    """The settings that have an effect, section by section.

    Within a section, the settings of an option come last.
    """
    values = settings.values()
    shown = [_shown(field, settings, values) for field in setting_fields(type(settings))]
    sections: dict[Section, list[ShownSetting]] = {}
    for section, setting in sorted(filter(None, shown), key=lambda each: len(each[1].path)):
        sections.setdefault(section, []).append(setting)
    return list(sections.items())


def with_setting(
    values: Mapping[str, Any],
    path: tuple[str, ...],
    value: Any,
    declared: type[Declared] = TrainingSettings,
) -> dict[str, Any]:
    """Plain values of settings, with another value for one of them.

    Args:
        values: By name; what is left out has its default.
        path: Which setting: `("epochs",)`, `("optimizer", "momentum")`.
        value: The new value; for a choice, the name of a kind, which begins with its defaults.
        declared: The declaration of the settings.
    """
    name, *inner = path
    tag = choice_of(name, declared).tag
    before = values.get(name)
    chosen = dict(cast(Mapping[str, Any], before if isinstance(before, Mapping) else {}))
    if inner:
        value = {tag: usual_kind(name, declared)} | chosen | {inner[0]: value}
    elif tag:
        value = chosen if chosen.get(tag) == value else {tag: value}
    return {**values, name: value}


def choice_of(name: str, declared: type[Declared] = TrainingSettings) -> Parameter:
    """The declaration of a setting of the training itself."""
    return next(parameter for parameter in declared.parameters() if parameter.name == name)


def usual_kind(name: str, declared: type[Declared] = TrainingSettings) -> str:
    """The default kind of a choice."""
    choice = choice_of(name, declared)
    return getattr(choice.default, choice.tag)


def read_setting(field: SettingField, text: str) -> Any:
    """The plain value of a text; the text itself where it has none.

    Wrong values are not refused here: the validation of the settings does that, as everywhere else.
    """
    if field.is_optional and text.strip().lower() == NONE:
        return None
    kind = field.first.kind
    if kind is tuple:
        return [_number(int, part) for part in text.split(",")]
    return _number(kind, text) if kind in (int, float) else text


def _fields(parameter: Parameter) -> Iterator[SettingField]:
    yield SettingField((parameter.name,), {"": parameter})
    own: dict[str, dict[str, Parameter]] = {}
    for owner, declared in parameter.variants.items():
        for inner in declared.parameters():
            own.setdefault(inner.name, {})[owner] = inner
    for name, parameters in own.items():
        yield SettingField((parameter.name, name), parameters)


def _shown(
    field: SettingField, settings: Declared, values: Mapping[str, Any]
) -> tuple[Section, ShownSetting] | None:
    """A setting with its section; None where it has no effect."""
    name, *inner = field.path
    choice = choice_of(name, type(settings))
    value = values[name]
    if not inner:
        kind = value[choice.tag] if choice.tag else value
        shown = ShownSetting(field.path, "", choice, kind)
        return (choice.section or OPEN, shown) if choice.applies(settings) else None
    owner = value[choice.tag]
    parameter = field.parameters.get(owner)
    if parameter is None or not parameter.applies(getattr(settings, name)):
        return None
    shown = ShownSetting(field.path, owner, parameter, value[inner[0]])
    return parameter.section or choice.section or OPEN, shown


def _number(kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text
