"""A module's function as an exported script contains it: its own source text.

Only the declaration is removed: the decorator and the annotations, which mean nothing to Keras. The
body stays unchanged.
"""

import ast
import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType

from builder.blocks.module import Module, registered_modules
from builder.codegen.keras.layout import INDENT, WIDTH
from builder.codegen.keras.names import FunctionNames, function_names
from builder.codegen.keras.own_function import modules_called, namespaces_read, own_function
from builder.network.own_block import OwnBlock


@dataclass(frozen=True)
class FunctionSource:
    """A function's text and what it needs around it.

    Attributes:
        name: The function's name.
        text: Its source, without a line break at the end.
        namespaces: The Keras namespaces that it reads, such as `layers`.
        calls: The other modules that it calls, in the order of their first use.
    """

    name: str
    text: str
    namespaces: frozenset[str]
    calls: tuple[type[Module], ...]

    @property
    def short_text(self) -> str:
        """The text with the first paragraph of the function's docstring instead of all of it."""
        (function,) = ast.parse(self.text).body
        assert isinstance(function, ast.FunctionDef)
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines = self.text.splitlines()
        whole = lines[docstring.lineno - 1 : docstring.end_lineno]
        if "" not in whole:
            return self.text
        first = whole[: whole.index("")]
        closed = f'{first[-1]}"""'
        fits = len(first) == 1 or len(closed) <= WIDTH  # a single line has its quotes, as in ruff
        first[-1:] = [closed] if fits else [first[-1], f'{INDENT}"""']
        lines[docstring.lineno - 1 : docstring.end_lineno] = first
        return "\n".join(lines)


def function_source(module: type[Module], names: FunctionNames | None = None) -> FunctionSource:
    """Reads a module's source and removes its declaration; writes the source of an own block.

    Args:
        module: The module.
        names: As for `with_dependencies`.

    Raises:
        ValueError: It reads a global name that an exported script would not have.
    """
    if not issubclass(module, OwnBlock):
        return _built_in(module)
    names = function_names([module]) if names is None else names
    own = module.definition
    text = own_function(own, names)
    return FunctionSource(names[module], text, namespaces_read(own), modules_called(own))


@cache
def _built_in(module: type[Module]) -> FunctionSource:
    function = module.function
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source)
    outer = tree.body[0]
    assert isinstance(outer, ast.FunctionDef)
    lines = source.splitlines()
    nested = [node for node in ast.walk(outer) if isinstance(node, ast.FunctionDef)]
    for node in sorted(nested, key=lambda node: node.lineno, reverse=True):
        bare = _signature(source, node, drop_first_default=node is outer)
        lines[node.lineno - 1 : node.body[0].lineno - 1] = bare.splitlines()
    start = outer.lineno - 1  # the decorators stand above the def
    namespaces, calls = _globals_read(outer, function)
    return FunctionSource(outer.name, "\n".join(lines[start:]), namespaces, calls)


def with_dependencies(
    modules: Sequence[type[Module]], names: FunctionNames | None = None
) -> list[FunctionSource]:
    """The functions of some modules and of those that they call, each after those it calls.

    Args:
        modules: The modules.
        names: The names of the functions of own blocks; by default those that they have alone.

    Raises:
        BuilderError: Two different own blocks have the same name.
    """
    names = function_names(modules) if names is None else names
    found: dict[type[Module], FunctionSource] = {}

    def visit(module: type[Module]) -> None:
        if module not in found:
            source = function_source(module, names)
            for called in source.calls:
                visit(called)
            found[module] = source

    for module in modules:
        visit(module)
    return list(found.values())


def _signature(source: str, node: ast.FunctionDef, *, drop_first_default: bool) -> str:
    """The `def` line without annotations; the first parameter's default goes, as calls give it."""
    arguments = node.args.args
    defaults = [None] * (len(arguments) - len(node.args.defaults)) + list(node.args.defaults)
    first = next((i for i, default in enumerate(defaults) if default is not None), None)
    parts: list[str] = []
    for position, (argument, default) in enumerate(zip(arguments, defaults, strict=True)):
        if default is None or (drop_first_default and position == first):
            parts.append(argument.arg)
        else:
            parts.append(f"{argument.arg}={ast.get_source_segment(source, default)}")
    margin = " " * node.col_offset
    line = f"{margin}def {node.name}({', '.join(parts)}):"
    if len(line) <= WIDTH:
        return line
    inner = f"{margin}{INDENT}{', '.join(parts)}"
    if len(inner) > WIDTH:
        inner = "\n".join(f"{margin}{INDENT}{part}," for part in parts)
    return f"{margin}def {node.name}(\n{inner}\n{margin}):"


def _globals_read(
    outer: ast.FunctionDef, function: FunctionType
) -> tuple[frozenset[str], tuple[type[Module], ...]]:
    known = function.__globals__
    body = [name for statement in outer.body for name in ast.walk(statement)]
    annotations = {
        id(name)
        for node in body
        if isinstance(node, ast.FunctionDef)
        for hint in [node.returns, *(a.annotation for a in node.args.args)]
        if hint is not None
        for name in ast.walk(hint)
    }
    read = [n.id for n in body if isinstance(n, ast.Name) and id(n) not in annotations]
    names = dict.fromkeys(name for name in read if name in known)
    namespaces = frozenset(name for name in names if isinstance(known[name], ModuleType))
    modules = registered_modules()
    for name in names:
        if name not in namespaces and name not in modules:
            raise ValueError(f"{function.__name__} reads {name}, which an exported script lacks")
    return namespaces, tuple(modules[name] for name in names if name in modules)
