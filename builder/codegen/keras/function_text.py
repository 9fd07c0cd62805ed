"""The source text of the functions in `training_functions`, which is read and never imported."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("training_functions.py")


def function_text(name: str) -> str:
    """The text of a function or class, its decorators included, without a line break at the end.

    Raises:
        KeyError: There is none of that name.
    """
    return _texts()[name]


@cache
def _texts() -> Mapping[str, str]:
    source = FILE.read_text(encoding="utf-8")
    lines = source.splitlines()
    texts: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            texts[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return MappingProxyType(texts)
