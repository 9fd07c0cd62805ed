"""Form fields derived from declarations: one call draws the widgets that a JSON schema asks for.

    with forms.form("inspector"):
        for p in block.parameters():
            forms.field(p.name, p.schema, values[p.name], p.help, key=…, on_change=change)

`on_change` is called with the new value as plain JSON. It may raise a `BuilderError`: the field
then keeps what was typed and shows the reason below. A field for several things whose values differ
gets `forms.MIXED` as its value. Put `forms.style()` once on a page that has forms.

Any other widget that shows a state gets its key from `widget_key`, or from `choice_key` if it is a
choice between things with ids, and its callback from `callback`. Late messages of a replaced widget
are ignored.
"""

from components.forms.binding import (
    MIXED,
    callback,
    is_current,
    is_refused,
    parameter_key,
    widget_key,
)
from components.forms.choices import choice_key, writer
from components.forms.schema import describe
from components.forms.widgets import by_section, draw_sections, field, form, style

__all__ = [
    "MIXED",
    "by_section",
    "callback",
    "choice_key",
    "describe",
    "draw_sections",
    "field",
    "form",
    "is_current",
    "is_refused",
    "parameter_key",
    "style",
    "widget_key",
    "writer",
]
