"""Takes the functions of a script from the files that hold them, without importing these.

Branches that ask the plan are settled; every other line is copied as it is:

    def prepare(images, labels):                def prepare(images, labels):
        if plan.resizes:                            images = resize(images)
            images = resize(images)        →        return images, labels
        if plan.one_hot:
            labels = to_categorical(labels)
        return images, labels

The lines of a taken branch move to the left; the other branches are dropped.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import TypeGuard

from builder.codegen.keras.layout import INDENT
from builder.codegen.keras.training_plan import TrainingPlan

FILES = tuple(
    Path(__file__).with_name(name) for name in ("data_functions.py", "training_functions.py")
)
"""Where they stand, in the order that they have in a script."""
PLAN = "plan"
"""The name that settled branches ask."""
FIRST, MODEL = "main", "build_model"
"""The function that a script runs, and the one that is different in each script."""


@lru_cache(maxsize=32)
def exported_functions(plan: TrainingPlan) -> Mapping[str, str]:
    """The source of each function and class that a script needs, by name, in the files' order.

    Args:
        plan: What the script is made for.
    """
    texts = {name: settled(name, plan) for name in all_functions()}
    return MappingProxyType(needed(texts, FIRST))


def needed(texts: Mapping[str, str], *first: str) -> dict[str, str]:
    """The functions that the given ones read, directly or not, and these themselves, in order.

    Args:
        texts: The source of each function by its name.
        first: The names of the given functions.
    """
    found: set[str] = set()
    waiting = [*first]
    while waiting:
        name = waiting.pop()
        if name in texts and name not in found:
            found.add(name)
            waiting += names_read(texts[name])
    return {name: text for name, text in texts.items() if name in found}


@lru_cache(maxsize=256)
def names_read(text: str) -> frozenset[str]:
    """All names in a Python source, wherever they are bound."""
    return frozenset(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))


@cache
def all_functions() -> tuple[str, ...]:
    """The functions and classes that scripts may have, besides their own `build_model`."""
    return tuple(name for name in _pieces() if name != MODEL)


def settled(name: str, plan: TrainingPlan) -> str:
    """The source of a function or class with its branches settled, without a final line break.

    Raises:
        KeyError: There is none of that name.
    """
    return "\n".join(_answered(_pieces()[name], plan))


@dataclass(frozen=True, slots=True)
class _Choice:
    """An `if` that asks the plan; its branches stand as far left as the `if` itself."""

    condition: CodeType
    taken: "_Pieces"
    other: "_Pieces"


_Pieces = tuple[str | _Choice, ...]
"""Lines, and choices between some."""


def _answered(pieces: _Pieces, plan: TrainingPlan) -> Iterator[str]:
    """The lines that are left when each choice is made."""
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        else:
            is_true = eval(piece.condition, {"__builtins__": {}, PLAN: plan})
            yield from _answered(piece.taken if is_true else piece.other, plan)


@cache
def _pieces() -> Mapping[str, _Pieces]:
    """The files' functions and classes; they are read once."""
    found: dict[str, _Pieces] = {}
    for file in FILES:
        lines = file.read_text(encoding="utf-8").splitlines()
        reader = _Reader(lines)
        for node in ast.parse("\n".join(lines)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = reader.definition(node)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes statements of a file apart into lines and choices.

    Attributes:
        lines: Of the file; ast counts them from 1.
    """

    lines: Sequence[str]

    def definition(self, node: ast.FunctionDef | ast.ClassDef) -> _Pieces:
        """A function or class, its decorators included."""
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return (*self._between(first, node.lineno), *self._statement(node, 0))

    def _statement(self, node: ast.stmt, shift: int) -> Iterator[str | _Choice]:
        """A statement's pieces, moved so many levels to the left."""
        if _asks(node):
            yield self._choice(node, shift)
            return
        place = node.lineno
        for inner in _asking(node):
            yield from self._between(place, inner.lineno, shift)
            yield self._choice(inner, shift)
            place = _behind(inner)
        yield from self._between(place, _behind(node), shift)

    def _choice(self, node: ast.If, shift: int) -> _Choice:
        condition = compile(ast.Expression(node.test), "<plan>", "eval")
        taken = self._body(_behind(node.test), node.body, shift + 1)
        first = next(iter(node.orelse), None)
        if first is None:
            other: _Pieces = ()
        elif self.lines[first.lineno - 1].lstrip().startswith("elif "):
            other = (*self._statement(first, shift),)
        else:  # its body begins behind the line of the `else`
            other = self._body(_behind(node.body[-1]) + 1, node.orelse, shift + 1)
        return _Choice(condition, taken, other)

    def _body(self, place: int, body: Sequence[ast.stmt], shift: int) -> _Pieces:
        """A branch's pieces from a line on; it may begin with comments."""
        pieces: list[str | _Choice] = []
        for statement in body:
            pieces += self._between(place, statement.lineno, shift)
            pieces += self._statement(statement, shift)
            place = _behind(statement)
        return tuple(pieces)

    def _between(self, start: int, stop: int, shift: int = 0) -> Iterator[str]:
        """The lines from one number on to another."""
        for line in self.lines[start - 1 : stop - 1]:
            yield line.removeprefix(INDENT * shift)


def _asking(node: ast.AST) -> Iterator[ast.If]:
    """The outermost statements in a compound one that ask the plan, in their order."""
    for inner in ast.iter_child_nodes(node):
        if _asks(inner):
            yield inner
        else:
            yield from _asking(inner)


def _asks(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether a statement is an `if` whose condition asks the plan."""
    if not isinstance(node, ast.If):
        return False
    return any(isinstance(one, ast.Name) and one.id == PLAN for one in ast.walk(node.test))


def _behind(node: ast.expr | ast.stmt) -> int:
    """The number of the line behind a statement or an expression."""
    assert node.end_lineno is not None
    return node.end_lineno + 1
