"""A block's documentation as Markdown, for the help beside its name."""

from collections.abc import Callable
from functools import cache

from builder.blocks.base import Block
from builder.blocks.parameter import Parameter
from builder.blocks.reference import allowed, default, description
from builder.network.own_block import OwnBlock
from components.design.labels import literal


@cache
def help_text(block: type[Block]) -> str:
    """The docstring with its sections as paragraphs, then each parameter: default, range, help.

    Our docstrings are Markdown. Texts that a person wrote about an own block, or that came with a
    file, are shown literally.
    """
    shown = literal if issubclass(block, OwnBlock) else str
    lines = [_parameter(parameter, shown) for parameter in block.parameters()]
    about = shown(description(block))
    return about + ("\n\n**Parameters**\n\n" + "\n".join(lines) if lines else "")


def _parameter(parameter: Parameter, shown: Callable[[str], str]) -> str:
    facts = f"`{default(parameter)}` by default; {allowed(parameter)}"
    return f"- `{parameter.name}` {shown(parameter.help)}  \n  :small[{facts}]"
