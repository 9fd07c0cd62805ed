"""The code of the model alone: what it builds, and that nothing of a training is in it."""

import ast
import json
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


@gallery
def test_it_is_the_scripts_model_and_nothing_else(template: Template) -> None:
    script = to_script(template.architecture)
    tree = ast.parse(to_model_code(template.architecture))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions[-1].name == "build_model"
    whole = {ast.dump(node) for node in ast.parse(script).body}
    assert all(ast.dump(function) in whole for function in functions)
    others = {type(node) for node in tree.body} - {ast.FunctionDef}
    assert others <= {ast.Expr, ast.Import, ast.ImportFrom}
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= {"keras", "os", "sys"}, "neither NumPy nor functools"


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
