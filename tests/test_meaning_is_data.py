"""No code reads what is written for a person: it looks at codes, fields and types instead."""

import ast
from collections.abc import Iterable, Iterator

from tests.sources import ROOT, every_source, nodes

TEXTS = frozenset({"message", "fix", "advice", "reason", "reasons", "sentence", "sentences"})
"""Attributes of errors, findings, issues and states that hold words."""
ERRORS = frozenset({"error", "caught", "refused", "problem"})
"""Names under which an exception of ours is caught; `str` of it is words too."""
READERS = frozenset(
    {
        *("split", "rsplit", "splitlines", "partition", "rpartition", "startswith", "endswith"),
        *("removeprefix", "removesuffix", "find", "rfind", "index", "count", "replace"),
        *("match", "search", "fullmatch", "findall", "finditer", "sub"),
    }
)
FOREIGN = {
    "builder/worker/explain.py": "Keras's, TensorFlow's and SQLite's messages have no codes",
}
"""Files that read messages of other programs, and why."""


def is_words(node: ast.AST) -> bool:
    """Whether an expression is what a person reads: `issue.message`, `str(error)`."""
    if isinstance(node, ast.Attribute):
        return node.attr in TEXTS
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
        (*_, last) = node.args or [node]
        return isinstance(last, ast.Name) and last.id in ERRORS
    return False


def readings(parts: Iterable[ast.AST]) -> Iterator[int]:
    """The lines where words are cut, parsed, searched or compared."""
    for node in parts:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            read = [node.func.value, *node.args] if node.func.attr in READERS else []
        elif isinstance(node, ast.Compare):
            compares = not all(isinstance(each, ast.Is | ast.IsNot) for each in node.ops)
            read = [node.left, *node.comparators] if compares else []
        elif isinstance(node, ast.Subscript):
            read = [node.value, node.slice]
        elif isinstance(node, ast.Dict):
            read = [key for key in node.keys if key is not None]
        else:
            continue
        if any(map(is_words, read)):
            yield node.lineno


def test_the_rule_sees_every_way_of_reading() -> None:
    for line in (
        'state.message.partition("; ")',
        'error.message.startswith("no")',
        'str(error).split(":")',
        '"cycle" in issue.message',
        'finding.message == "x"',
        "groups[found.reason]",
        "titles[str(error)]",
        "issue.fix[:10]",
        're.search("x", issue.message)',
        "{found.reason: 1}",
    ):
        assert list(readings(ast.walk(ast.parse(line)))) == [1], line
    for line in (
        "notice(issue.message)",
        'f"{error.message}: {error.fix}"',
        "fix = issue.fix is not None",
    ):
        assert list(readings(ast.walk(ast.parse(line)))) == [], line


def test_no_words_are_read() -> None:
    found = [
        f"{path}:{line}"
        for path in every_source()
        if str(path.relative_to(ROOT)) not in FOREIGN
        for line in readings(nodes(path))
    ]
    assert not found, "words are read here; look at a code, a field or a type"
