"""Codes with a sentence: what fills the gaps, and that every error in the app fills all of them."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from builder.system.errors import EditError, FormatError, Problem, Words
from builder.system.sentences import SentenceCode
from tests.sources import ROOT, every_source, nodes, tree


class Example(SentenceCode):
    TAKEN = "the name {name!r} is taken", "choose another one"
    FEW = "received {number:,} of {most}"
    LEFT = "{number:,} {number:file is|files are} left: {names}"
    WITHIN = "{where}: {inner.message}", "{inner.fix}"


def test_fields_fill_the_gaps() -> None:
    error = EditError(Example.TAKEN, name="conv")
    assert str(error) == "the name 'conv' is taken; choose another one"
    assert error.code is Example.TAKEN
    assert error.problem.fields == {"name": "conv"}
    assert Example.FEW.words(number=12_345, most="{most}") == Words("received 12,345 of {most}")
    assert Example.WITHIN.gaps == {"where", "inner"}


@pytest.mark.parametrize(
    ("number", "names", "words"),
    [
        (1, ["a"], "1 file is left: 'a'"),
        (2, ("a", 2), "2 files are left: 'a', 2"),
        (7, list("abcdefg"), "7 files are left: 'a', 'b', 'c', 'd', 'e' and 2 more"),
    ],
)
def test_numbers_and_lists_have_their_words(number: int, names: Any, words: str) -> None:
    assert Example.LEFT.words(number=number, names=names) == Words(words)


def test_received_values_are_cut() -> None:
    (message, _) = Example.TAKEN.words(name="x" * 500)
    assert len(message) < 100


def test_an_error_inside_of_another_keeps_its_code() -> None:
    inner = EditError(Example.TAKEN, name="conv")
    outer = FormatError(Example.WITHIN, where="node 3", inner=inner.problem)
    assert str(outer) == "node 3: the name 'conv' is taken; choose another one"
    assert outer.problem.innermost == Problem(Example.TAKEN, {"name": "conv"})
    assert FormatError(outer.problem).code is Example.WITHIN


@cache
def codes() -> dict[str, type[SentenceCode]]:
    """All such enums in the app, by their names."""
    found: dict[str, type[SentenceCode]] = {}
    for path in every_source():
        for node in tree(path).body:
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            if any(isinstance(base, ast.Name) and base.id == "SentenceCode" for base in bases):
                assert isinstance(node, ast.ClassDef)
                assert node.name not in found, "two enums of codes have one name"
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found[node.name] = getattr(importlib.import_module(module), node.name)
    return found


def code_of(node: ast.AST) -> SentenceCode | None:
    """The code that an expression such as `EditCode.NAME_TAKEN` names."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    enum = codes().get(node.value.id)
    return enum[node.attr] if enum and node.attr in enum.__members__ else None


def calls() -> Iterator[tuple[str, SentenceCode, frozenset[str]]]:
    """Where an error or a problem is made with a code: the place, the code, the given fields."""
    for path in every_source():
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            code = code_of(node.args[0])
            names = [keyword.arg for keyword in node.keywords]
            (*_, last) = node.args
            if isinstance(last, ast.Dict):  # Problem(code, {…})
                names += [key.value for key in last.keys if isinstance(key, ast.Constant)]
            if code is not None and None not in names and not isinstance(last, ast.Name):
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield place, code, frozenset(str(name) for name in names)


def test_words_of_a_problem_are_joined_whether_they_end_in_a_full_stop_or_not() -> None:
    for words in (Words("no memory", "wait"), Words("no memory.", "wait.")):
        assert words.line == "no memory; wait"
        assert words.sentences == "No memory. Wait."
    assert Words("no memory.").line == "no memory"


def test_every_error_gives_the_fields_of_its_sentence() -> None:
    found = list(calls())
    wrong = [
        f"{place}: {code.name} expects {sorted(code.gaps)}, received {sorted(given)}"
        for place, code, given in found
        if given != code.gaps
    ]
    assert len(found) > 60
    assert not wrong


def test_every_code_is_used_and_unlike_the_others() -> None:
    every = (node for path in every_source() for node in nodes(path))
    used = {code for node in every if (code := code_of(node)) is not None}
    assert len(codes()) > 8
    for enum in codes().values():
        assert not set(enum) - used
        assert len(enum.__members__) == len(enum), "two codes have the same sentence"
