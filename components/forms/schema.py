"""What a JSON schema asks for, reduced to the few kinds of fields that a form knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from builder.system.expectations import limits, range_words

Schema = Mapping[str, Any]
Kind = Literal[
    "choice", "flag", "integer", "number", "text", "whole", "sizes", "list", "tagged", "json"
]
Template = "int | tuple[Template, ...]"

_SIMPLE: Mapping[str, Kind] = {
    "boolean": "flag",
    "integer": "integer",
    "number": "number",
    "string": "text",
}


@dataclass(frozen=True)
class Spec:
    """A field, as its schema describes it.

    Attributes:
        kind: Which widgets it takes.
        optional: Whether None is allowed.
        schema: The schema without the None branch; its references are resolved.
        low: The smallest number allowed, for numbers and for each of several sizes.
        high: The largest number allowed.
        choices: What can be chosen, for `choice`; the tags, for `tagged`, plain values first.
        variants: For `sizes`, the ways to write the value, as nested templates: 0 stands for one
            number, `(0, 0)` for two, and so on.
        tag: For `tagged`, the property that tells the branches apart.
        branches: For `tagged`, each tag's object schema.
        plain: For `tagged`, the choices that are values by themselves, without fields of their own.
        whole: For `list`, whether its numbers are whole.
        alone: For `list`, whether one number may stand without a list.
        holes: For `list`, whether `none` may stand for a number.
    """

    kind: Kind
    optional: bool
    schema: Schema
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    variants: tuple[Any, ...] = ()
    tag: str = ""
    branches: tuple[tuple[str, Schema], ...] = ()
    plain: tuple[str, ...] = ()
    whole: bool = True
    alone: bool = False
    holes: bool = False


@dataclass(frozen=True)
class Property:
    """One property of an object, ready for `forms.field`.

    Attributes:
        name: Its name.
        schema: Its schema, with everything that it refers to.
        default: Its default value, as plain JSON.
        help: One sentence on what it does.
        label: What stands beside its field; its name where nothing else was declared.
    """

    name: str
    schema: Schema
    default: Any
    help: str
    label: str


def properties(schema: Schema) -> tuple[Property, ...]:
    """Lists an object's properties, leaving out those that can have one value only."""
    definitions = schema.get("$defs", {})
    found: list[Property] = []
    for name, declared in schema.get("properties", {}).items():
        if "const" in declared:
            continue
        whole = {**declared, "$defs": definitions}
        found.append(
            Property(
                name,
                whole,
                declared.get("default"),
                declared.get("description", ""),
                declared.get("title", name),
            )
        )
    return tuple(found)


def describe(schema: Schema) -> Spec:
    """Reads a schema; what fits no kind is edited as JSON text."""
    definitions = schema.get("$defs", {})
    branches = [_resolve(branch, definitions) for branch in _branches(schema, definitions)]
    optional = any(branch.get("type") == "null" for branch in branches)
    branches = [branch for branch in branches if branch.get("type") != "null"]
    if not branches:
        return Spec("json", optional, schema)
    only = branches[0]
    if "discriminator" in branches[-1]:
        return _tagged(branches, definitions, optional)
    if len(branches) == 1 and "enum" in only:
        return Spec("choice", optional, only, choices=tuple(only["enum"]))
    templates = [_template(branch) for branch in branches]
    if all(template is not None for template in templates) and (optional or templates != [0]):
        low, high = _range(only)
        if templates == [0]:
            return Spec("whole", True, only, low, high)
        if optional:  # a number field cannot be emptied, a text field can
            return Spec("list", True, only, low, high, alone=0 in templates)
        return Spec("sizes", optional, only, low, high, variants=tuple(templates))
    if len(branches) == 1 and only.get("type") in _SIMPLE:
        return Spec(_SIMPLE[only["type"]], optional, only, *_range(only))
    return _list(branches, optional) or Spec("json", optional, schema)


def range_text(spec: Spec) -> str:
    """Says which numbers are allowed: `1 to 64`, `above 0, at most 1`; empty where any is."""
    return range_words(**limits(spec.schema) | {"low": spec.low, "high": spec.high})


def _branches(schema: Schema, definitions: Schema) -> list[Schema]:
    resolved = _resolve(schema, definitions)
    return list(resolved["anyOf"]) if "anyOf" in resolved else [resolved]


def _resolve(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _tagged(options: list[Schema], definitions: Schema, optional: bool) -> Spec:
    """An object of several kinds, or one of the names that stand in front of them."""
    *names, schema = options
    tag = schema["discriminator"]["propertyName"]
    members = [_resolve(member, definitions) for member in schema["oneOf"]]
    branches = tuple(
        (member["properties"][tag]["const"], {**member, "$defs": definitions}) for member in members
    )
    plain = tuple(name for option in names for name in option["enum"])
    return Spec(
        "tagged",
        optional,
        schema,
        choices=(*plain, *(kind for kind, _ in branches)),
        tag=tag,
        branches=branches,
        plain=plain,
    )


def _template(schema: Schema) -> Any:
    """The nest of numbers that a schema asks for; None where it asks for something else."""
    if schema.get("type") == "integer":
        return 0
    if schema.get("type") != "array" or "prefixItems" not in schema:
        return None
    parts = tuple(_template(item) for item in schema["prefixItems"])
    return None if None in parts else parts


def _range(schema: Schema) -> tuple[float | None, float | None]:
    while "prefixItems" in schema:
        schema = schema["prefixItems"][0]
    return schema.get("minimum"), schema.get("maximum")


def _list(branches: list[Schema], optional: bool) -> Spec | None:
    """A list of numbers, or one of them alone; None where it is something else."""
    lists = [branch for branch in branches if branch.get("type") == "array"]
    if len(lists) != 1 or len(branches) > 2:
        return None
    item = lists[0].get("items") or next(iter(lists[0].get("prefixItems", ())), {})
    items = item.get("anyOf", [item])
    numbers = [one for one in items if one.get("type") in ("integer", "number")]
    others = [one for one in (*branches, *items) if one not in (*lists, *numbers)]
    if len(numbers) != 1 or any(
        one.get("type") not in ("null", "integer", "number") for one in others
    ):
        return None
    low, high = numbers[0].get("minimum"), numbers[0].get("maximum")
    return Spec(
        "list",
        optional,
        lists[0],
        low,
        high,
        whole=numbers[0]["type"] == "integer",
        alone=len(branches) == 2,
        holes=len(items) > 1,
    )
