"""The app's own sources, each parsed once for all tests that look at them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("builder", "components", "app")


@cache
def sources(package: str) -> list[Path]:
    """The files of a package, or the one file of this name."""
    folder = ROOT / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{package}.py"]


def every_source() -> list[Path]:
    return [path for package in PACKAGES for path in sources(package)]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All parts of a file: half a million in all, so they are walked once."""
    return tuple(ast.walk(tree(path)))
