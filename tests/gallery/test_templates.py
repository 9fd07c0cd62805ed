"""The gallery's files and code: what a template exports is looked at before it changes."""

import re

import pytest

from builder.codegen.keras.script import to_script
from builder.files.architecture_file import from_json, to_json
from builder.gallery import TEMPLATES
from tests.app_server import ROOT

GOLDEN = ROOT / "tests" / "golden"
gallery = pytest.mark.parametrize("name", TEMPLATES)


@gallery
def test_the_exported_script_is_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    path = GOLDEN / f"{name}.py"
    script = to_script(TEMPLATES[name].architecture)
    if pytestconfig.getoption("--update-goldens"):
        path.write_text(script, "utf-8")
    assert path.exists(), f"{path.name} is missing: pytest --update-goldens writes it"
    assert script == path.read_text("utf-8"), "pytest --update-goldens takes the change over"


def test_each_golden_file_belongs_to_a_template() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.py" for name in TEMPLATES}


@gallery
def test_the_file_gives_the_same_template(name: str) -> None:
    template = TEMPLATES[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), "as the command line takes it"
    assert template.architecture.name == template.name == name
    assert from_json(to_json(template.architecture)) == template.architecture
