"""The options of a command that trains: one for each setting, and a file of them."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from builder.blocks.declaration import Declared
from builder.files.json_values import MAX_BYTES, load_json
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError, FormatError, ParameterError, shown
from builder.training.setting_fields import (
    NONE,
    SettingField,
    choice_of,
    read_setting,
    setting_fields,
    usual_kind,
    with_setting,
)
from builder.training.settings import SETTINGS, TrainingSettings

HOLDERS = ("training", "settings")
"""The names under which a document's file and a run's config.json hold settings."""

PANEL = "Settings of the training"
MAX_METAVAR = 26
"""The longest list of choices in the help; longer ones are in the option's text."""

_METAVARS: Mapping[type, str] = {int: "INTEGER", float: "NUMBER", str: "TEXT", tuple: "N,N,…"}


def with_settings(
    declared: type[Declared] = TrainingSettings, helps: Mapping[str, str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command an option for each setting; it receives the given ones as `**given`.

    Args:
        declared: The declaration of the settings.
        helps: Help texts for the command line instead of a setting's description.
    """

    def add(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command)
        own = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        options = [
            _option(field, (helps or {}).get(key(field))) for field in setting_fields(declared)
        ]
        place = next((i for i, one in enumerate(own) if one.default is not one.empty), len(own))
        own[place:place] = options
        command.__dict__["__signature__"] = signature.replace(parameters=own)
        return command

    return add


def key(field: SettingField) -> str:
    """The name of a setting's parameter: `optimizer_momentum`."""
    return "_".join(field.path)


def option(field: SettingField) -> str:
    """The name of a setting's option: `--optimizer-momentum`."""
    return "--" + key(field).replace("_", "-")


def settings_values(
    file: Path | None, given: Mapping[str, Any], declared: type[Declared] = TrainingSettings
) -> dict[str, Any]:
    """The requested settings: those of the file, overridden by the options.

    Args:
        file: JSON of settings; None where none was given.
        given: Values by `key`, None for what was not given.
        declared: The declaration of the settings.

    Raises:
        BuilderError: The file is refused, or two options contradict each other.
    """
    values = _read(file) if file else {}
    for field in setting_fields(declared):
        text = given.get(key(field))
        if text is None:
            continue
        value = text if isinstance(text, bool) else read_setting(field, text)
        if field.owners:
            _check_owner(values, field, declared)
        values = with_setting(values, field.path, value, declared)
    return values


def _check_owner(values: Mapping[str, Any], field: SettingField, declared: type[Declared]) -> None:
    """Refuses an option that belongs to another choice than the one made."""
    name = field.path[0]
    tag = choice_of(name, declared).tag
    before = values.get(name)
    chosen = cast(Mapping[str, Any], before if isinstance(before, Mapping) else {})
    owner = chosen.get(tag, usual_kind(name, declared))
    if owner not in field.owners:
        raise belongs_elsewhere(option(field), name, owner, field.owners)


def belongs_elsewhere(
    given: str, choice: str, chosen: str, owners: Sequence[str]
) -> ParameterError:
    """The error of an option that belongs to another kind than the chosen one.

    Args:
        given: The option.
        choice: What the kinds are of: `optimizer`.
        chosen: The kind that is chosen.
        owners: The kinds that have the option.
    """
    return ParameterError(
        f"received with {choice} {chosen}, expected with {' or '.join(owners)}",
        f"leave it out, or give --{choice} {owners[0]}",
        owner=given,
    )


def _read(file: Path) -> dict[str, Any]:
    """The settings in a file: alone, or those that a document or a run keeps."""
    with explained(f"{file} cannot be read"), file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    try:
        values = load_json(content)
    except BuilderError as error:
        raise FormatError(f"{file}: {error.message}", "give a file of settings") from error
    if isinstance(values, dict):
        kept = cast(dict[str, Any], values)
        holder = next((name for name in HOLDERS if name in kept), None)
        values = kept[holder] if holder else kept
        if holder and values is None:
            raise FormatError(f"{file}: this document has no settings of a training yet")
        if isinstance(values, dict):
            return SETTINGS.current(cast(dict[str, Any], values))
    raise FormatError(
        f"{file}: received {shown(values)}, expected an object of settings",
        'such as {"epochs": 5, "optimizer": {"name": "SGD", "momentum": 0.9}}',
    )


def _option(field: SettingField, text: str | None) -> inspect.Parameter:
    choices = field.first.choices
    words = text or field.first.help
    if field.owners:
        words = f"{', '.join(field.owners)}: {words[:1].lower()}{words[1:]}"
    if len("|".join(choices)) > MAX_METAVAR:
        words = f"{words} One of {', '.join(choices)}."
    kind: Any = str | None
    names = [option(field)]
    about: dict[str, Any] = {
        "help": words,
        "show_default": _usual_text(field),
        "rich_help_panel": PANEL,
    }
    if field.first.kind is bool:
        kind = bool | None
        names = [f"{option(field)}/--no-{option(field)[2:]}"]
    else:
        metavar = "|".join(choices)
        metavar = metavar if 0 < len(metavar) <= MAX_METAVAR else _METAVARS[field.first.kind]
        about["metavar"] = f"{metavar}|{NONE}" if field.is_optional else metavar
    return inspect.Parameter(
        key(field),
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[kind, typer.Option(*names, **about)],
    )


def _usual_text(field: SettingField) -> str:
    texts = [_text(value) for value in field.defaults]
    if len(set(texts)) == 1:
        return texts[0]
    pairs = zip(field.owners, texts, strict=True)
    return ", ".join(f"{owner} {text}" for owner, text in pairs)


def _text(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(map(str, cast(tuple[Any, ...], value)))
    return value if isinstance(value, str) else json.dumps(value)
