"""The meaningful colors: one source for the style sheet, the components and the diagrams.

Each category has a *mark* (a bar, a dot, a border) and an *ink* (text on the page). The light
theme's marks are the Okabe-Ito based colors that the product is known by; some are too pale for
text on white, hence the inks. The dark theme's colors are light enough for both uses.
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
class Color:
    """One meaning's colors, as `#RRGGBB`.

    Attributes:
        light: The mark in the light theme.
        light_ink: The text in the light theme; contrast 4.5 : 1 on both backgrounds.
        dark: Mark and text in the dark theme; contrast 4.5 : 1 on both backgrounds.
    """

    light: str
    light_ink: str
    dark: str

    def mark(self, theme: ThemeName) -> str:
        """The color of a bar, a dot or a border."""
        return self.light if theme == "light" else self.dark

    def ink(self, theme: ThemeName) -> str:
        """The color of text."""
        return self.light_ink if theme == "light" else self.dark


CATEGORIES: dict[str, Color] = {
    "convolution": Color("#0072B2", "#006AA6", "#56B4E9"),
    "pooling": Color("#009E73", "#007554", "#34C79B"),
    "normalization": Color("#E69F00", "#8F5F00", "#F0B93A"),
    "activation": Color("#8A63D2", "#7A50C8", "#B79BEB"),
    "regularization": Color("#6B7280", "#5C6370", "#A3ABB8"),
    "dense": Color("#D55E00", "#B04E00", "#F58C42"),
    "merge": Color("#CC79A7", "#A34A7C", "#E09CC2"),
    "module": Color("#3B4CCA", "#3B4CCA", "#8E9BFF"),
    "io": Color("#374151", "#374151", "#B4BCC8"),
}
"""By category, as `builder.blocks` names them; regularization includes augmentation."""

SIGNALS: dict[str, Color] = {
    "error": Color("#C62828", "#B71C1C", "#FF8A80"),
    "warning": Color("#B26A00", "#8F5500", "#F0B93A"),
    "good": Color("#1B7F4B", "#1B7F4B", "#5CCB92"),
    "train": Color("#0072B2", "#006AA6", "#56B4E9"),
    "validation": Color("#D55E00", "#B04E00", "#F58C42"),
    "muted": Color("#5B6470", "#5B6470", "#9AA3AF"),
}
