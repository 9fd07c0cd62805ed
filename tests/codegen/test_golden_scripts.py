"""One golden script per template. `pytest --update-goldens` writes them anew; then look at them."""

import ast
import subprocess
import sys

import pytest

from builder.codegen.script import to_script
from builder.templates import TEMPLATES
from builder.training.settings import TrainingSettings
from tests.app_server import ROOT

GOLDEN = ROOT / "tests" / "golden"
RUFF = [sys.executable, "-m", "ruff"]


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


def test_the_golden_scripts_are_as_the_formatter_leaves_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("scripts")
    for name, template in TEMPLATES.items():
        for kind, script in (
            ("plain", (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")),
            ("digits", to_script(template.architecture, TrainingSettings())),
        ):
            ast.parse(script)
            (folder / f"{name}_{kind}.py").write_text(script, encoding="utf-8")
    options = ["--isolated", "--no-cache"]
    form = [*RUFF, "format", "--check", "--line-length", "100", *options, str(folder)]
    done = subprocess.run(form, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    lint = [*RUFF, "check", *options, str(folder)]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_exported_code_names_no_tensorflow() -> None:
    for template in TEMPLATES.values():
        tree = ast.parse(to_script(template.architecture, TrainingSettings()))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        imports = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert "tf" not in names, template.name
        assert imports <= {"keras", "numpy", "os", "sys"}, template.name
