"""The colors of the diagram as a style sheet's variables."""

from builder.codegen.diagram.colors import (
    BACKGROUND,
    BORDER,
    CATEGORIES,
    PRIMARY,
    RAISED,
    SIGNALS,
    TEXT,
)


def css_variables() -> str:
    """Writes every color as `--cs-<name>`, and its ink as `--cs-<name>-ink`.

    `light-dark()` picks by the `color-scheme` that Streamlit sets on the app, so a change of theme
    needs neither a rerun nor a second sheet.
    """
    surfaces = {
        "background": BACKGROUND,
        "raised": RAISED,
        "border": BORDER,
        "text": TEXT,
        "primary": PRIMARY,
    }
    lines = [
        f"--cs-{name}:light-dark({pair['light']},{pair['dark']});"
        for name, pair in surfaces.items()
    ]
    lines += [
        f"--cs-{name}:light-dark({c.light},{c.dark});"
        f"--cs-{name}-ink:light-dark({c.light_ink},{c.dark});"
        for name, c in (CATEGORIES | SIGNALS).items()
    ]
    return ":root{" + "".join(lines) + "}"
