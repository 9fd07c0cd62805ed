"""How serious a message to a person is."""

from enum import StrEnum


class Level(StrEnum):
    """How serious a message is; the most serious level comes first."""

    ERROR = "error"
    """It keeps the network from being built, or the training from starting."""
    WARNING = "warning"
    """It can be left as it is, at a price."""
    INFO = "info"
    """It is merely good to know."""
    GOOD = "good"
    """All is well."""

    @property
    def rank(self) -> int:
        """Its place in the order of seriousness, 0 for an error."""
        return list(Level).index(self)
