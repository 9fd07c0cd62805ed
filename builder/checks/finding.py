"""Something to know before a training starts: what a check is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before starting.

    Attributes:
        level: An error keeps the training from starting; a warning does not.
        message: Received, expected, and what to do.
        fix: What would mend it, for a program: `{"kind": "adapt_head", "units": 10,
            "activation": "softmax"}`, `{"kind": "set", "setting": …, "value": …}`, or an edit
            that `value_flow.carry_out` knows: `{"kind": "add_rescaling"}`,
            `{"kind": "remove", "node": …}`,
            `{"kind": "set_parameters", "node": …, "parameters": {…}}`.
        fix_label: The same for a button; empty where there is none.
        can_be_forced: Whether it is an error that a person may know better than we do.
    """

    level: Level
    message: str
    fix: Mapping[str, Any] | None = None
    fix_label: str = ""
    can_be_forced: bool = False
