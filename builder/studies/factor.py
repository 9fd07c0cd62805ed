"""The base of all factors of a study.

A factor names what is varied, and its levels. `apply` is a pure function: it takes a network and
settings, and returns them at a level. The base of a study has no factor applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from builder.blocks.declaration import Declared
from builder.network.architecture import Architecture
from builder.studies.ranges import Range
from builder.training.settings import TrainingSettings

Levels = Annotated[
    tuple[Any, ...] | Range,
    Field(description="The values that are tried: a list, or a range."),
]


Dimension = Range | tuple[Any, ...]
"""What one value of a search is drawn from."""


@dataclass(frozen=True)
class Subject:
    """What factors are applied to.

    Attributes:
        architecture: The network.
        settings: How it is trained.
    """

    architecture: Architecture
    settings: TrainingSettings


class Factor(Declared):
    """Something that a study varies. Its levels are plain JSON values.

    A field `kind` tells the factors of a file apart.
    """

    @classmethod
    def type_name(cls) -> str:
        return "what is varied"

    @property
    def name(self) -> str:
        """What a person calls it: `conv2d_1.filters`, `learning_rate`, `shortcuts`."""
        raise NotImplementedError

    @property
    def range(self) -> Range | None:
        """The range of its levels; None where they are a list."""
        return None

    def choices(self) -> tuple[Any, ...]:
        """The levels of a grid; those of a range at its steps."""
        raise NotImplementedError

    def dimensions(self) -> Mapping[str, Dimension]:
        """What a search draws a level from, by name; most factors are a single dimension."""
        return {self.name: self.range or self.choices()}

    def level_at(self, drawn: Mapping[str, Any]) -> Any:
        """The level that a search has drawn.

        Args:
            drawn: A value of each dimension by its name.
        """
        return drawn[self.name]

    def base(self, subject: Subject) -> Any:
        """The level that a subject already has; None where a list has no such level."""
        raise NotImplementedError

    def apply(self, subject: Subject, level: Any) -> Subject:
        """The subject at a level.

        Raises:
            BuilderError: The subject lacks what is varied, or refuses the level.
        """
        raise NotImplementedError

    def axes(self, level: Any) -> Mapping[str, Any]:
        """A level as values on the axes of a picture, by their names."""
        return {self.name: level}

    def describe(self, level: Any) -> str:
        """A level in the words of a variant's title: `filters 32`."""
        return f"{self.name} {level}"


class ListedFactor(Factor):
    """A factor whose levels are given."""

    levels: Levels

    @property
    def range(self) -> Range | None:
        return self.levels if isinstance(self.levels, Range) else None

    def choices(self) -> tuple[Any, ...]:
        return self.levels.grid() if isinstance(self.levels, Range) else self.levels
