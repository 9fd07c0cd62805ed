"""A block's docstring as Markdown, for the help beside its name."""

import inspect
import re
from functools import cache

from builder.blocks.base import Block

_SECTION = re.compile(r"^([A-Z][A-Za-z ]+):\n((?:    .*\n?|\n)+)", re.MULTILINE)


@cache
def help_text(block: type[Block]) -> str:
    """The docstring with its sections as paragraphs, then each parameter with its help."""
    text = inspect.cleandoc(block.__doc__ or "") + "\n"
    text = _SECTION.sub(_section, text).strip()
    lines = [f"- `{p.name}` {p.help}" for p in block.parameters() if p.help]
    return text + ("\n\n**Parameters**\n\n" + "\n".join(lines) if lines else "")


def _section(match: re.Match[str]) -> str:
    body = inspect.cleandoc(match[2])
    return f"**{match[1]}**  \n{body}\n\n"
