"""The colours that mean something: one source for the style sheet, the components and the diagrams.

Each category has a *mark* (a bar, a dot, a border) and an *ink* (text on the page). The light
theme's marks are the Okabe-Ito based colours that the product is known by; some are too pale for
text on white, hence the inks. The dark theme's colours are light enough for both uses.
"""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]

BACKGROUND: dict[ThemeName, str] = {"light": "#FFFFFF", "dark": "#15181C"}
RAISED: dict[ThemeName, str] = {"light": "#F4F5F7", "dark": "#1E2227"}
BORDER: dict[ThemeName, str] = {"light": "#DCE0E5", "dark": "#30363D"}
TEXT: dict[ThemeName, str] = {"light": "#1B1F24", "dark": "#E4E7EB"}
PRIMARY: dict[ThemeName, str] = {"light": "#1F5FBF", "dark": "#7AB0F5"}


@dataclass(frozen=True, slots=True)
class Colour:
    """One meaning's colours, as `#RRGGBB`.

    Attributes:
        light: The mark in the light theme.
        light_ink: The text in the light theme; contrast 4.5 : 1 on both backgrounds.
        dark: Mark and text in the dark theme; contrast 4.5 : 1 on both backgrounds.
    """

    light: str
    light_ink: str
    dark: str

    def mark(self, theme: ThemeName) -> str:
        """Gives the colour of a bar, a dot or a border."""
        return self.light if theme == "light" else self.dark

    def ink(self, theme: ThemeName) -> str:
        """Gives the colour of text."""
        return self.light_ink if theme == "light" else self.dark


CATEGORIES: dict[str, Colour] = {
    "convolution": Colour("#0072B2", "#006AA6", "#56B4E9"),
    "pooling": Colour("#009E73", "#007554", "#34C79B"),
    "normalisation": Colour("#E69F00", "#8F5F00", "#F0B93A"),
    "activation": Colour("#8A63D2", "#7A50C8", "#B79BEB"),
    "regularisation": Colour("#6B7280", "#5C6370", "#A3ABB8"),
    "dense": Colour("#D55E00", "#B04E00", "#F58C42"),
    "merge": Colour("#CC79A7", "#A34A7C", "#E09CC2"),
    "module": Colour("#3B4CCA", "#3B4CCA", "#8E9BFF"),
    "io": Colour("#374151", "#374151", "#B4BCC8"),
}
"""By category, as `builder.blocks` names them; regularisation includes augmentation."""

SIGNALS: dict[str, Colour] = {
    "error": Colour("#C62828", "#B71C1C", "#FF8A80"),
    "warning": Colour("#B26A00", "#8F5500", "#F0B93A"),
    "good": Colour("#1B7F4B", "#1B7F4B", "#5CCB92"),
    "train": Colour("#0072B2", "#006AA6", "#56B4E9"),
    "validation": Colour("#D55E00", "#B04E00", "#F58C42"),
    "muted": Colour("#5B6470", "#5B6470", "#9AA3AF"),
}
