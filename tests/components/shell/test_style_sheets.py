"""What the style sheets must not do, since it would make every change of a page slow."""

import re
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parents[3] / "components"
SHEETS = sorted(str(path.relative_to(COMPONENTS)) for path in COMPONENTS.glob("*/*.css"))


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


BARE_HAS = re.compile(r"(?<![\w\])&(]):has\(")
"""A `:has()` with no class, attribute, tag or `&` before it."""


def own_sheets() -> list[Path]:
    found = (path for path in COMPONENTS.rglob("*.css") if "node_modules" not in path.parts)
    return sorted(found)


@pytest.mark.parametrize("sheet", own_sheets(), ids=lambda path: path.name)
def test_each_has_says_what_has_it(sheet: Path) -> None:
    """Else each change inside restyles all that is below: with 300 blocks 50 ms, twice an edit."""
    name = str(sheet.relative_to(COMPONENTS))
    assert [each for each in selectors(name) if BARE_HAS.search(each)] == []


@pytest.mark.parametrize("bare", [":has(> .a)", ".b > :has(.a)", ".c,\n:has(.a)", ".d :has(.a) .e"])
def test_a_has_that_says_nothing_is_found(bare: str) -> None:
    assert BARE_HAS.search(bare)


@pytest.mark.parametrize("named", [".b:has(.a)", "[x]:has(.a)", "p:has(.a)", "&:has(.a)"])
def test_one_that_says_what_has_it_is_not(named: str) -> None:
    assert not BARE_HAS.search(named)


def test_no_address_begins_at_the_host() -> None:
    """Behind a proxy the app lies below a path, which only the browser knows."""
    files = [*COMPONENTS.rglob("*.css"), *COMPONENTS.rglob("*.[jt]s"), *COMPONENTS.rglob("*.tsx")]
    files = [file for file in files if "node_modules" not in file.parts]
    files.append(COMPONENTS.parent / ".streamlit" / "config.toml")
    assert len(files) > 50
    for file in files:
        assert "/_convstack" not in file.read_text(encoding="utf-8"), file
