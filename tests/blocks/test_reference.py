"""The block reference: it is complete, and the one in the repository is this catalogue's."""

import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.blocks.catalogue import block_type, catalogue
from builder.blocks.reference import allowed, default, example, reference
from builder.command_line import app

PAGE = Path(__file__).parents[2] / "docs/blocks.md"

page = cache(reference)


@cache
def entries() -> dict[str, str]:
    """What the page says of each block, by its name."""
    sections = re.split(r"^#{2,3} ", page(), flags=re.MULTILINE)
    return {section.partition("\n")[0]: section for section in sections}


def test_the_page_is_that_of_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "it is stale: make docs"


@pytest.mark.parametrize("name", catalogue())
def test_every_block_is_explained(name: str) -> None:
    text = entries()[name]
    block = block_type(name)
    assert block.summary() in text
    for parameter in block.parameters():
        assert f"| `{parameter.name}` | `{default(parameter)}` |" in text
        assert parameter.help in text.replace("\\|", "|")
    assert "A fresh one" in text
    found = example(block)
    assert found is not None
    assert f"{found.params:,} parameters" in text


@pytest.mark.parametrize(
    ("block", "name", "words"),
    [
        ("Conv2D", "filters", "1 to 65,536"),
        ("Conv2D", "padding", "`valid`, `same`"),
        ("Conv2D", "use_bias", "`True` or `False`"),
        ("Conv2D", "kernel_size", "1 to 65,536 or (1 to 65,536, 1 to 65,536)"),
        ("Conv2D", "kernel_regularizer", "`L1(l1)` or `L2(l2)` or `L1L2(l1, l2)` or `None`"),
        ("transition_layer", "compression", "above 0, at most 1"),
    ],
)
def test_what_a_parameter_takes_is_said_in_words(block: str, name: str, words: str) -> None:
    (found,) = (p for p in block_type(block).parameters() if p.name == name)
    assert allowed(found) == words


def test_links_of_the_contents_lead_to_their_entries() -> None:
    links = re.findall(r"\[(\w+)\]\(#(\w+)\)", page())
    assert [name for name, _ in links] == list(catalogue())
    headings = re.findall(r"^### (\w+)$", page(), re.MULTILINE)
    assert [target for _, target in links] == [heading.lower() for heading in headings]


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "blocks.md"
    assert CliRunner().invoke(app, ["reference", "-o", str(file)]).exit_code == 0
    assert file.read_text(encoding="utf-8") == reference()
    refused = CliRunner().invoke(app, ["reference", "-o", str(tmp_path / "no" / "page.md")])
    assert refused.exit_code == 1
