"""The colors of the diagram as a style sheet's variables, and how well they can be read."""

from builder.codegen.diagram.colors import (
    BACKGROUND,
    BORDER,
    CATEGORIES,
    PRIMARY,
    RAISED,
    SIGNALS,
    TEXT,
)


def contrast(one: str, other: str) -> float:
    """Computes the contrast of two colours as WCAG 2 defines it, from 1 to 21.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def css_variables() -> str:
    """Writes every colour as `--cs-<name>`, and its ink as `--cs-<name>-ink`.

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


def _luminance(colour: str) -> float:
    """Computes the relative luminance of `#RRGGBB`, from 0 to 1."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
