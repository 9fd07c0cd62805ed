"""The editor's script with its style sheet, assembled from the files in this folder.

A browser that loads the files one by one asks again and again for what the last one names. They are
ES modules that name what they take from each other; here each becomes a function that returns its
exports, called in order of dependence, so that the whole is one module and every file keeps its own
names. What they import from `styles.js` is the style sheet's text.
"""

import json
import re
from functools import cache
from pathlib import Path

from components.scripts import ADDRESS, digest

FOLDER = Path(__file__).parent / "frontend"
ENTRY = "editor"
_STYLES = "styles"
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
def script_url() -> str:
    """The address under which `components.routes` serves it; it changes with the content."""
    return f"{ADDRESS}/editor/{digest([script().encode()])}/editor.js"


@cache
def style_sheet() -> str:
    """One style sheet; what comes later wins."""
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def _collect(name: str, modules: dict[str, str]) -> None:
    """Add a module to `modules`, after those that it imports."""
    if name in modules:
        return
    source = _source(name)
    for _, needed in _IMPORT.findall(source):
        _collect(needed, modules)
    body = _IMPORT.sub(r"const \1 = $\2;", source)
    if name != ENTRY:
        exports = ", ".join(_EXPORT.findall(body))
        body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
        body = f"const ${name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"
    modules[name] = body


def _source(name: str) -> str:
    if name == _STYLES:
        return f"export const {_STYLES} = {json.dumps(style_sheet())};"
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
