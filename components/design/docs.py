"""A block's documentation as Markdown, for the help beside its name."""

from functools import cache

from builder.blocks.base import Block, Parameter
from builder.reference import allowed, default, description


@cache
def help_text(block: type[Block]) -> str:
    """The docstring with its sections as paragraphs, then each parameter: default, range, help."""
    lines = [_parameter(parameter) for parameter in block.parameters()]
    about = description(block)
    return about + ("\n\n**Parameters**\n\n" + "\n".join(lines) if lines else "")


def _parameter(parameter: Parameter) -> str:
    facts = f"`{default(parameter)}` by default; {allowed(parameter)}"
    return f"- `{parameter.name}` {parameter.help}  \n  :small[{facts}]"
