"""One golden script per template. `pytest --update-goldens` writes them anew; then look at them."""

import pytest

from builder.codegen.script import to_script
from builder.templates import TEMPLATES
from tests.app_server import ROOT

GOLDEN = ROOT / "tests" / "golden"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_exports_the_golden_script(name: str, pytestconfig: pytest.Config) -> None:
    script = to_script(TEMPLATES[name].architecture)
    path = GOLDEN / f"{name}.txt"
    if pytestconfig.getoption("--update-goldens"):
        path.write_text(script, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing; write it by --update-goldens"
    assert script == path.read_text(encoding="utf-8")


def test_no_golden_script_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TEMPLATES)
