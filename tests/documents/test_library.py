"""The personal library: what is kept comes back, and damaged files cost nothing."""

import json
from pathlib import Path

import pytest

from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.documents.library import Library, parse, to_text
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.inference import infer
from builder.network.own_block import Definition, OwnBlock
from builder.system.errors import EditError, FormatError


def definitions() -> tuple[Definition, Definition]:
    """An own block, and one that holds it."""
    architecture = stack(
        "net", block("Input", shape=(8, 8, 3)), block("Conv2D", 4), block("ReLU"), block("Flatten")
    )
    chosen = ["conv2d_1", "re_lu_1"]
    inner = group(architecture, chosen, "inner", candidates(architecture, chosen)[:1])
    outer = group(inner, ["inner_1", "flatten_1"], "outer")
    found = [node.block for n in (inner, outer) for node in n if isinstance(node.block, OwnBlock)]
    return found[0].definition, found[1].definition


def test_a_kept_block_can_be_used_in_another_network(tmp_path: Path) -> None:
    inner, outer = definitions()
    library = Library(tmp_path)
    assert library.entries() == []
    library.save(outer)
    again = Library(tmp_path).blocks()["outer"]
    assert again.definition == outer
    other = stack("other", block("Input", shape=(5, 5, 1)))
    assert infer(edits.add(other, again.create({}))).output_shapes == (((5 - 2) ** 2 * 4,),)
    library.save(inner)
    assert list(library.blocks()) == ["inner", "outer"]


def test_a_replaced_or_deleted_block_comes_back(tmp_path: Path) -> None:
    inner, _ = definitions()
    library = Library(tmp_path)
    library.save(inner)
    changed = Definition(inner.name, inner.nodes, inner.output, summary="Other.")
    library.save(changed)
    assert library.blocks()["inner"].definition == changed
    library.restore("inner")
    assert library.blocks()["inner"].definition == inner
    library.restore("inner")
    assert library.blocks()["inner"].definition == changed, "what it took the place of is not lost"
    library.delete("inner")
    assert library.blocks() == {}
    library.restore("inner")
    assert list(library.blocks()) == ["inner"]


def test_a_block_is_renamed_and_back(tmp_path: Path) -> None:
    inner, outer = definitions()
    library = Library(tmp_path)
    library.save(inner)
    library.save(outer)
    library.rename("inner", "core")
    assert list(library.blocks()) == ["core", "outer"]
    assert library.blocks()["core"].definition.nodes == inner.nodes
    assert library.blocks()["outer"].definition == outer, "what it holds has its own name"
    library.rename("core", "inner")
    assert library.blocks()["inner"].definition == inner


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gone", "core", "the library has no block 'gone'"),
        ("inner", "outer", "the library has another block named 'outer'"),
        ("inner", "Conv2D", "there is a block named Conv2D already"),
        ("inner", "../core", "expected letters, digits and _"),
    ],
)
def test_a_renaming_that_is_refused_changes_nothing(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    library = Library(tmp_path)
    for definition in definitions():
        library.save(definition)
    with pytest.raises(EditError, match=message):
        library.rename(old, new)
    assert list(library.blocks()) == ["inner", "outer"]


def test_what_is_not_there(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for act in (library.delete, library.restore):
        with pytest.raises(EditError, match="block 'gone'"):
            act("gone")
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(EditError):
        library.delete("../secret")
    assert (tmp_path / "secret.json").exists()


def test_damaged_files_are_listed_with_the_reason(tmp_path: Path) -> None:
    inner, outer = definitions()
    library = Library(tmp_path)
    library.save(inner)
    (library.folder / "half.json").write_text(to_text(outer)[:200])
    (library.folder / "other.json").write_text(to_text(outer))
    problems = {entry.name: entry.problem for entry in library.entries()}
    assert problems["inner"] == ""
    assert problems["half"].startswith("this is not a JSON file")
    assert problems["other"] == "the file holds the block 'outer'; rename it"
    assert list(library.blocks()) == ["inner"]


def test_every_cut_and_every_missing_field_is_refused_with_a_message() -> None:
    text = to_text(definitions()[1])
    content = json.loads(text)
    for field in ("name", "inputs", "nodes", "output"):
        damaged = json.loads(text)
        del damaged["blocks"][0][field]
        with pytest.raises(FormatError):
            parse(json.dumps(damaged))
    content["blocks"].reverse()  # the outer one now stands before what it holds
    with pytest.raises(FormatError, match="the catalogue has no block 'inner'"):
        parse(json.dumps(content))
    for wrong in ("[]", "{}", '{"format": "convstack-block", "version": 2}'):
        with pytest.raises(FormatError):
            parse(wrong)
    with pytest.raises(FormatError, match="holds no block"):
        parse('{"format": "convstack-block", "version": 1, "blocks": []}')
