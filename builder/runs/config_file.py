"""The part of a run that is frozen when it is made: settings, origin, and facts known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from builder.runs.json_files import UNREADABLE, describe_damage, read_values, stamp, write_values
from builder.runs.run_state import CONFIG, Whole
from builder.system.errors import BuilderError
from builder.system.formats import Content, Format, declare
from builder.training.settings import SETTINGS, TrainingSettings

_MAX_TEXT = 500


def _with_version_of_settings(values: Content) -> Content:
    """Version 1 kept the settings without their own version."""
    return values | {"settings": {"version": 1, **values["settings"]}}


CONFIG_FORMAT = declare(
    Format(
        "configuration of a run",
        (f"runs/*/{CONFIG}",),
        version=2,
        migrations=(_with_version_of_settings,),
    )
)


def _settings(values: object) -> TrainingSettings:
    if isinstance(values, TrainingSettings):
        return values
    if not isinstance(values, dict):
        raise ValueError("expected an object")
    try:
        return TrainingSettings.create(SETTINGS.current(cast("dict[str, Any]", values)))
    except BuilderError as error:
        raise ValueError(error.message) from None


@dataclass(frozen=True, slots=True)
class _Facts:
    """The types of the facts that a run may hold; others may stand beside them."""

    params: Whole | None = None
    train_images: Whole | None = None
    val_images: int | None = None
    batches_per_epoch: Whole | None = None
    data: Mapping[str, Any] | None = None


def _check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        _FACTS.validate_python(facts)
    except ValidationError as error:
        raise ValueError(describe_damage(error)) from None
    return facts


@dataclass(frozen=True, slots=True)
class Config:
    """The part of a run that is frozen when it is made.

    Attributes:
        name: Of the architecture.
        document_id: The document that the run was started from.
        created: ISO date and time, UTC.
        settings: What is asked for.
        facts: What was known about the model and the data at the start.
    """

    name: Annotated[str, Field(max_length=_MAX_TEXT)]
    document_id: Annotated[str, Field(max_length=_MAX_TEXT)]
    created: Annotated[str, Field(max_length=_MAX_TEXT)]
    settings: Annotated[TrainingSettings, BeforeValidator(_settings)]
    facts: Annotated[Mapping[str, Any], AfterValidator(_check_facts)]


_FACTS = TypeAdapter(_Facts)
_CONFIG = TypeAdapter(Config)


def read_config(folder: Path) -> Config:
    """Reads the frozen part of a run; cached until the file changes.

    Raises:
        OSError: It cannot be read.
        ValueError: It holds something else.
        FormatError: It is of a later version.
    """
    return _read(folder, stamp(folder / CONFIG))


def write_config(folder: Path, run_id: str, config: Config) -> None:
    """Writes the frozen part of a run.

    Raises:
        OSError: It cannot be written.
    """
    values = {
        "id": run_id,
        "name": config.name,
        "document_id": config.document_id,
        "created": config.created,
        "settings": SETTINGS.stamp(config.settings.values()),
        "facts": dict(config.facts),
    }
    write_values(folder / CONFIG, CONFIG_FORMAT, values)


@lru_cache(maxsize=4_096)
def document_of(folder: Path) -> str:
    """The document that a run was started from, which never changes; "" for a damaged run."""
    try:
        return str(read_values(folder / CONFIG, CONFIG_FORMAT).get("document_id", ""))
    except UNREADABLE:
        return ""


@lru_cache(maxsize=8_192)
def _read(folder: Path, _: tuple[int, ...]) -> Config:
    return _CONFIG.validate_python(read_values(folder / CONFIG, CONFIG_FORMAT))
