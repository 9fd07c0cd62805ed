"""The frame of every page: theme, style sheet, top bar, and the small pieces that pages share."""

from components.shell.frame import frame, show_failure, theme_name, top_bar
from components.shell.pieces import Fact, empty_state, facts, notice
from components.shell.scripts import download
from components.shell.warm import figures_soon, warm_up

__all__ = [
    "Fact",
    "download",
    "empty_state",
    "facts",
    "figures_soon",
    "frame",
    "notice",
    "show_failure",
    "theme_name",
    "top_bar",
    "warm_up",
]
