"""What a command says of values that it cannot take: received, expected, and what to do.

Refused values of an option are worded by its parser; here are those that no parser ever sees.
"""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from builder.system.errors import shown


class Command(TyperCommand):
    """A command that refuses in the words of all others what does not belong to any option."""

    allow_extra_args = True
    """They come to `parse_args` here, which refuses them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = list(args)
        try:
            left = super().parse_args(ctx, args)
        except typer.TyperException as error:
            raise self._worded(error, ctx, given) from None
        if ctx.args:
            raise self._too_much(ctx, given)
        return left

    def _worded(self, error: typer.TyperException, ctx: Any, given: Sequence[str]) -> Exception:
        """The refusal of an option that has a value too much or too little; else the error."""
        name = getattr(error, "option_name", "")
        named = (one for one in self.params if name in (*one.opts, *one.secondary_opts))
        option = next(named, None)
        if option is None:  # another error, or there is no such option
            return error
        if getattr(option, "is_flag", False):
            start = f"{name}="
            value = next((text for text in given if text.startswith(start)), start)
            received = shown(value.removeprefix(start))
            message = f"received {received}, expected no value; give {name} alone or leave it out"
        else:
            what = getattr(option, "metavar", None) or "a value"
            message = f"received nothing, expected {what}; give it behind {name}, or leave both out"
        return typer.BadParameter(message, ctx=ctx, param_hint=repr(name))

    def _too_much(self, ctx: Any, given: Sequence[str]) -> Exception:
        """The refusal of arguments that the command has no place for."""
        extra = ctx.args[0]
        before = given[given.index(extra) - 1] if extra in given[1:] else ""
        flags = {name for one in self.params if getattr(one, "is_flag", False) for name in one.opts}
        flags |= {name for one in self.params for name in one.secondary_opts}
        after = f"; {before} takes no value" if before in flags else ""
        message = f"received {shown(extra)}, expected no more arguments{after}; leave it out"
        return typer.BadParameter(message, ctx=ctx)
