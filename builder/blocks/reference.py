"""Writes the block reference: a page in Markdown, derived from the catalogue.

`docs/blocks.md` is this page; a test compares it with the catalogue.
"""

import inspect
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

from builder.blocks.base import Block, Layer
from builder.blocks.catalogue import CATEGORY_LABELS, catalogue
from builder.blocks.costs import format_shape
from builder.blocks.declaration import Declared
from builder.blocks.parameter import Parameter
from builder.blocks.symbolic import trace
from builder.blocks.trace_record import BlockTrace
from builder.blocks.types import Shape
from builder.system.errors import ShapeError
from builder.system.expectations import limits, range_words

_SECTION = re.compile(r"^([A-Z][A-Za-z ]+):\n((?:    .*\n?|\n)+)", re.MULTILINE)
_EXAMPLES: tuple[Shape, ...] = (
    (32, 32, 16),
    (128, 128, 16),
    (16, 16, 32),
    (16,),
    (14, 14, 96),
    (19, 19, 728),
)
"""The shapes to show a block on; the first that fits is used."""

_INTRODUCTION = """\
# Blocks

Every block of the palette, with its parameters as Keras names them. Written by
`make docs` from the blocks' own declarations.

Shapes are height×width×channels, without the batch axis. What MACs and parameters count stands in
[decisions/0002-costs.md](decisions/0002-costs.md). A module is a function of layers; its source is
what an exported script contains.
"""


def reference() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, _contents()]
    for category, label in CATEGORY_LABELS.items():
        blocks = [block for block in catalogue().values() if block.category is category]
        if blocks:
            parts.append(f"## {label}\n")
            parts += map(_entry, blocks)
    return "\n".join(parts)


def description(block: type[Block]) -> str:
    """A block's docstring as Markdown, its sections as paragraphs with a title."""
    text = inspect.cleandoc(block.__doc__ or "") + "\n"
    return _SECTION.sub(_section, text).strip()


def section(block: type[Block], title: str) -> str:
    """One section of a block's docstring as one line, such as "Output shape"; empty for none."""
    text = inspect.cleandoc(block.__doc__ or "") + "\n"
    found = (match[2] for match in _SECTION.finditer(text) if match[1] == title)
    return " ".join(next(found, "").split())


def allowed(parameter: Parameter) -> str:
    """The values of a parameter in words: `1 to 65,536`, `"same" or "valid"`."""
    return _allowed(parameter.schema, parameter.schema.get("$defs", {}))


def default(parameter: Parameter) -> str:
    """A parameter's default, as in code."""
    value = parameter.default
    if not isinstance(value, Declared):
        return repr(value)
    inner = (f"{one.name}={getattr(value, one.name)!r}" for one in value.parameters())
    return f"{value.type_name()}({', '.join(inner)})"


def _contents() -> str:
    lines = [
        f"- {label}: " + ", ".join(f"[{name}](#{name.lower()})" for name in names) + "\n"
        for category, label in CATEGORY_LABELS.items()
        if (names := [name for name, block in catalogue().items() if block.category is category])
    ]
    return "".join(lines)


def _entry(block: type[Block]) -> str:
    lines = [f"### {block.type_name()}\n", description(block), ""]
    if block.parameters():
        lines += ["| parameter | default | allowed | what it does |", "|---|---|---|---|"]
        lines += [
            f"| `{p.name}` | `{default(p)}` | {_cell(allowed(p))} | {_cell(p.help)} |"
            for p in block.parameters()
        ]
        lines.append("")
    found = example(block)
    if found is not None:
        lines += [_example_text(block, found), ""]
    return "\n".join(lines)


@cache
def example(block: type[Block]) -> BlockTrace | None:
    """A fresh block on the first shapes that fit it; None where none of ours do."""
    for shapes in product(_EXAMPLES, repeat=block.min_inputs):
        try:
            return trace(block.create({}), shapes)
        except ShapeError:
            continue
    return None


def _example_text(block: type[Block], found: BlockTrace) -> str:
    inputs = " and ".join(format_shape(shape) for shape in found.input_shapes)
    start = f"A fresh one on {inputs} gives" if inputs else "A fresh one gives"
    costs = f"{found.params:,} parameters, {found.macs:,} MACs"
    text = f"{start} {format_shape(found.output_shape)}: {costs}."
    if issubclass(block, Layer):
        return text
    layers = Counter(call.facts.layer.class_name() for call in found.calls)
    made_of = ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in layers.items())
    return f"{text} Inside: {made_of}."


def _section(match: re.Match[str]) -> str:
    return f"**{match[1]}**  \n{inspect.cleandoc(match[2])}\n\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _allowed(schema: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return " or ".join(dict.fromkeys(_allowed(branch, known) for branch in branches))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind: str = schema["type"]
    if kind in ("integer", "number"):
        return range_words(**limits(schema))
    if kind == "array":
        return _several(schema, known)
    if kind == "object":
        names = [name for name, one in schema["properties"].items() if "const" not in one]
        return f"`{schema['title']}({', '.join(names)})`"
    return {"boolean": "`True` or `False`", "null": "`None`", "string": "a text"}[kind]


def _several(schema: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        items = [_allowed(item, known) for item in schema["prefixItems"]]
        return f"({', '.join(items)})"
    return f"up to {schema['maxItems']:,} of {_allowed(schema['items'], known)}"
