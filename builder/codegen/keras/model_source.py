"""The `build_model` function of an exported script."""

from collections.abc import Sequence

from builder.codegen.keras.body_source import Body
from builder.codegen.keras.layout import INDENT
from builder.codegen.keras.names import FunctionNames, function_name, function_names, function_scope
from builder.codegen.keras.python_source import call, identifier, quote
from builder.network.architecture import Node
from builder.network.inference import Inference

FULL = "float32"
_ENDS = ("inputs", "outputs")
_WHY_FULL = "the loss needs exact outputs"


def model_source(
    inference: Inference, precision: str = FULL, functions: FunctionNames | None = None
) -> str:
    """Writes `build_model` for a network without errors; nodes follow the stack.

    Args:
        inference: The network.
        precision: Keras's dtype policy for all blocks except the last, whose probabilities or
            logits the loss is computed from; 8 or 11 bits are too few for them.
        functions: The names of the functions of own blocks; by default those that they have alone.
    """
    nodes = [known.node for known in inference.used]
    outputs = inference.architecture.output_ids
    inputs = inference.input_ids
    blocks = dict.fromkeys(type(node.block) for node in nodes)
    functions = function_names(blocks) if functions is None else functions
    names = function_scope(function_name(block, functions) for block in blocks)
    names.fix(*_ENDS)
    body = Body(nodes, outputs, _fixed(nodes, inputs, outputs), names, functions)
    variables = body.variables
    arguments = [
        _ends([variables[node_id] for node_id in inputs], inference.input_keys),
        _ends([variables[node_id] for node_id in outputs], inference.architecture.output_keys),
        f"name={quote(identifier(inference.architecture.name))}",
    ]
    first = ["def build_model():"]
    before_last: list[str] = []
    if precision != FULL:
        first.append(_policy(precision))
        before_last.append(f"{_policy(FULL)}  # {_WHY_FULL}")
    return "\n".join([*first, *body.lines(before_last), call("return keras.Model", arguments)])


def _policy(precision: str) -> str:
    return f"{INDENT}keras.config.set_dtype_policy({quote(precision)})"


def _ends(variables: Sequence[str], keys: Sequence[str]) -> str:
    """A model's inputs or outputs: one tensor, a list, or a dictionary."""
    if keys:
        pairs = (f"{quote(key)}: {name}" for key, name in zip(keys, variables, strict=True))
        return f"{{{', '.join(pairs)}}}"
    return variables[0] if len(variables) == 1 else f"[{', '.join(variables)}]"


def _fixed(nodes: Sequence[Node], inputs: Sequence[str], outputs: Sequence[str]) -> dict[str, str]:
    """The variables of a single input and of a single output that nothing else reads."""
    first, last = _ENDS
    fixed = {inputs[0]: first} if len(inputs) == 1 else {}
    read = {source for node in nodes for source in node.inputs}
    if len(outputs) == 1 and outputs[0] not in read:
        fixed.setdefault(outputs[0], last)
    return fixed
