"""Writes the types and constants that Python and the browser share as TypeScript.

`python -m scripts.wire` writes `components/frontend/src/generated`; a test fails where a file there
differs from what Python declares. What is shared is listed in `MODULES`.
"""

import json
import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic import BaseModel

from builder.runs.status import ACTIVE, RunStatus
from components.board import Log
from components.board.mount import BoardData
from components.board.payload import Delta, Foreseen, SomeOf, VerdictTold
from components.design.diagram import DiagramData
from components.design.layers_table import LayersTableData
from components.gradient_answer import GradientAnswer
from components.live_chart.data import ChartData, FigureData, LogData, ProgressData, SoonData
from components.order_list import OrderData
from components.run_events import EpochTold, LogTold, PointsTold, StateTold
from components.runs.row_data import RunsTableData
from components.scripts import FRONTEND
from components.table import RowsTableData

FOLDER = FRONTEND / "src" / "generated"

_HEAD = "/** Written by `python -m scripts.wire`: change the Python, then run that. */\n"
_PLAIN = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    Any: "unknown",
}


@dataclass(frozen=True)
class Module:
    """A TypeScript module.

    Attributes:
        types: Dataclasses, TypedDicts, enums and pydantic models, as JSON holds their values. What
            they refer to comes along.
        constants: By name, the type in TypeScript and the value, which JSON can hold.
    """

    types: Sequence[type]
    constants: Mapping[str, tuple[str, object]] = field(default_factory=dict[str, Any])


MODULES = {
    "board.ts": Module(types=(Log, Delta, Foreseen, VerdictTold, BoardData, GradientAnswer)),
    "runs.ts": Module(
        types=(StateTold, PointsTold, EpochTold, LogTold),
        constants={
            "ACTIVE": ("readonly RunStatus[]", [state for state in RunStatus if state in ACTIVE])
        },
    ),
    "charts.ts": Module(types=(ChartData, FigureData, ProgressData, LogData, SoonData)),
    "diagram.ts": Module(types=(DiagramData,)),
    "tables.ts": Module(types=(RunsTableData, RowsTableData, LayersTableData, OrderData)),
}
"""The modules by the names of their files."""


def typescript(module: Module) -> str:
    """Writes a module: its types by name, then its constants.

    Raises:
        TypeError: A type has no counterpart in TypeScript.
    """
    declared: dict[type, str] = {}
    for each in module.types:
        _declare(each, declared)
    parts = sorted(declared.values(), key=lambda text: text.split("export ")[1])
    for name, (kind, value) in module.constants.items():
        parts.append(f"export const {name}: {kind} = {json.dumps(value)};\n")
    return "\n".join([_HEAD, *parts])


def _declare(each: type, declared: dict[type, str]) -> str:
    """Writes a type and what it refers to, unless that is done; gives its name."""
    if each not in declared:
        declared[each] = ""  # it may refer to itself
        about = (each.__doc__ or "").strip().partition("\n")[0]
        note = f"/** {about} */\n" if about else ""
        declared[each] = f"{note}{_written(each, declared)}\n"
    return each.__name__


def _written(each: type, declared: dict[type, str]) -> str:
    if issubclass(each, Enum):
        values = " | ".join(json.dumps(member.value) for member in each)
        return f"export type {each.__name__} = {values};"
    hints = get_type_hints(each, include_extras=True)
    if issubclass(each, BaseModel):
        return _model(each, hints, declared)
    optional = getattr(each, "__optional_keys__", frozenset[str]())
    fields = [
        f"  {name}{'?' if name in optional else ''}: {_type(hint, declared)};"
        for name, hint in hints.items()
        if not name.startswith("_")
    ]
    return "\n".join([f"export interface {each.__name__} {{", *fields, "}"])


def _model(each: type[BaseModel], hints: dict[str, Any], declared: dict[type, str]) -> str:
    """Writes what may be sent: what has a default may be left out, a fixed value may not."""
    lines: list[str] = []
    for name, known in each.model_fields.items():
        is_fixed = get_origin(hints[name]) is Literal
        mark = "" if known.is_required() or is_fixed else "?"
        lines.append(f"  {known.alias or name}{mark}: {_type(hints[name], declared)};")
    return "\n".join([f"export interface {each.__name__} {{", *lines, "}"])


def _type(hint: Any, declared: dict[type, str]) -> str:
    """Gives the type of the values that a hint allows, as JSON holds them."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin in (Annotated, Required, NotRequired):
        some = next((each for each in inside[1:] if isinstance(each, SomeOf)), None)
        return f"Partial<{_type(some.type, declared)}>" if some else _type(inside[0], declared)
    if origin is Literal:
        return " | ".join(map(json.dumps, inside))
    if origin in (Union, types.UnionType):
        return " | ".join(_type(each, declared) for each in inside)
    if origin is tuple and inside[-1] is not ...:
        return f"[{', '.join(_type(each, declared) for each in inside)}]"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"Record<string, {_type(inside[1], declared)}>"
    if isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet):
        item = _type(inside[0], declared)
        return f"({item})[]" if _is_union(inside[0]) else f"{item}[]"
    if isinstance(hint, type) and _has_fields(hint):
        return _declare(hint, declared)
    raise TypeError(f"received {hint!r}, expected a type whose values JSON can hold")


def _is_union(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return _is_union(get_args(hint)[0])
    return get_origin(hint) in (Union, types.UnionType, Literal)


def _has_fields(each: type) -> bool:
    return is_dataclass(each) or is_typeddict(each) or issubclass(each, BaseModel | Enum)


def main() -> None:
    """Writes all modules."""
    FOLDER.mkdir(exist_ok=True)
    for name, module in MODULES.items():
        (FOLDER / name).write_text(typescript(module), encoding="utf-8")


if __name__ == "__main__":
    main()
