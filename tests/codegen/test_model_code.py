"""The code of the model alone: what it builds, and that nothing of a training is in it."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_model_code, to_script
from builder.gallery import TEMPLATES, Template
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.system.errors import BuilderError
from tests.codegen.pretend_keras import run_model

gallery = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


@gallery
def test_it_builds_what_inference_says(template: Template) -> None:
    inference = infer(template.architecture)
    built = run_model(to_model_code(template.architecture))
    assert built.facts == [made.facts for node in inference.used for made in node.layers]
    assert built.outputs == inference.output_shapes


def functions(text: str) -> dict[str, str]:
    """The functions of some code without their docstrings, by name."""
    found = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    for node in found.values():
        if ast.get_docstring(node) is not None:
            del node.body[0]
    return {name: ast.dump(node) for name, node in found.items()}


@gallery
def test_it_is_the_scripts_model_and_nothing_else(template: Template) -> None:
    code = to_model_code(template.architecture)
    alone, whole = functions(code), functions(to_script(template.architecture))
    assert [*alone][-1] == "build_model"
    assert alone.items() <= whole.items()
    tree = ast.parse(code)
    others = {type(node) for node in tree.body} - {ast.FunctionDef}
    assert others <= {ast.Expr, ast.Import, ast.ImportFrom}
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= {"keras", "sys"}, "neither NumPy nor what sets TensorFlow up"


def test_it_is_short() -> None:
    code = to_model_code(TEMPLATES["small_residual"].architecture)
    assert code.count("\n") == 31
    assert '"""Two 3×3 convolutions whose output is added to the block\'s input."""\n' in code
    assert "set TF_ENABLE_ONEDNN_OPTS=0 before TensorFlow is imported" in code
    assert "os.environ" not in code


@pytest.mark.slow
def test_it_is_as_ruff_would_write_it(tmp_path: Path) -> None:
    for name, template in TEMPLATES.items():
        (tmp_path / f"{name}.py").write_text(to_model_code(template.architecture), "utf-8")
    options = ["--isolated", "--no-cache", "--line-length", "100"]
    for command in (["format", "--diff"], ["check", "--select", "F,E4,E7,E9,W,B,I"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout[:2_000]


def test_the_notebooks_network_runs_without_the_rest() -> None:
    architecture = TEMPLATES["small_residual"].architecture
    listed: list[dict[str, Any]] = json.loads(to_notebook(architecture))["cells"]
    ids = [cell["id"] for cell in listed]
    assert ids[: ids.index("settings-words")] == [
        "title", "imports", "network-words", "module-1", "build-model",
    ]  # fmt: skip
    code = "\n\n".join(
        "".join(cell["source"]) for cell in listed[1:5] if cell["cell_type"] == "code"
    )
    assert run_model(code).outputs == infer(architecture).output_shapes


def test_a_broken_network_has_no_model_code() -> None:
    with pytest.raises(BuilderError, match="cannot be exported yet: the network is empty"):
        to_model_code(Architecture("empty"))
