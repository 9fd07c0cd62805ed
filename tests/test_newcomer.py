"""The newcomer's five minutes, as CONTRIBUTING tells them: a new file and a row, nothing else."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app_server import ROOT

pytestmark = pytest.mark.slow

NEW = "MeanPooling2D"
ROW = f'    row("{NEW}", (8, 8, 3), output=(4, 4, 3)),\n'

LOOK = f"""
import json
from builder.network.architecture import Architecture, Node
from builder.blocks.catalogue import catalogue
from builder.codegen.keras.script import to_script
from builder.blocks.reference import reference
from builder.gallery.template import block, stack
from components import forms
from components.design.docs import help_text
from components.design.stack_rows import palette

new = catalogue()["{NEW}"]
network = stack("net", block("Input", shape=(8, 8, 3)), block("{NEW}", 4, strides=2))
print(json.dumps({{
    "palette": [group["category"] for group in palette(network)
                for line in group["blocks"] if line["block"] == "{NEW}"],
    "form": [forms.describe(parameter.schema).kind for parameter in new.parameters()],
    "help": help_text(new),
    "script": to_script(network),
    "reference": reference(),
}}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a newcomer has it after five minutes."""
    folder = tmp_path_factory.mktemp("newcomer")
    ignore = shutil.ignore_patterns("__pycache__")
    for part in ("builder", "components", "tests/blocks"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    for part in ("pyproject.toml", "tests/conftest.py", "tests/drawing.py"):
        shutil.copy(ROOT / part, folder / part)
    layers = folder / "builder/blocks/layers"
    text = (layers / "max_pooling2d.py").read_text(encoding="utf-8")
    text = text.replace("MaxPooling2D", NEW).replace("largest value", "mean")
    (layers / "mean_pooling2d.py").write_text(text, encoding="utf-8")
    rows = folder / "tests/blocks/rows.py"
    text = rows.read_text(encoding="utf-8")
    rows.write_text(text.replace("LAYER_ROWS = (\n", f"LAYER_ROWS = (\n{ROW}"), encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_new_layer_shows_everywhere(copy: Path) -> None:
    done = run(copy, "-c", LOOK)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["palette"] == ["pooling"]
    assert seen["form"] == ["sizes", "list", "choice"]
    assert "Keeps the mean of each window" in seen["help"]
    assert f"layers.{NEW}(4, strides=2)" in seen["script"]
    assert f"### {NEW}\n\nKeeps the mean of each window" in seen["reference"]


def test_the_contract_tests_find_it_by_themselves(copy: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "-m", "not keras", "-k", NEW)
    done = run(copy, "-m", "pytest", *options, "tests/blocks")
    assert done.returncode == 0, done.stdout
    assert " 0 passed" not in done.stdout
    passed = int(done.stdout.rsplit(" passed", 1)[0].split()[-1])
    assert passed >= 8, done.stdout
