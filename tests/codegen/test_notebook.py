"""The exported notebook: valid, formatted, the script's own code, and it runs."""

import ast
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings
from tests.tiny_network import TINY

SMALL = TEMPLATES["se_residual_digits"].architecture
DEEP = TEMPLATES["nasnet_large"].architecture
NO_CLASSES = TEMPLATES["unet"].architecture


def cells(text: str, kind: str = "code") -> list[str]:
    notebook: Any = nbformat.reads(text, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize("architecture", [SMALL, DEEP, NO_CLASSES], ids=lambda a: a.name)
def test_it_is_a_valid_notebook_of_few_and_named_cells(architecture: Architecture) -> None:
    text = to_notebook(architecture)
    nbformat.validate(json.loads(text), version=4, version_minor=5)
    assert to_notebook(architecture) == text, "no cell has a random id"
    first = cells(text, "markdown")[0]
    assert first.startswith("# ")
    assert f"{TEMPLATES[architecture.name].total_params:,}" in first


def test_its_functions_and_constants_are_those_of_the_script() -> None:
    for architecture in (SMALL, DEEP, NO_CLASSES):
        settings = TrainingSettings(epochs=3)
        script = ast.parse(to_script(architecture, settings))
        notebook = ast.parse("\n".join(cells(to_notebook(architecture, settings))))
        own = {ast.dump(node) for node in notebook.body}
        left = [
            getattr(node, "name", type(node).__name__)
            for node in script.body
            if ast.dump(node) not in own
        ]
        assert [name for name in left if name not in ("main", "If")] == ["Expr"], "the docstring"


@pytest.mark.slow
def test_it_is_as_ruff_would_write_it(tmp_path: Path) -> None:
    for architecture in (SMALL, DEEP, NO_CLASSES):
        (tmp_path / f"{architecture.name}.ipynb").write_text(to_notebook(architecture), "utf-8")
    options = ["--isolated", "--no-cache", "--line-length", "100"]
    for command in (["format", "--diff"], ["check", "--select", "F,E4,E7,E9,W,B,I"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout[:2_000]


def test_a_name_is_text_whatever_it_holds() -> None:
    title = '<img src=x onerror=alert(1)> [a](b) `c` $d$ """ # e'
    text = to_notebook(replace(SMALL, name=title))
    heading = cells(text, "markdown")[0].splitlines()[0]
    assert r"\<img src\=x" in heading
    assert r"\[a\]\(b\) \`c\` \$d\$" in heading
    ast.parse("\n".join(cells(text)))


def test_a_broken_network_has_no_notebook() -> None:
    with pytest.raises(BuilderError, match="cannot be exported yet"):
        to_notebook(Architecture("empty"))


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # saving
def test_its_cells_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the imports to the saved model, on the digits for one epoch."""
    # As in a kernel without matplotlib; what it would draw needs a screen.
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.chdir(tmp_path)
    code = cells(to_notebook(TINY, TrainingSettings(epochs=1, batch_size=256)))
    exec(compile("\n\n".join(code), "<cells>", "exec"), {"__name__": "__main__"})
    shown = capsys.readouterr().out
    assert "training: 1,437 images (8, 8, 1)" in shown
    assert "epoch 1: " in shown
    assert "val_loss" in shown
    (saved,) = tmp_path.glob("*.keras")
    assert saved.stat().st_size > 10_000
