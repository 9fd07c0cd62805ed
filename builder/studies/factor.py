"""What every factor of a study has in common.

A factor names what is varied, and its levels. Applied at a level it makes the next network and
settings of two that are given, as a pure function; the base is what is there without any.
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
        """Between what its levels lie; None where they are a list."""
        return None

    def choices(self) -> tuple[Any, ...]:
        """The levels of a grid, a range's too."""
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
        """The level that a subject has as it is; None where it is none of a list."""
        raise NotImplementedError

    def apply(self, subject: Subject, level: Any) -> Subject:
        """The subject at a level.

        Raises:
            BuilderError: There is nothing of the kind in the subject, or it refuses the level.
        """
        raise NotImplementedError

    def axes(self, level: Any) -> Mapping[str, Any]:
        """A level as values on the axes of a picture, by their names."""
        return {self.name: level}

    def describe(self, level: Any) -> str:
        """A level as a variant's title has it: `filters 32`."""
        return f"{self.name} {level}"


class ListedFactor(Factor):
    """A factor whose levels are given."""

    levels: Levels

    @property
    def range(self) -> Range | None:
        return self.levels if isinstance(self.levels, Range) else None

    def choices(self) -> tuple[Any, ...]:
        return self.levels.grid() if isinstance(self.levels, Range) else self.levels
