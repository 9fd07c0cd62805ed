"""A fresh machine gets the very versions that were tested, also of what the requirements need."""

import ast
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.sources import ROOT, every_source, nodes

DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "pynvml": "nvidia-ml-py"}


def pins(file: str) -> dict[str, str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    wanted = (Requirement(line) for line in lines if "==" in line and not line.startswith("#"))
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in wanted}


def needed(names: set[str]) -> set[str]:
    """The packages and everything that they need on this machine, as they are installed."""
    found: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue  # for another system or another Python
        found.add(name)
        parts = map(Requirement, lines)
        waiting += [
            part
            for part in parts
            if part.marker is None
            or any(part.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
        ]
    return found


def test_everything_that_is_required_is_pinned_as_it_was_tested() -> None:
    constraints = pins("constraints.txt")
    own = pins("requirements.txt")
    assert {name: constraints.get(name) for name in own} == own
    tools = {"pip", "setuptools", "wheel"}
    brought = needed(set(own)) - tools
    assert {name: constraints.get(name) for name in brought} == {
        name: version(name) for name in brought
    }


def _is_import(function: ast.expr) -> bool:
    """Whether `import_module` is called, by itself or of its module."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "import_module"


def imported(path: Path) -> set[str]:
    """The top packages that a file imports, by `import_module` too."""
    found: set[str] = set()
    for part in nodes(path):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            found.add(part.module or "")
        elif isinstance(part, ast.Call) and _is_import(part.func):
            found |= {str(a.value) for a in part.args if isinstance(a, ast.Constant)}
    return {name.partition(".")[0] for name in found}


def test_every_package_that_the_app_imports_is_a_requirement() -> None:
    packages = set().union(*map(imported, every_source()))
    outside = packages - {"builder", "components"} - set(sys.stdlib_module_names)
    assert {"numpy", "PIL", "streamlit"} <= outside
    names = {package: DISTRIBUTIONS.get(package, package) for package in outside}
    required = pins("requirements.txt") | pins("requirements-ray.txt")
    assert not [name for name in names.values() if canonicalize_name(name) not in required]
