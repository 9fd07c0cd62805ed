"""What the style sheets must not do, since it would make every change of a page slow."""

import re
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parents[3] / "components"
SHEETS = ("shell/style.css", "forms/forms.css", "design/design.css", "design/exports.css")


def selectors(sheet: str) -> list[str]:
    text = re.sub(r"/\*.*?\*/", "", (COMPONENTS / sheet).read_text(encoding="utf-8"), flags=re.S)
    heads = re.findall(r"([^{}]+)\{", text)
    return [head.strip() for head in heads if not head.strip().startswith("@")]


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_class_that_changes_does_not_restyle_the_whole_page(sheet: str) -> None:
    """A browser restyles all that is below any changed class where a rule reads
    `[class*="…"] > :last-child`: the end could be anything. A class or a tag must stand there.
    """
    for selector in selectors(sheet):
        end = re.split(r"[\s>+~]+(?![^(]*\))", selector)[-1]
        if "[class" in selector.removesuffix(end):
            assert re.match(r"[\w.#\[]|:is\(", end), f"{sheet}: {selector}"


def test_no_address_begins_at_the_host() -> None:
    """Behind a proxy the app lies below a path, which only the browser knows."""
    files = [*COMPONENTS.rglob("*.css"), *COMPONENTS.rglob("*.[jt]s"), *COMPONENTS.rglob("*.tsx")]
    files = [file for file in files if "node_modules" not in file.parts]
    files.append(COMPONENTS.parent / ".streamlit" / "config.toml")
    assert len(files) > 50
    for file in files:
        assert "/_convstack" not in file.read_text(encoding="utf-8"), file
