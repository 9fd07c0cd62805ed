import tomllib
from pathlib import Path

import pytest

from builder.blocks.base import Category
from builder.codegen.diagram import colors
from builder.codegen.diagram.colors import CATEGORIES, SIGNALS, ThemeName
from components.shell.colors import css_variables
from tests.components.shell.contrast import contrast

ROOT = Path(__file__).parents[3]
THEMES: tuple[ThemeName, ...] = ("light", "dark")


def test_contrast_of_known_colors() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#777777") == pytest.approx(4.48, abs=0.01)


def test_every_category_has_a_color() -> None:
    assert set(CATEGORIES) == {category.value for category in Category}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", [*CATEGORIES, *SIGNALS])
def test_text_is_readable(name: str, theme: ThemeName) -> None:
    ink = (CATEGORIES | SIGNALS)[name].ink(theme)
    for background in (colors.BACKGROUND[theme], colors.RAISED[theme]):
        assert contrast(ink, background) >= 4.5


@pytest.mark.parametrize("name", CATEGORIES)
def test_marks_are_readable_in_the_dark_theme(name: str) -> None:
    assert contrast(CATEGORIES[name].mark("dark"), colors.BACKGROUND["dark"]) >= 4.5


def test_body_text_and_links_are_readable() -> None:
    for theme in THEMES:
        for background in (colors.BACKGROUND[theme], colors.RAISED[theme]):
            assert contrast(colors.TEXT[theme], background) >= 7
            assert contrast(colors.PRIMARY[theme], background) >= 4.5


def test_the_theme_of_streamlit_is_the_same() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for theme in THEMES:
        assert config[theme]["backgroundColor"] == colors.BACKGROUND[theme]
        assert config[theme]["secondaryBackgroundColor"] == colors.RAISED[theme]
        assert config[theme]["borderColor"] == colors.BORDER[theme]
        assert config[theme]["textColor"] == colors.TEXT[theme]
        assert config[theme]["primaryColor"] == colors.PRIMARY[theme]


def test_the_style_sheet_gets_every_color() -> None:
    sheet = css_variables()
    for name, color in CATEGORIES.items():
        assert f"--cs-{name}:light-dark({color.light},{color.dark});" in sheet
        assert f"--cs-{name}-ink:light-dark({color.light_ink},{color.dark});" in sheet
