"""Exported scripts, with their training part, are as ruff's formatter and linter want them."""

import ast
import subprocess
import sys
from pathlib import Path

from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.training.settings import TrainingSettings

FAST = TrainingSettings(precision="mixed_float16", jit_compile="on", steps_per_execution=9)
KINDS = {"plain": None, "digits": TrainingSettings(), "fast": FAST}
RUFF = [sys.executable, "-m", "ruff"]


def test_every_template_is_formatted_and_lint_free(tmp_path: Path) -> None:
    for name, template in TEMPLATES.items():
        for kind, settings in KINDS.items():
            script = to_script(template.architecture, settings)
            (tmp_path / f"{name}_{kind}.py").write_text(script, encoding="utf-8")
    options = ["--isolated", "--no-cache"]
    for command in (["format", "--check", "--line-length", "100"], ["check"]):
        arguments = [*RUFF, *command, *options, str(tmp_path)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_exported_code_needs_keras_and_numpy_alone() -> None:
    for template in TEMPLATES.values():
        tree = ast.parse(to_script(template.architecture))
        nodes = list(ast.walk(tree))
        imports = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
        imports |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert imports <= {"functools", "keras", "numpy", "os", "sys"}, template.name
