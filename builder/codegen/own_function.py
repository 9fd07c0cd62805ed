"""The function that an exported script contains for a person's own block."""

import textwrap

from builder.blocks.base import Layer
from builder.blocks.module import Module
from builder.codegen.body_source import Body
from builder.codegen.layout import INDENT, WIDTH, lay_out
from builder.codegen.python_source import literal, namespaces
from builder.own_blocks.definition import Definition, Exposed, standard_summary


def own_function(definition: Definition) -> str:
    """Writes the function of an own block, with its exposed parameters as arguments."""
    given: dict[str, dict[str, str]] = {}
    for exposed in definition.parameters:
        for node, parameter in exposed.targets:
            given.setdefault(node, {})[parameter] = exposed.name
    fixed = {tensor: tensor for tensor in definition.tensors}
    if definition.output == definition.nodes[-1].id:
        fixed[definition.output] = "x"
    body = Body(definition.nodes, (definition.output,), fixed, given)
    output = body.variables()[definition.output]
    lines = [_signature(definition), _docstring(definition), *body.lines()]
    return "\n".join([*lines, f"{INDENT}return {output}"])


def namespaces_read(definition: Definition) -> frozenset[str]:
    """What of Keras the function reads: layers, regularisers, initialisers."""
    blocks = [node.block for node in definition.nodes]
    own = {"layers"} if any(isinstance(block, Layer) for block in blocks) else set[str]()
    return namespaces(blocks) | own


def modules_called(definition: Definition) -> tuple[type[Module], ...]:
    """The modules that the function calls, in the order of their first use."""
    blocks = (type(node.block) for node in definition.nodes)
    return tuple(dict.fromkeys(block for block in blocks if issubclass(block, Module)))


def _signature(definition: Definition) -> str:
    """The `def` line; the first parameter has no default, as calls always give it."""
    first, *others = definition.parameters or (None,)
    arguments = [*definition.tensors]
    arguments += [first.name] if first else []
    arguments += [
        f"{exposed.name}={_default(definition, exposed)}" for exposed in others if exposed
    ]
    return lay_out(f"def {definition.name}({', '.join(arguments)})", depth=0) + ":"


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
