"""Names and titles are printed as they are: brackets and colons in them mean nothing."""

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder import command_line
from builder.command_line import app
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.network.edits import rename_architecture
from builder.scheduler.new_run import new_run
from builder.system.home import home as data_folder
from builder.training.settings import TrainingSettings

TITLE = "net [/b] [red]x[/red] :warning:"
SOURCES = sorted(Path(command_line.__file__).parent.glob("*.py"))

runner = CliRunner()


@pytest.fixture
def odd(tmp_path: Path) -> str:
    path = tmp_path / "odd.json"
    architecture = rename_architecture(TEMPLATES["lenet5"].architecture, TITLE)
    path.write_text(to_json(architecture), encoding="utf-8")
    return str(path)


def test_a_summary_shows_the_title_as_it_is(odd: str) -> None:
    result = runner.invoke(app, ["summary", odd])
    assert result.exit_code == 0, result.output
    assert TITLE in result.stdout


def test_runs_of_any_title_are_listed(home: Path) -> None:
    architecture = rename_architecture(TEMPLATES["se_residual_digits"].architecture, TITLE)
    run = new_run(data_folder(), architecture, TrainingSettings())
    result = runner.invoke(app, ["runs"])
    assert result.exit_code == 0, result.output
    assert run.id in result.stdout


def test_what_is_not_found_is_named_as_it_was_typed() -> None:
    result = runner.invoke(app, ["summary", "[/b]:x:"])
    assert result.exit_code == 2
    assert "'[/b]:x:' is no template" in result.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_console_and_no_column_reads_markup(path: Path) -> None:
    for part in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = ast.unparse(part.func) if isinstance(part, ast.Call) else ""
        if name in ("Console", "_Output", "TextColumn"):
            assert "markup=False" in ast.unparse(part), ast.unparse(part)
