"""Writes the function of a person's own block in an exported script."""

import textwrap
from collections.abc import Sequence

from builder.blocks.base import Layer
from builder.blocks.module import Module
from builder.codegen.keras.body_source import Body
from builder.codegen.keras.layout import INDENT, WIDTH, lay_out
from builder.codegen.keras.names import FunctionNames, function_name, function_names, function_scope
from builder.codegen.keras.python_source import literal, namespaces
from builder.network.own_block import Definition, Exposed, standard_summary
from builder.network.own_block_type import own_block


def own_function(definition: Definition, functions: FunctionNames | None = None) -> str:
    """Writes the function of an own block, with its exposed parameters as arguments.

    Args:
        definition: Its content.
        functions: The names of the functions of own blocks; by default those that they have alone.
    """
    block = own_block(definition)
    functions = function_names([block]) if functions is None else functions
    given: dict[str, dict[str, str]] = {}
    for exposed in definition.parameters:
        for node, parameter in exposed.targets:
            given.setdefault(node, {})[parameter] = exposed.name
    names = function_scope(
        function_name(called, functions) for called in modules_called(definition)
    )
    names.fix(*(exposed.name for exposed in definition.parameters))
    tensors = {tensor: names.take(tensor) for tensor in definition.tensors}
    fixed = {**tensors}
    nodes = definition.applied
    if definition.output == nodes[-1].id:
        fixed[definition.output] = "x"
    body = Body(nodes, (definition.output,), fixed, names, functions, given)
    output = body.variables[definition.output]
    name = functions[block]
    renamed = [(definition.name, name), *tensors.items()]
    signature = _signature(definition, name, tuple(tensors.values()))
    lines = [*_told(renamed), signature, _docstring(definition), *body.lines()]
    return "\n".join([*lines, f"{INDENT}return {output}"])


def _told(names: Sequence[tuple[str, str]]) -> list[str]:
    """A comment on names that differ between code and screen."""
    changed = [f"{ours} is {name}" for ours, name in names if name != ours]
    if not changed:
        return []
    text = f"Names that Python or the script uses itself: {', '.join(changed)}."
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def namespaces_read(definition: Definition) -> frozenset[str]:
    """The Keras namespaces that the function reads: layers, regularizers, initializers."""
    blocks = [node.block for node in definition.applied]
    own = {"layers"} if any(isinstance(block, Layer) for block in blocks) else set[str]()
    return namespaces(blocks) | own


def modules_called(definition: Definition) -> tuple[type[Module], ...]:
    """The modules that the function calls, in the order of their first use."""
    blocks = (type(node.block) for node in definition.applied)
    return tuple(dict.fromkeys(block for block in blocks if issubclass(block, Module)))


def _signature(definition: Definition, name: str, tensors: Sequence[str]) -> str:
    """The `def` line; the first parameter has no default, as calls always give it."""
    first, *others = definition.parameters or (None,)
    arguments = [*tensors]
    arguments += [first.name] if first else []
    arguments += [
        f"{exposed.name}={_default(definition, exposed)}" for exposed in others if exposed
    ]
    return lay_out(f"def {name}({', '.join(arguments)})", depth=0) + ":"


def _default(definition: Definition, exposed: Exposed) -> str:
    return literal(definition.default(exposed))


def _docstring(definition: Definition) -> str:
    """The summary as a docstring; no text in it can end the string or start an escape."""
    words = definition.summary or standard_summary(definition)
    words = words.replace("\\", "/").replace('"', "'")
    text = f'{INDENT}"""{words}"""'
    if len(text) <= WIDTH:
        return text
    wrapped = textwrap.fill(
        words,
        WIDTH,
        initial_indent=f'{INDENT}"""',
        subsequent_indent=INDENT,
        break_long_words=False,
    )
    return f'{wrapped}\n{INDENT}"""'
