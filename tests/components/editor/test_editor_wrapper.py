"""The stack's style sheet knows the colors of the app."""

from builder.codegen.diagram.colors import CATEGORIES, PRIMARY, SIGNALS
from components.scripts import FRONTEND


def test_the_colors_without_the_app_are_those_of_the_app() -> None:
    base = (FRONTEND / "src/board/stack/base.css").read_text(encoding="utf-8")
    light, dark = base.lower().split('.editor[data-theme="dark"]')
    for name, color in CATEGORIES.items():
        assert f"var(--cs-{name}, {color.light.lower()})" in light
        assert f"var(--cs-{name}, {color.dark.lower()})" in dark
    for name in ("error", "warning"):
        assert f"var(--cs-{name}-ink, {SIGNALS[name].light_ink.lower()})" in light
        assert f"var(--cs-{name}-ink, {SIGNALS[name].dark.lower()})" in dark
    assert f"var(--cs-primary, {PRIMARY['light'].lower()})" in light
    assert f"var(--cs-primary, {PRIMARY['dark'].lower()})" in dark
