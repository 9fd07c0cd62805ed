"""The editor's script and style sheet, read from the files beside this one.

Streamlit takes a component's script as one text. The files are ES modules that name what they take
from each other; here each becomes a function that returns its exports, called in order of
dependence, so that the whole is one module again and every file keeps its own names.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "frontend"
ENTRY = "editor"
STYLES = ("base", "palette", "rows", "inside", "overlays", "room")

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:const|function|class) (\w+)", re.MULTILINE)


@cache
def script() -> str:
    """One ES module with everything that the entry needs, dependencies first."""
    modules: dict[str, str] = {}
    _collect(ENTRY, modules)
    return "\n".join(modules.values())


@cache
def style_sheet() -> str:
    """One style sheet; what comes later wins."""
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def _collect(name: str, modules: dict[str, str]) -> None:
    """Put a module into `modules`, after those that it imports."""
    if name in modules:
        return
    source = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for _, needed in _IMPORT.findall(source):
        _collect(needed, modules)
    body = _IMPORT.sub(r"const \1 = $\2;", source)
    if name != ENTRY:
        exports = ", ".join(_EXPORT.findall(body))
        body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
        body = f"const ${name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"
    modules[name] = body
